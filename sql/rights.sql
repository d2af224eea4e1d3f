-- What each process may do in the database, applied whole after every migration. The owner is whoever
-- migrates; the others are roles that an operator makes: itn_worker, itn_api, itn_ingress,
-- itn_notifier and itn_audit. A role that does not exist is skipped; the last statement names those.
--
-- What is written once (outcome, journal, ledger, audit_trail) nobody may change; whole months of the
-- audit trail are dropped by a function that the api may call. Doors write the
-- catalogue, accounts and what belongs to them, never stock, trades or cargo, and of the journal
-- only their own lane. Secrets, hashed as they are, are read by those alone that compare them.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;

DO $$
DECLARE
    known text[] := ARRAY (SELECT r.rolname FROM pg_catalog.pg_roles r
                            WHERE r.rolname IN ('itn_worker', 'itn_api', 'itn_ingress',
                                                'itn_notifier', 'itn_audit'));
    who text;
    one record;
BEGIN
    FOREACH who IN ARRAY known LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', who);
        EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM %I', who);
        EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I', who);
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', who);
        EXECUTE format('GRANT SELECT ON setting, migration TO %I', who);
    END LOOP;

    FOR one IN SELECT * FROM (VALUES
        ('itn_worker', 'SELECT', 'station, product, principal_rights'),
        ('itn_worker', 'SELECT, INSERT, UPDATE', 'stock, trade, cargo, attempt, instance'),
        ('itn_worker', 'SELECT, INSERT, UPDATE, DELETE', 'cargo_trade'),
        ('itn_worker', 'SELECT, INSERT', 'outcome, journal, ledger, parked'),
        ('itn_worker', 'SELECT, UPDATE', 'lane'),
        ('itn_worker', 'INSERT', 'audit_trail'),

        ('itn_api', 'SELECT', 'stock, trade, cargo, cargo_trade, outcome, ledger, parked, instance'),
        ('itn_api', 'SELECT', 'principal_rights'),
        ('itn_api', 'SELECT, INSERT', 'journal, partner_feed'),
        ('itn_api', 'SELECT, UPDATE', 'lane'),
        ('itn_api', 'SELECT, INSERT, UPDATE', 'account, partner'),
        ('itn_api', 'SELECT, INSERT, DELETE', 'membership, partner_station, ticket'),
        ('itn_api', 'SELECT, INSERT, DELETE', 'sign_in_failure'),
        ('itn_api', 'SELECT, INSERT, UPDATE, DELETE', 'station, product, refresh_family, api_key'),
        ('itn_api', 'SELECT, INSERT, UPDATE, DELETE', 'budget'),
        ('itn_api', 'INSERT', 'audit_trail'),

        ('itn_ingress', 'SELECT', 'station, product, lane, outcome'),
        ('itn_ingress', 'SELECT', 'principal_rights, partner, partner_station'),
        ('itn_ingress', 'SELECT (lane, seq, traceparent)', 'journal'),
        ('itn_ingress', 'SELECT, INSERT, UPDATE', 'budget'),
        ('itn_ingress', 'INSERT', 'audit_trail'),

        ('itn_notifier', 'SELECT', 'journal, lane'),
        ('itn_notifier', 'SELECT', 'principal_rights, api_key, partner, partner_station'),
        ('itn_notifier', 'SELECT (session, signed_out_at)', 'refresh_family'),
        ('itn_notifier', 'SELECT, DELETE', 'ticket'),
        ('itn_notifier', 'SELECT, INSERT, UPDATE', 'budget'),
        ('itn_notifier', 'SELECT, INSERT, UPDATE, DELETE', 'partner_feed'),
        ('itn_notifier', 'INSERT', 'audit_trail'),

        ('itn_audit', 'SELECT', 'station, product, stock, trade, cargo, cargo_trade, lane'),
        ('itn_audit', 'SELECT', 'outcome, journal, ledger, attempt, parked, instance'),
        ('itn_audit', 'SELECT', 'membership, partner, partner_station, principal_rights'),
        ('itn_audit', 'SELECT', 'sign_in_failure, budget, partner_feed, audit_trail'),
        ('itn_audit',
         'SELECT (id, name, email, role, disabled, version, created_at, changed_at)', 'account'),
        ('itn_audit',
         'SELECT (principal, started_at, expires_at, revoked, signed_out_at, session)',
         'refresh_family'),
        ('itn_audit',
         'SELECT (id, principal, name, scopes, created_at, expires_at, revoked_at)', 'api_key')
    ) AS may (who, verbs, tables) WHERE may.who = ANY (known) LOOP
        EXECUTE format('GRANT %s ON %s TO %I', one.verbs, one.tables, one.who);
    END LOOP;

    IF 'itn_api' = ANY (known) THEN
        GRANT EXECUTE ON FUNCTION drop_blank_stock(text, text), keep_audit_trail(integer) TO itn_api;
    END IF;

    -- Which rows of the journal and the lanes. A policy that stands is left alone: making one waits
    -- for everybody who works on the table.
    FOR one IN SELECT * FROM (VALUES
        ('itn_worker', 'worker_appends', 'journal', 'INSERT', 'WITH CHECK (true)'),
        ('itn_worker', 'worker_counts', 'lane', 'UPDATE', 'USING (true)'),
        ('itn_api', 'api_appends', 'journal', 'INSERT', 'WITH CHECK (lane = ''catalogue.00'')'),
        ('itn_api', 'api_counts', 'lane', 'UPDATE', 'USING (name = ''catalogue.00'')')
    ) AS may (who, policy, relation, verb, rows)
    WHERE may.who = ANY (known)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_policies p
                      WHERE p.schemaname = 'public' AND p.tablename = may.relation
                        AND p.policyname = may.policy) LOOP
        EXECUTE format('CREATE POLICY %I ON %I FOR %s TO %I %s',
                       one.policy, one.relation, one.verb, one.who, one.rows);
    END LOOP;
END
$$;

SELECT who FROM (VALUES ('itn_worker'), ('itn_api'), ('itn_ingress'), ('itn_notifier'),
                        ('itn_audit')) AS role (who)
 WHERE to_regrole(who) IS NULL ORDER BY who;
