#pragma once

// All SQL about people, sessions, keys, partners and rates, named as in statements.h. Hashes travel
// as hex.

#include "common/storage/statements.h"

namespace itn::storage::statements {

// --- people -----------------------------------------------------------------------------------
#define ITN_ACCOUNT_COLUMNS                                                              \
    "a.id, a.name, a.email, a.role, a.disabled, a.version, a.created_at, a.changed_at, " \
    "ARRAY (SELECT m.station FROM membership m WHERE m.account = a.id ORDER BY 1)"

inline constexpr Statement insert_account{"insert_account", R"(
INSERT INTO account (id, name, email, password, role, disabled, version, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6::boolean, 1, $7::timestamptz, $7::timestamptz)
ON CONFLICT DO NOTHING)"};
inline constexpr Statement drop_memberships{
    "drop_memberships",
    "DELETE FROM membership WHERE account = $1 AND station <> ALL ($2::text[])"};
inline constexpr Statement insert_memberships{
    "insert_memberships",
    "INSERT INTO membership (account, station) SELECT $1, unnest($2::text[]) "
    "ON CONFLICT DO NOTHING"};
inline constexpr Statement find_account{
    "find_account", "SELECT " ITN_ACCOUNT_COLUMNS " FROM account a WHERE a.id = $1"};
inline constexpr Statement find_credentials{
    "find_credentials",
    "SELECT " ITN_ACCOUNT_COLUMNS ", a.password FROM account a WHERE lower(a.email) = lower($1)"};
inline constexpr Statement list_accounts{
    "list_accounts",
    "SELECT " ITN_ACCOUNT_COLUMNS
    " FROM account a WHERE a.id > coalesce($1, '') ORDER BY a.id LIMIT $2::bigint"};
/// Whoever takes the role of one admin away waits for all that do so to another.
inline constexpr Statement lock_admins{
    "lock_admins",
    "SELECT id FROM account WHERE role = 'admin' AND NOT disabled ORDER BY id FOR UPDATE"};
inline constexpr Statement update_role{"update_role", R"(
UPDATE account SET role = $2, version = version + 1, changed_at = $4::timestamptz
WHERE id = $1 AND ($3::bigint = 0 OR version = $3::bigint))"};
inline constexpr Statement update_disabled{"update_disabled", R"(
UPDATE account SET disabled = $2::boolean, version = version + 1, changed_at = $3::timestamptz
WHERE id = $1 AND disabled <> $2::boolean)"};
inline constexpr Statement update_password{"update_password", R"(
UPDATE account SET password = $2, version = version + 1, changed_at = $3::timestamptz
WHERE id = $1)"};
inline constexpr Statement count_account_up{
    "count_account_up",
    "UPDATE account SET version = version + 1, changed_at = $2::timestamptz WHERE id = $1"};
inline constexpr Statement rehash_password{
    "rehash_password", "UPDATE account SET password = $3 WHERE id = $1 AND password = $2"};

// --- rights -----------------------------------------------------------------------------------

inline constexpr Statement rights_of{
    "rights_of",
    "SELECT principal, role, disabled, version, stations FROM principal_rights "
    "WHERE principal = ANY ($1::text[])"};
inline constexpr Statement changed_subjects{
    "changed_subjects",
    "SELECT principal, disabled, version, changed_at FROM principal_rights "
    "WHERE changed_at >= $1::timestamptz"};
inline constexpr Statement revoked_keys{
    "revoked_keys", "SELECT id FROM api_key WHERE revoked_at >= $1::timestamptz"};
inline constexpr Statement ended_sessions{
    "ended_sessions", "SELECT session FROM refresh_family WHERE signed_out_at >= $1::timestamptz"};

// --- sessions ---------------------------------------------------------------------------------

inline constexpr Statement insert_family{"insert_family", R"(
INSERT INTO refresh_family (id, principal, current_hash, started_at, expires_at, revoked)
VALUES ($1, $2, decode($3, 'hex'), $4::timestamptz, $5::timestamptz, $6::boolean))"};
inline constexpr Statement find_family{"find_family", R"(
SELECT id, principal, encode(current_hash, 'hex'), started_at, expires_at, revoked
FROM refresh_family WHERE id = $1)"};
inline constexpr Statement rotate_family{"rotate_family", R"(
UPDATE refresh_family SET current_hash = decode($3, 'hex'), expires_at = $4::timestamptz
WHERE id = $1 AND current_hash = decode($2, 'hex') AND NOT revoked)"};
inline constexpr Statement revoke_family{
    "revoke_family", "UPDATE refresh_family SET revoked = true WHERE id = $1 AND NOT revoked"};
inline constexpr Statement sign_out_family{
    "sign_out_family",
    "UPDATE refresh_family SET revoked = true, signed_out_at = $2::timestamptz, session = $3 "
    "WHERE id = $1 AND NOT revoked"};
inline constexpr Statement revoke_families{
    "revoke_families",
    "UPDATE refresh_family SET revoked = true WHERE principal = $1 AND NOT revoked"};

// --- keys and tickets -------------------------------------------------------------------------
#define ITN_KEY_COLUMNS                                                                       \
    "id, principal, encode(secret_hash, 'hex'), scopes, expires_at, revoked_at IS NOT NULL, " \
    "name, created_at"

/// One class of advisory locks ("ITN2"): of two keys made at once for one owner the second counts
/// the first.
inline constexpr Statement lock_keys{"lock_keys",
                                     "SELECT pg_advisory_xact_lock(1230261810, hashtext($1))"};
/// Active ones of a name, all active ones, and what was made since.
inline constexpr Statement count_keys{"count_keys", R"(
SELECT count(*) FILTER (WHERE is_active AND name = $2), count(*) FILTER (WHERE is_active),
       count(*) FILTER (WHERE created_at > $4::timestamptz)
FROM (SELECT name, created_at, revoked_at IS NULL AND expires_at > $3::timestamptz AS is_active
      FROM api_key WHERE principal = $1) k)"};
inline constexpr Statement insert_key{"insert_key", R"(
INSERT INTO api_key (id, principal, name, secret_hash, scopes, created_at, expires_at)
VALUES ($1, $2, $3, decode($4, 'hex'), $5, $6::timestamptz, $7::timestamptz))"};
inline constexpr Statement find_key{"find_key",
                                    "SELECT " ITN_KEY_COLUMNS " FROM api_key WHERE id = $1"};
/// Active ones go before dead ones, and new ones before old.
inline constexpr Statement list_keys{"list_keys", "SELECT " ITN_KEY_COLUMNS R"( FROM (
    SELECT * FROM api_key WHERE principal = $1
    ORDER BY (revoked_at IS NULL AND expires_at > $2::timestamptz) DESC, created_at DESC, id DESC
    LIMIT $3::bigint) k ORDER BY created_at, id)"};
