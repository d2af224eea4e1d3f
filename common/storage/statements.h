#pragma once

// All SQL of the workers' hot path, named. Set-based: rows travel as arrays, one per column. Every
// connection prepares what it uses under these names and plans it once (force_generic_plan), so the
// plans are index look-ups whatever the size of the arrays. What the api reads is in
// statements_read.h, what the audit asks in tools/audit.
//
// Ids compare in byte order in the database (COLLATE "C") as in the program, and every lock is
// taken in that order.

namespace itn::storage {

struct Statement {
    const char* name;
    const char* sql;
};

namespace statements {

// --- a batch: gather --------------------------------------------------------------------------

inline constexpr Statement known_outcomes{"known_outcomes", R"(
SELECT o.principal, o.command_id, encode(o.payload_hash, 'hex'), o.kind, o.code, o.detail,
       o.subject, o.lane, o.seq, o.at
FROM unnest($1::text[], $2::text[]) k(principal, command_id)
JOIN outcome o ON o.principal = k.principal AND o.command_id = k.command_id)"};

#define ITN_TRADE_COLUMNS                                                                    \
    "t.id, t.type, t.status, t.seller, t.buyer, t.destination, t.lines, t.total, t.reason, " \
    "t.requested_by, t.version, t.created_at, t.updated_at"
#define ITN_CARGO_COLUMNS                                                                         \
    "c.id, c.generated, c.origin, c.destination, c.status, c.capacity, c.loaded, c.trade_count, " \
    "c.own, c.location, c.note, c.eta, c.departed_at, c.delivered_at, c.requested_by, "           \
    "c.version, c.created_at, c.updated_at"
#define ITN_STOCK_COLUMNS "s.station, s.product, s.on_hand, s.reserved, s.low_below, s.version"

inline constexpr Statement lock_trades{
    "lock_trades", "SELECT " ITN_TRADE_COLUMNS
                   " FROM trade t WHERE t.id = ANY($1::uuid[]) ORDER BY t.id FOR UPDATE"};
inline constexpr Statement share_trades{
    "share_trades", "SELECT " ITN_TRADE_COLUMNS
                    " FROM trade t WHERE t.id = ANY($1::uuid[]) ORDER BY t.id FOR SHARE"};

inline constexpr Statement shipments_of_trades{
    "shipments_of_trades", "SELECT trade, shipment FROM cargo_trade WHERE trade = ANY($1::uuid[])"};
inline constexpr Statement trades_of_shipments{
    "trades_of_shipments",
    "SELECT trade, shipment FROM cargo_trade WHERE shipment = ANY($1::text[]) "
    "ORDER BY shipment, place"};

/// Unlocked: the rows are locked with all others of the batch, in one order, and looked at again.
inline constexpr Statement joinable_shipments{"joinable_shipments", R"(
SELECT c.id
FROM unnest($1::text[], $2::text[]) k(origin, destination)
CROSS JOIN LATERAL (SELECT c.id FROM cargo c
                    WHERE c.origin = k.origin AND c.destination = k.destination AND c.joinable
                    ORDER BY c.created_at, c.id LIMIT $3::bigint) c)"};

inline constexpr Statement lock_shipments{
    "lock_shipments", "SELECT " ITN_CARGO_COLUMNS
                      " FROM cargo c WHERE c.id = ANY($1::text[]) ORDER BY c.id FOR UPDATE"};
inline constexpr Statement share_shipments{
    "share_shipments", "SELECT " ITN_CARGO_COLUMNS
                       " FROM cargo c WHERE c.id = ANY($1::text[]) ORDER BY c.id FOR SHARE"};

/// Rows that are missing, as zeros, where station and product exist.
inline constexpr Statement make_stock{"make_stock", R"(
INSERT INTO stock (station, product, on_hand, reserved, version)
SELECT k.station, k.product, 0, 0, 0
FROM unnest($1::text[], $2::text[]) k(station, product)
JOIN station ON station.id = k.station
JOIN product ON product.id = k.product
WHERE NOT EXISTS (SELECT FROM stock s WHERE s.station = k.station AND s.product = k.product)
ORDER BY station.id, product.id
ON CONFLICT DO NOTHING)"};

inline constexpr Statement lock_stock{
    "lock_stock", "SELECT " ITN_STOCK_COLUMNS
                  " FROM unnest($1::text[], $2::text[]) k(station, product)"
                  " JOIN stock s ON s.station = k.station AND s.product = k.product"
                  " ORDER BY s.station, s.product FOR UPDATE OF s"};

/// A time that came as ArrayText::add_micros has it.
#define ITN_TIME(column) "timestamptz 'epoch' + " column " * interval '1 microsecond'"

// --- a batch: record --------------------------------------------------------------------------
// Updates count only rows that stand below the new version: they were locked, so all do.

inline constexpr Statement insert_trades{"insert_trades", R"(
INSERT INTO trade (id, type, status, seller, buyer, destination, lines, total, reason,
                   requested_by, version, created_at, updated_at)
SELECT k.id, k.type, k.status, k.seller, k.buyer, k.destination, k.lines, k.total, k.reason,
       k.requested_by, k.version, )" ITN_TIME("k.created_at") R"(, )" ITN_TIME("k.updated_at") R"(
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
            $7::jsonb[], $8::bigint[], $9::text[], $10::text[], $11::bigint[], $12::bigint[],
            $13::bigint[])
     k(id, type, status, seller, buyer, destination, lines, total, reason, requested_by, version,
       created_at, updated_at))"};

inline constexpr Statement update_trades{"update_trades", R"(
UPDATE trade t
SET status = k.status, reason = k.reason, version = k.version,
    updated_at = )" ITN_TIME("k.updated_at") R"(
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
     k(id, status, reason, version, updated_at)
WHERE t.id = k.id AND t.version < k.version)"};

inline constexpr Statement insert_shipments{"insert_shipments", R"(
INSERT INTO cargo (id, generated, origin, destination, status, capacity, loaded, trade_count, own,
                   location, note, eta, departed_at, delivered_at, requested_by, version,
                   created_at, updated_at)
SELECT * FROM unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                     $7::bigint[], $8::integer[], $9::jsonb[], $10::text[], $11::text[],
                     $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::text[],
                     $16::bigint[], $17::timestamptz[], $18::timestamptz[]))"};

