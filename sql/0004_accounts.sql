-- Who may come in: people, their sessions and keys, partners, and what each of them has left of its
-- rates. Secrets stand here as hashes only. A principal is 'user:<account id>' or 'partner:<name>'.

CREATE TABLE account (
    id         text COLLATE "C" PRIMARY KEY,
    name       text NOT NULL,
    email      text NOT NULL,
    password   text NOT NULL,
    role       text NOT NULL CHECK (role IN ('auditor', 'trader', 'operator', 'admin')),
    disabled   boolean NOT NULL DEFAULT false,
    -- Counts up with every change of rights or password: tokens of older versions are dead.
    version    bigint NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX account_by_email ON account (lower(email));
CREATE INDEX account_by_change ON account (changed_at);
CREATE INDEX account_by_principal ON account (('user:' || id));

-- The stations a user acts for. A station that goes takes these rows with it.
CREATE TABLE membership (
    account text COLLATE "C" NOT NULL REFERENCES account,
    station text COLLATE "C" NOT NULL REFERENCES station ON DELETE CASCADE,
    PRIMARY KEY (account, station)
);
CREATE INDEX membership_by_station ON membership (station);

CREATE TABLE partner (
    name       text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[a-z0-9]{3,32}$'),
    disabled   boolean NOT NULL DEFAULT false,
    version    bigint NOT NULL DEFAULT 1 CHECK (version > 0),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX partner_by_principal ON partner (('partner:' || name));

CREATE TABLE partner_station (
    partner text COLLATE "C" NOT NULL REFERENCES partner,
    station text COLLATE "C" NOT NULL REFERENCES station ON DELETE CASCADE,
    PRIMARY KEY (partner, station)
);
CREATE INDEX partner_station_by_station ON partner_station (station);

-- What every principal may, for doors and workers alike.
CREATE VIEW principal_rights AS
    SELECT 'user:' || a.id AS principal, a.role, a.disabled, a.version, a.changed_at,
           ARRAY (SELECT m.station FROM membership m WHERE m.account = a.id ORDER BY 1) AS stations
      FROM account a
    UNION ALL
    SELECT 'partner:' || p.name, 'partner', p.disabled, p.version, p.changed_at,
           ARRAY (SELECT s.station FROM partner_station s WHERE s.partner = p.name ORDER BY 1)
      FROM partner p;

-- One session: the hash of its one good refresh token.
CREATE TABLE refresh_family (
    id           text COLLATE "C" PRIMARY KEY,
    principal    text COLLATE "C" NOT NULL,
    current_hash bytea NOT NULL,
    started_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked      boolean NOT NULL DEFAULT false
);
CREATE INDEX refresh_family_by_principal ON refresh_family (principal);
CREATE INDEX refresh_family_by_end ON refresh_family (expires_at);

CREATE TABLE api_key (
    id          text COLLATE "C" PRIMARY KEY,
    principal   text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    secret_hash bytea NOT NULL,
    scopes      text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX api_key_by_principal ON api_key (principal);
CREATE INDEX api_key_by_revocation ON api_key (revoked_at);

-- What is only of use for seconds or minutes is not written ahead: after a crash it starts empty.
CREATE UNLOGGED TABLE ticket (
    hash       bytea PRIMARY KEY,
    principal  text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNLOGGED TABLE sign_in_failure (
    who text COLLATE "C" NOT NULL,
    at  timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_by_who ON sign_in_failure (who, at);
-- What is left of each principal's rate, by the class of what it asks for: `tokens` come in each
-- `period` (microseconds), at most `burst` wait. `level` was so much at `at`, in periods of a token
-- (one token is `period`), so that no fraction is ever lost. `asked` and `granted` are of the last
-- ask.
CREATE UNLOGGED TABLE budget (
    principal text COLLATE "C" NOT NULL,
    class     text COLLATE "C" NOT NULL,
    tokens    bigint NOT NULL CHECK (tokens > 0),
    period    bigint NOT NULL CHECK (period > 0),
    burst     bigint NOT NULL CHECK (burst > 0),
    level     bigint NOT NULL,
    asked     bigint NOT NULL,
    granted   bigint NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (principal, class)
) WITH (fillfactor = 50);

-- How far the feed of the partners' queues has come, by lane.
CREATE TABLE partner_feed (
    lane text COLLATE "C" PRIMARY KEY,
    seq  bigint NOT NULL CHECK (seq >= 0)
) WITH (fillfactor = 10);

-- Who signed in, who was refused and who changed rights. Never a secret.
CREATE TABLE audit_trail (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    event     text NOT NULL,
    principal text COLLATE "C" NOT NULL,
    peer      text NOT NULL,
    subject   text NOT NULL,
    detail    text NOT NULL
);
CREATE INDEX audit_trail_by_principal ON audit_trail (principal, at);
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_trail FROM PUBLIC, CURRENT_USER;

-- What a door may append to the journal is decided by row (rights.sql says who appends where);
-- reading is a right of the table. The owner of the tables is not bound by it.
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE lane ENABLE ROW LEVEL SECURITY;
CREATE POLICY anyone_reads ON journal FOR SELECT USING (true);
CREATE POLICY anyone_reads ON lane FOR SELECT USING (true);

-- Stock rows that were looked at and never changed do not hold their station or product. Whoever
-- deletes those may not write stock but for this.
CREATE FUNCTION drop_blank_stock(of_station text, of_product text) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM public.stock s
     WHERE (s.station = of_station OR s.product = of_product) AND s.version = 0
$$;
REVOKE EXECUTE ON FUNCTION drop_blank_stock(text, text) FROM PUBLIC;
