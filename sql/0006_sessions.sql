-- Whoever signs out takes the access tokens of that one session along: doors ask who did so lately.
-- Sessions that end otherwise end with a version of their account.

ALTER TABLE refresh_family ADD COLUMN signed_out_at timestamptz;
CREATE INDEX refresh_family_by_sign_out ON refresh_family (signed_out_at)
    WHERE signed_out_at IS NOT NULL;

-- The session of whoever fetched it; empty: none.
ALTER TABLE ticket ADD COLUMN session text COLLATE "C" NOT NULL DEFAULT '';