inline constexpr Statement update_shipments{"update_shipments", R"(
UPDATE cargo c
SET status = k.status, loaded = k.loaded, trade_count = k.trade_count, location = k.location,
    note = k.note, eta = k.eta, departed_at = k.departed_at, delivered_at = k.delivered_at,
    version = k.version, updated_at = k.updated_at
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::text[], $6::text[],
            $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::bigint[],
            $11::timestamptz[])
     k(id, status, loaded, trade_count, location, note, eta, departed_at, delivered_at, version,
       updated_at)
WHERE c.id = k.id AND c.version < k.version)"};

inline constexpr Statement join_shipments{"join_shipments", R"(
INSERT INTO cargo_trade (trade, shipment, place)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[]))"};
inline constexpr Statement change_shipments{"change_shipments", R"(
UPDATE cargo_trade t SET shipment = k.shipment, place = k.place
FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[]) k(trade, shipment, place, before)
WHERE t.trade = k.trade AND t.shipment = k.before)"};
inline constexpr Statement leave_shipments{"leave_shipments", R"(
DELETE FROM cargo_trade t
USING unnest($1::uuid[], $2::text[]) k(trade, before)
WHERE t.trade = k.trade AND t.shipment = k.before)"};

inline constexpr Statement update_stock{"update_stock", R"(
UPDATE stock s SET on_hand = k.on_hand, reserved = k.reserved, version = k.version
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
     k(station, product, on_hand, reserved, version)
WHERE s.station = k.station AND s.product = k.product AND s.version < k.version)"};

inline constexpr Statement insert_parked{"insert_parked", R"(
INSERT INTO parked (lane, principal, command_id, reason, detail, payload)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])
ON CONFLICT DO NOTHING)"};