inline constexpr Statement revoke_key{"revoke_key", R"(
UPDATE api_key SET revoked_at = coalesce(revoked_at, $3::timestamptz)
WHERE id = $1 AND principal = coalesce($2, principal))"};
inline constexpr Statement insert_ticket{
    "insert_ticket",
    "INSERT INTO ticket (hash, principal, expires_at, session, client, stays_until) "
    "VALUES (decode($1, 'hex'), $2, $3::timestamptz, $4, $5, $6::timestamptz)"};
inline constexpr Statement take_ticket{
    "take_ticket",
    "DELETE FROM ticket WHERE hash = decode($1, 'hex') "
    "RETURNING principal, expires_at, session, client, stays_until"};

// --- partners ---------------------------------------------------------------------------------
#define ITN_PARTNER_COLUMNS                         \
    "p.name, p.disabled, p.version, p.created_at, " \
    "ARRAY (SELECT s.station FROM partner_station s WHERE s.partner = p.name ORDER BY 1)"

inline constexpr Statement insert_partner{"insert_partner", R"(
INSERT INTO partner (name, disabled, version, created_at, changed_at)
VALUES ($1, $2::boolean, 1, $3::timestamptz, $3::timestamptz) ON CONFLICT DO NOTHING)"};
inline constexpr Statement update_partner{"update_partner", R"(
UPDATE partner SET disabled = $2::boolean, version = version + 1, changed_at = $3::timestamptz
WHERE name = $1)"};
inline constexpr Statement drop_partner_stations{
    "drop_partner_stations",
    "DELETE FROM partner_station WHERE partner = $1 AND station <> ALL ($2::text[])"};
inline constexpr Statement insert_partner_stations{
    "insert_partner_stations",
    "INSERT INTO partner_station (partner, station) SELECT $1, unnest($2::text[]) "
    "ON CONFLICT DO NOTHING"};
