-- Whoever signs out takes the access tokens of that one session along: doors ask who did so lately.
-- Sessions that end otherwise end with a version of their account.

-- `session`, as access tokens name it, stands there from then on: those doors need no id, which is
-- half of a refresh token.
ALTER TABLE refresh_family ADD COLUMN signed_out_at timestamptz,
                           ADD COLUMN session text COLLATE "C";
CREATE INDEX refresh_family_by_sign_out ON refresh_family (signed_out_at)
    WHERE signed_out_at IS NOT NULL;

-- Of whoever fetched it, so that a ticket ends with what it was fetched with: the session (empty:
-- none), the client, which is the id of an API key, and until when a machine may stay.
ALTER TABLE ticket ADD COLUMN session text COLLATE "C" NOT NULL DEFAULT '',
                   ADD COLUMN client text COLLATE "C" NOT NULL DEFAULT '',
                   ADD COLUMN stays_until timestamptz;