/// Taken last, in order of the names. Whoever holds a lane's row is the only one to append to it
/// until the commit, so the seqs are contiguous and become visible in their order.
inline constexpr Statement take_seqs{"take_seqs", R"(
WITH held AS MATERIALIZED (
    SELECT l.name, k.n FROM unnest($1::text[], $2::bigint[]) k(name, n)
    JOIN lane l ON l.name = k.name ORDER BY l.name FOR UPDATE OF l)
UPDATE lane l SET last_seq = l.last_seq + held.n FROM held WHERE l.name = held.name
RETURNING l.name, l.last_seq)"};

inline constexpr Statement insert_journal{"insert_journal", R"(
INSERT INTO journal (lane, seq, kind, subject, version, caused_by, traceparent, at, body)
SELECT k.lane, k.seq, k.kind, k.subject, k.version, k.caused_by, k.traceparent,
       )" ITN_TIME("k.at") R"(, k.body
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[],
            $7::text[], $8::bigint[], $9::text[])
     k(lane, seq, kind, subject, version, caused_by, traceparent, at, body))"};

inline constexpr Statement insert_ledger{"insert_ledger", R"(
INSERT INTO ledger (lane, seq, n, at, account, product, delta)
SELECT k.lane, k.seq, k.n, )" ITN_TIME("k.at") R"(, k.account, k.product, k.delta
FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::bigint[], $5::text[], $6::text[],
            $7::bigint[]) k(lane, seq, n, at, account, product, delta))"};

inline constexpr Statement insert_outcomes{"insert_outcomes", R"(
INSERT INTO outcome (principal, command_id, payload_hash, kind, code, detail, subject, lane, seq,
                     at)
SELECT k.principal, k.command_id, k.payload_hash, k.kind, k.code, k.detail, k.subject, k.lane,
       k.seq, )" ITN_TIME("k.at") R"(
FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::bigint[], $10::bigint[])
     k(principal, command_id, payload_hash, kind, code, detail, subject, lane, seq, at))"};

// --- beside the batches -----------------------------------------------------------------------

inline constexpr Statement epoch{"epoch", "SELECT value FROM setting WHERE name = 'epoch'"};

inline constexpr Statement counters{
    "counters",
    "SELECT name, last_seq, published_seq, reacted_seq FROM lane "
    "WHERE split_part(name, '.', 1) = coalesce($1, split_part(name, '.', 1)) ORDER BY name"};

inline constexpr Statement journal_after{
    "journal_after",
    "SELECT lane, seq, kind, subject, version, caused_by, traceparent, at, body FROM journal "
    "WHERE lane = $1 AND seq > $2::bigint ORDER BY seq LIMIT $3::bigint"};

/// Not worth a wait for the disk: a watermark that is lost in a crash stands lower than it might,
/// and what lies above it is published once more.
inline constexpr Statement advance_published{"advance_published", R"(
WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE lane SET published_seq = $3::bigint FROM relaxed
WHERE name = $1 AND published_seq = $2::bigint)"};
inline constexpr Statement advance_reacted{"advance_reacted", R"(
WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE lane SET reacted_seq = $3::bigint FROM relaxed
WHERE name = $1 AND reacted_seq = $2::bigint)"};

/// One class of advisory locks ("ITN1") for the publishers of lanes, one key for each lane.
inline constexpr Statement try_lock{"try_lock",
                                    "SELECT pg_try_advisory_lock(1230261809, $1::integer)"};
inline constexpr Statement unlock{"unlock", "SELECT pg_advisory_unlock(1230261809, $1::integer)"};

inline constexpr Statement count_attempt{"count_attempt", R"(
INSERT INTO attempt (principal, command_id, tries, at) VALUES ($1, $2, 1, now())
ON CONFLICT (principal, command_id) DO UPDATE SET tries = attempt.tries + 1, at = now()
RETURNING tries)"};

inline constexpr Statement beat{"beat", R"(
WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO instance (name, family, host, lanes, seen)
SELECT $1, $2, $3, $4::integer, now() FROM relaxed
ON CONFLICT (name) DO UPDATE
SET family = excluded.family, host = excluded.host, lanes = excluded.lanes, seen = excluded.seen)"};

}  // namespace statements
}  // namespace itn::storage
