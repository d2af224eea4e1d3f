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
-- What is left of each principal's rate, by the class of what it asks for. `level` counts tokens at
-- `at`; it is below zero in debt.
CREATE UNLOGGED TABLE budget (
    principal text COLLATE "C" NOT NULL,
    class     text COLLATE "C" NOT NULL,
    level     double precision NOT NULL,
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