/// From here on the feed of the partners' queues owes its events to whoever is made now, also when
/// nobody feeds at the moment. Where it has come is its own affair once it is known.
inline constexpr Statement begin_partner_feed{"begin_partner_feed", R"(
INSERT INTO partner_feed (lane, seq) SELECT name, last_seq FROM lane
WHERE NOT EXISTS (SELECT FROM partner_feed) ON CONFLICT DO NOTHING)"};
inline constexpr Statement list_partners{
    "list_partners", "SELECT " ITN_PARTNER_COLUMNS
                     " FROM partner p WHERE p.name = coalesce($1, p.name) ORDER BY p.name"};

// --- rates and audit --------------------------------------------------------------------------

/// identity::Bucket in SQL, to the last unit. `asked` and the rate reach a row that stands already
/// in `excluded`; a new row is a full bucket. Rows are locked in the order they come in, which is
/// the order of their keys. Not worth a wait for the disk: a crash costs a lease given twice.
inline constexpr Statement grant{"grant", R"(
WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO budget AS b (principal, class, tokens, period, burst, level, asked, granted, at)
SELECT k.principal, k.class, k.tokens, k.period, k.burst,
       (k.burst - least(k.asked, k.burst)) * k.period, k.asked, least(k.asked, k.burst),
       $7::timestamptz
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
     k(principal, class, tokens, period, burst, asked)
CROSS JOIN relaxed
ORDER BY k.principal COLLATE "C", k.class COLLATE "C"
ON CONFLICT (principal, class) DO UPDATE
SET tokens = excluded.tokens, period = excluded.period, burst = excluded.burst,
    asked = excluded.asked, at = greatest(b.at, excluded.at),
    (granted, level) = (
        SELECT g.n, l.level - g.n * excluded.period
        FROM (SELECT excluded.burst * excluded.period AS most,
                     CASE WHEN b.period = excluded.period THEN b.level
                          ELSE (b.level::numeric * excluded.period / b.period)::bigint END AS was,
                     greatest(0, extract(epoch FROM excluded.at - b.at) * 1000000)::bigint AS us) t
        CROSS JOIN LATERAL (SELECT CASE WHEN t.us >= (t.most - t.was) / excluded.tokens + 1
                                        THEN t.most
                                        ELSE least(t.most, t.was + t.us * excluded.tokens)
                                   END AS level) l
        CROSS JOIN LATERAL (SELECT least(greatest(l.level / excluded.period, 0),
                                         excluded.asked) AS n) g)
RETURNING b.principal, b.class, b.granted, b.level)"};
inline constexpr Statement sweep_budgets{"sweep_budgets", R"(
DELETE FROM budget WHERE (principal, class) IN (
    SELECT principal, class FROM budget
    WHERE extract(epoch FROM $1::timestamptz - at) * 1000000
          >= (burst * period - level) / tokens + 1
    ORDER BY principal, class LIMIT $2::bigint FOR UPDATE SKIP LOCKED))"};

inline constexpr Statement count_failures{
    "count_failures",
    "SELECT count(*) FROM sign_in_failure WHERE who = $1 AND at >= $2::timestamptz"};
inline constexpr Statement insert_failure{
    "insert_failure", "INSERT INTO sign_in_failure (who, at) VALUES ($1, $2::timestamptz)"};
inline constexpr Statement forget_failures{"forget_failures",
                                           "DELETE FROM sign_in_failure WHERE who = $1"};
inline constexpr Statement sweep_failures{"sweep_failures",
                                          "DELETE FROM sign_in_failure WHERE at < $1::timestamptz"};
inline constexpr Statement sweep_tickets{"sweep_tickets",
                                         "DELETE FROM ticket WHERE expires_at < $1::timestamptz"};
inline constexpr Statement sweep_families{
    "sweep_families", "DELETE FROM refresh_family WHERE expires_at < $1::timestamptz"};
inline constexpr Statement sweep_keys{
    "sweep_keys",
    "DELETE FROM api_key "
    "WHERE least(coalesce(revoked_at, 'infinity'), expires_at) < $1::timestamptz"};

inline constexpr Statement insert_audit{"insert_audit", R"(
INSERT INTO audit_trail (at, event, principal, peer, subject, detail)
SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[],
                     $6::text[]))"};
inline constexpr Statement keep_audit_trail{"keep_audit_trail",
                                            "SELECT keep_audit_trail($1::integer)"};

}  // namespace itn::storage::statements
