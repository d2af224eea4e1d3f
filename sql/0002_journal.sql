-- What happened: lanes and their counters, outcomes, the journal and the ledger. The last three only
-- ever grow.

-- The counters are taken last in every batch. A page keeps one tenth of its room for rows: each is
-- rewritten with every batch and must find room beside itself.
CREATE TABLE lane (
    name          text COLLATE "C" PRIMARY KEY,
    last_seq      bigint NOT NULL DEFAULT 0,
    published_seq bigint NOT NULL DEFAULT 0,
    reacted_seq   bigint NOT NULL DEFAULT 0,
    CHECK (0 <= published_seq AND published_seq <= last_seq),
    CHECK (0 <= reacted_seq AND reacted_seq <= last_seq)
) WITH (fillfactor = 10);

CREATE TABLE outcome (
    seq          bigint NOT NULL CHECK (seq >= 0),
    at           timestamptz NOT NULL,
    lane         text COLLATE "C" NOT NULL,
    principal    text COLLATE "C" NOT NULL,
    command_id   text COLLATE "C" NOT NULL,
    payload_hash bytea NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('applied', 'rejected', 'failed')),
    code         text NOT NULL,
    detail       text NOT NULL,
    subject      text NOT NULL,
    PRIMARY KEY (principal, command_id)
);

-- The body is text and not jsonb: it is never searched, and is handed out as it came.
CREATE TABLE journal (
    seq         bigint NOT NULL CHECK (seq > 0),
    version     bigint NOT NULL,
    at          timestamptz NOT NULL,
    lane        text COLLATE "C" NOT NULL,
    kind        text NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    caused_by   text NOT NULL,
    traceparent text NOT NULL,
    body        text NOT NULL,
    PRIMARY KEY (lane, seq)
);
-- Histories of trades, shipments and the catalogue. A stock row's history is its ledger.
CREATE INDEX journal_by_subject ON journal (subject, version) WHERE kind <> 'inventory.changed';

-- Both legs of every move; n counts the legs of one event. Per event and product the deltas add up
-- to zero.
CREATE TABLE ledger (
    seq     bigint NOT NULL,
    delta   bigint NOT NULL CHECK (delta <> 0),
    at      timestamptz NOT NULL,
    n       integer NOT NULL,
    lane    text COLLATE "C" NOT NULL,
    account text COLLATE "C" NOT NULL,
    product text COLLATE "C" NOT NULL,
    PRIMARY KEY (lane, seq, n)
);
CREATE INDEX ledger_by_account ON ledger (account, product, at);

-- An owner may do anything to its tables, so besides the rights a trigger stands guard. It fires
-- once per statement and never on INSERT.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % only grows: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON outcome
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON outcome, journal, ledger FROM PUBLIC, CURRENT_USER;
