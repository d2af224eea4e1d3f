-- The audit trail in months (of UTC), so that what is older than its retention goes a whole month at
-- a time: to change or delete a line stays refused. A line whose month was not made stands in
-- audit_trail_rest, so none is ever refused for want of a place.
--
-- Writers wait for this, so what was written so far is not copied: it becomes the part that ends with
-- this month, and goes with it. No index is made of it either: that is why there is no primary key.

ALTER TABLE audit_trail RENAME TO audit_trail_whole;
ALTER INDEX audit_trail_by_principal RENAME TO audit_trail_whole_by_principal;

CREATE TABLE audit_trail (
    id        bigint GENERATED ALWAYS AS IDENTITY,
    at        timestamptz NOT NULL,
    event     text NOT NULL,
    principal text COLLATE "C" NOT NULL,
    peer      text NOT NULL,
    subject   text NOT NULL,
    detail    text NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX audit_trail_by_principal ON audit_trail (principal, at);
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trail
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE, TRUNCATE ON audit_trail FROM PUBLIC, CURRENT_USER;

-- A partition, guarded as the whole is. For the two functions below; roles may call neither.
CREATE FUNCTION make_audit_part(part text, bounds text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.audit_trail %s', part, bounds);
    EXECUTE format('CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I '
                   'FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', part);
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON public.%I FROM PUBLIC, CURRENT_USER', part);
END
$$;

-- audit_trail_2026_11 for the month that begins then, unless it is there: without a lock if so.
CREATE FUNCTION make_audit_month(month timestamptz) RETURNS void
    LANGUAGE plpgsql SET TimeZone = 'UTC' AS $$
DECLARE
    part CONSTANT text := to_char(month, '"audit_trail_"YYYY_MM');
BEGIN
    IF to_regclass('public.' || part) IS NULL THEN
        PERFORM public.make_audit_part(part, format('FOR VALUES FROM (%L) TO (%L)',
                                                    month, month + interval '1 month'));
    END IF;
END
$$;

-- Drops the months that ended more than `days` ago and makes this one and three ahead. What stands
-- in the rest and is too old, or belongs to such a month, goes there too. Never less than 30 days:
-- whoever gets hold of the caller's role cannot hide what it did. Readers are not waited for, since
-- whoever writes would wait behind: that fails (55P03), and the next call does it all.
CREATE FUNCTION keep_audit_trail(days integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    SET TimeZone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE
    oldest CONSTANT timestamptz := now() - make_interval(days => days);
    this_month CONSTANT timestamptz := date_trunc('month', now());
    is_astray boolean;
    part text;
BEGIN
    IF days IS NULL OR days < 30 THEN
        RAISE EXCEPTION 'the audit trail is kept for 30 days or more, not %', days
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- "ITNA". Who comes while another is at it has nothing to do.
    IF NOT pg_try_advisory_xact_lock(1230261825) THEN
        RETURN;
    END IF;

    -- Lines cannot be deleted, so the rest is taken apart and filed anew.
    SELECT EXISTS (SELECT FROM public.audit_trail_rest r WHERE r.at < oldest)
        OR EXISTS (SELECT FROM public.audit_trail_rest r
                   WHERE r.at >= this_month AND r.at < this_month + interval '4 months')
      INTO is_astray;
    IF is_astray THEN
        ALTER TABLE public.audit_trail DETACH PARTITION public.audit_trail_rest;
        ALTER TABLE public.audit_trail_rest RENAME TO audit_trail_astray;
        PERFORM public.make_audit_part('audit_trail_rest', 'DEFAULT');
    END IF;
    PERFORM public.make_audit_month(this_month + make_interval(months => n))
       FROM generate_series(0, 3) n;
    IF is_astray THEN
        INSERT INTO public.audit_trail OVERRIDING SYSTEM VALUE
        SELECT * FROM public.audit_trail_astray a WHERE a.at >= oldest;
        DROP TABLE public.audit_trail_astray;
    END IF;

    -- By name, which ends with the month; "rest" comes behind them all.
    FOR part IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE i.inhparent = 'public.audit_trail'::regclass
           AND c.relname < to_char(oldest, '"audit_trail_"YYYY_MM') COLLATE "C"
    LOOP
        EXECUTE format('DROP TABLE public.%I', part);
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION make_audit_part(text, text), make_audit_month(timestamptz),
                           keep_audit_trail(integer) FROM PUBLIC;

SET LOCAL TimeZone = 'UTC';
SELECT make_audit_part('audit_trail_rest', 'DEFAULT');
SELECT make_audit_month(date_trunc('month', now()) + make_interval(months => n))
  FROM generate_series(1, 3) n;
SELECT setval(pg_get_serial_sequence('audit_trail', 'id'), coalesce(max(id), 0) + 1, false)
  FROM audit_trail_whole;
ALTER TABLE audit_trail_whole ALTER COLUMN id DROP IDENTITY, DROP CONSTRAINT audit_trail_pkey;

DO $$
DECLARE
    this_month CONSTANT timestamptz := date_trunc('month', now());
    next_month CONSTANT timestamptz := this_month + interval '1 month';
    part CONSTANT text := to_char(this_month, '"audit_trail_"YYYY_MM');
    one record;
BEGIN
    -- Whoever writes and reads goes on: rights.sql comes with the last migration, not with this one.
    FOR one IN SELECT a.grantee::regrole AS who, a.privilege_type AS may
                 FROM pg_class c, aclexplode(c.relacl) a
                WHERE c.oid = 'audit_trail_whole'::regclass AND a.grantee NOT IN (0, c.relowner)
    LOOP
        EXECUTE format('GRANT %s ON audit_trail TO %s', one.may, one.who);
    END LOOP;

    -- By clocks that were ahead: the only lines that are filed anew.
    IF EXISTS (SELECT FROM audit_trail_whole WHERE at >= next_month) THEN
        ALTER TABLE audit_trail_whole DISABLE TRIGGER only_grows;
        GRANT DELETE ON audit_trail_whole TO CURRENT_USER;
        WITH ahead AS (DELETE FROM audit_trail_whole WHERE at >= next_month RETURNING *)
        INSERT INTO audit_trail OVERRIDING SYSTEM VALUE SELECT * FROM ahead;
        REVOKE DELETE ON audit_trail_whole FROM CURRENT_USER;
        ALTER TABLE audit_trail_whole ENABLE TRIGGER only_grows;
    END IF;

    IF NOT EXISTS (SELECT FROM audit_trail_whole) THEN
        DROP TABLE audit_trail_whole;
        PERFORM make_audit_month(this_month);
    ELSE
        EXECUTE format('ALTER TABLE audit_trail_whole RENAME TO %I', part);
        EXECUTE format('ALTER TABLE audit_trail ATTACH PARTITION %I '
                       'FOR VALUES FROM (MINVALUE) TO (%L)', part, next_month);
    END IF;
END
$$;
