-- What the processes keep about themselves: tries of suspect commands, what was put aside, who is
-- alive.

CREATE TABLE attempt (
    principal  text COLLATE "C" NOT NULL,
    command_id text COLLATE "C" NOT NULL,
    tries      integer NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (principal, command_id)
);

-- The payload is bytes: what could not be read need not be text. Principal and command_id are ''
-- there.
CREATE TABLE parked (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    lane       text COLLATE "C" NOT NULL,
    principal  text NOT NULL,
    command_id text NOT NULL,
    reason     text NOT NULL,
    detail     text NOT NULL,
    payload    bytea NOT NULL
);
CREATE UNIQUE INDEX parked_unreadable ON parked (lane, sha256(payload)) WHERE command_id = '';

CREATE TABLE instance (
    name   text COLLATE "C" PRIMARY KEY,
    family text NOT NULL,
    host   text NOT NULL,
    lanes  integer NOT NULL,
    seen   timestamptz NOT NULL
) WITH (fillfactor = 50);
