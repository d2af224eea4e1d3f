#pragma once

// All SQL of the readers and of the catalogue, named as in statements.h. Optional filters are NULL
// parameters: these connections plan with the values in sight where that pays (plan_cache_mode
// auto), so an absent filter costs nothing.

#include "common/storage/statements.h"

namespace itn::storage::statements {

inline constexpr Statement position{
    "position",
    "SELECT name, last_seq, (SELECT value FROM setting WHERE name = 'epoch') FROM lane"};

// --- catalogue --------------------------------------------------------------------------------
#define ITN_STATION_COLUMNS "id, name, kind, x, y, z, version"
#define ITN_PRODUCT_COLUMNS \
    "id, name, description, category, brand, unit_price, unit_volume, images, version"

inline constexpr Statement list_stations{
    "list_stations", "SELECT " ITN_STATION_COLUMNS
                     " FROM station WHERE id > coalesce($1, '') ORDER BY id LIMIT $2::bigint"};
inline constexpr Statement find_station{
    "find_station", "SELECT " ITN_STATION_COLUMNS " FROM station WHERE id = $1"};
inline constexpr Statement create_station{
    "create_station",
    "INSERT INTO station (" ITN_STATION_COLUMNS
    ") VALUES ($1, $2, $3, $4::bigint, $5::bigint, $6::bigint, $7::bigint) ON CONFLICT DO NOTHING"};
inline constexpr Statement update_station{
    "update_station",
    "UPDATE station SET name = $2, kind = $3, x = $4::bigint, y = $5::bigint, z = $6::bigint, "
    "version = version + 1 WHERE id = $1 AND version = $7::bigint RETURNING " ITN_STATION_COLUMNS};
inline constexpr Statement delete_station{
    "delete_station", "DELETE FROM station WHERE id = $1 AND version = $2::bigint"};
// Whoever acts for a station that goes has other rights from then on.
inline constexpr Statement change_members{"change_members", R"(
UPDATE account SET version = version + 1, changed_at = $2::timestamptz
WHERE id IN (SELECT account FROM membership WHERE station = $1))"};
inline constexpr Statement change_member_partners{"change_member_partners", R"(
UPDATE partner SET version = version + 1, changed_at = $2::timestamptz
WHERE name IN (SELECT partner FROM partner_station WHERE station = $1))"};

inline constexpr Statement list_products{
    "list_products", "SELECT " ITN_PRODUCT_COLUMNS
                     " FROM product WHERE id > coalesce($1, '') ORDER BY id LIMIT $2::bigint"};
inline constexpr Statement find_product{
    "find_product", "SELECT " ITN_PRODUCT_COLUMNS " FROM product WHERE id = $1"};
inline constexpr Statement create_product{
    "create_product", "INSERT INTO product (" ITN_PRODUCT_COLUMNS
                      ") VALUES ($1, $2, $3, $4, $5, $6::bigint, $7::bigint, $8::text[], "
                      "$9::bigint) ON CONFLICT DO NOTHING"};
inline constexpr Statement update_product{
    "update_product",
    "UPDATE product SET name = $2, description = $3, category = $4, brand = $5, "
    "unit_price = $6::bigint, unit_volume = $7::bigint, images = $8::text[], version = version + 1 "
    "WHERE id = $1 AND version = $9::bigint RETURNING " ITN_PRODUCT_COLUMNS};
inline constexpr Statement delete_product{
    "delete_product", "DELETE FROM product WHERE id = $1 AND version = $2::bigint"};

/// A row made again after it was deleted goes on counting, so that its versions stay contiguous.
inline constexpr Statement next_version{
    "next_version",
    "SELECT coalesce(max(version), 0) + 1 FROM journal "
    "WHERE subject = $1 AND kind <> 'inventory.changed' AND split_part(kind, '.', 1) = $2"};

/// Stock rows that were looked at and never changed do not hold their station or product. The
/// function is its owner's, since doors may not write stock.
inline constexpr Statement drop_blank_stock{"drop_blank_stock", "SELECT drop_blank_stock($1, $2)"};
/// Trades and shipments that name a station are younger than it, but for the skew of two clocks.
/// Where they are $2 or more it counts as used.
inline constexpr Statement station_in_use{"station_in_use", R"(
WITH made AS (SELECT coalesce(min(at) - interval '5 minutes', '-infinity') AS at FROM journal
              WHERE subject = $1 AND kind = 'station.created' AND kind <> 'inventory.changed')
SELECT EXISTS (SELECT FROM stock WHERE station = $1)
    OR (SELECT count(*) >= $2::bigint
            OR coalesce(bool_or(origin = $1 OR destination = $1), false)
        FROM (SELECT origin, destination FROM cargo WHERE created_at >= (SELECT at FROM made)
              ORDER BY created_at, id LIMIT $2::bigint) c)
    OR (SELECT count(*) >= $2::bigint
            OR coalesce(bool_or(seller = $1 OR buyer = $1 OR destination = $1), false)
        FROM (SELECT seller, buyer, destination FROM trade
              WHERE created_at >= (SELECT at FROM made)
              ORDER BY created_at, id LIMIT $2::bigint) t))"};
/// A trade in a product has a stock row at its seller's.
inline constexpr Statement product_in_use{"product_in_use",
                                          "SELECT EXISTS (SELECT FROM stock WHERE product = $1)"};

// --- trades and cargo -------------------------------------------------------------------------

inline constexpr Statement find_trade{
    "find_trade", "SELECT " ITN_TRADE_COLUMNS
                  ", ct.shipment FROM trade t LEFT JOIN cargo_trade ct ON ct.trade = t.id"
                  " WHERE t.id = $1::uuid"};

/// At most $9 rows are looked at, inside trade_by_time; only what is on the page is fetched.
/// LATERAL with a limit cannot become a join over the whole table.
inline constexpr Statement list_trades{"list_trades", "SELECT " ITN_TRADE_COLUMNS R"(, ct.shipment
FROM (SELECT i.created_at, i.id
      FROM (SELECT created_at, id, seller, buyer FROM trade
            WHERE (created_at, id) < (coalesce($1::timestamptz, 'infinity'),
                      coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
              AND created_at >= coalesce($3::timestamptz, '-infinity')
              AND created_at < coalesce($4::timestamptz, 'infinity')
            ORDER BY created_at DESC, id DESC LIMIT $9::bigint) i
      CROSS JOIN LATERAL (SELECT FROM trade r
                          WHERE r.id = i.id AND ($6::text IS NULL OR r.status = $6)
                            AND ($7::text IS NULL OR r.lines @>
                                 jsonb_build_array(jsonb_build_object('productId', $7::text)))
                          LIMIT 1) f
      WHERE ($5::text IS NULL OR i.seller = $5 OR i.buyer = $5)
        AND ($10::text[] IS NULL OR i.seller = ANY($10) OR i.buyer = ANY($10))
      ORDER BY i.created_at DESC, i.id DESC LIMIT $8::bigint) p
JOIN trade t ON t.id = p.id
LEFT JOIN cargo_trade ct ON ct.trade = p.id
ORDER BY p.created_at DESC, p.id DESC)"};
/// The last row that a page with this bound looks at; none when it sees the list's end.
inline constexpr Statement last_examined_trade{"last_examined_trade", R"(
SELECT created_at, id FROM trade
WHERE (created_at, id) < (coalesce($1::timestamptz, 'infinity'),
          coalesce($2::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
  AND created_at >= coalesce($3::timestamptz, '-infinity')
  AND created_at < coalesce($4::timestamptz, 'infinity')
ORDER BY created_at DESC, id DESC OFFSET $5::bigint - 1 LIMIT 1)"};

inline constexpr Statement find_cargo{"find_cargo",
                                      "SELECT " ITN_CARGO_COLUMNS " FROM cargo c WHERE c.id = $1"};
inline constexpr Statement list_cargo{"list_cargo", "SELECT " ITN_CARGO_COLUMNS R"(
FROM (SELECT * FROM cargo
      WHERE (created_at, id) < (coalesce($1::timestamptz, 'infinity'), coalesce($2, ''))
      ORDER BY created_at DESC, id DESC LIMIT $6::bigint) c
WHERE ($3::text IS NULL OR c.status = $3)
  AND ($4::text IS NULL OR c.origin = $4 OR c.destination = $4)
  AND ($7::text[] IS NULL OR c.origin = ANY($7) OR c.destination = ANY($7))
ORDER BY c.created_at DESC, c.id DESC LIMIT $5::bigint)"};
inline constexpr Statement last_examined_cargo{"last_examined_cargo", R"(
SELECT created_at, id FROM cargo
WHERE (created_at, id) < (coalesce($1::timestamptz, 'infinity'), coalesce($2, ''))
ORDER BY created_at DESC, id DESC OFFSET $3::bigint - 1 LIMIT 1)"};
/// LATERAL as in list_trades: the tables grow by the million before anybody counts them.
inline constexpr Statement trades_aboard{"trades_aboard", R"(
SELECT ct.shipment, ct.trade, t.lines
FROM cargo_trade ct
CROSS JOIN LATERAL (SELECT lines FROM trade WHERE id = ct.trade LIMIT 1) t
WHERE ct.shipment = ANY($1::text[]) ORDER BY ct.shipment, ct.place)"};

/// Ids of trades and shipments may also be a station's or a product's.
inline constexpr Statement history{"history", R"(
SELECT lane, seq, kind, subject, version, caused_by, traceparent, at, body FROM journal
WHERE subject = $1 AND kind <> 'inventory.changed'
  AND split_part(kind, '.', 1) IN ('trade', 'cargo', 'critical')
ORDER BY at, lane, seq LIMIT $2::bigint)"};
/// By version, as the index has them: whoever asks only whether it is there reads one row.
inline constexpr Statement first_event{"first_event", R"(
SELECT lane, seq, kind, subject, version, caused_by, traceparent, at, body FROM journal
WHERE subject = $1 AND kind <> 'inventory.changed' AND split_part(kind, '.', 1) = $2
ORDER BY version LIMIT 1)"};

// --- inventory --------------------------------------------------------------------------------

inline constexpr Statement list_stock{"list_stock", "SELECT " ITN_STOCK_COLUMNS R"( FROM stock s
WHERE (s.station, s.product) > (coalesce($1, ''), coalesce($2, ''))
  AND ($3::text IS NULL OR s.station = $3) AND s.version > 0
ORDER BY s.station, s.product LIMIT $4::bigint)"};
inline constexpr Statement find_stock{
    "find_stock", "SELECT " ITN_STOCK_COLUMNS
                  " FROM stock s WHERE s.station = $1 AND s.product = $2 AND s.version > 0"};

inline constexpr Statement balance{
    "balance",
    "SELECT coalesce(sum(delta), 0)::bigint FROM ledger "
    "WHERE account = $1 AND product = $2 AND at <= coalesce($3::timestamptz, 'infinity')"};
/// Legs come in pairs, so the counterpart of leg n is n with its last bit turned.
inline constexpr Statement list_ledger{"list_ledger", R"(
SELECT l.lane, l.seq, l.n, l.at, j.kind, j.subject, j.caused_by, o.account, l.delta, l.balance
FROM (SELECT * FROM (SELECT lane, seq, n, at, delta,
                            (sum(delta) OVER (ORDER BY at, lane, seq, n))::bigint AS balance
                     FROM ledger
                     WHERE account = $1 AND product = $2
                       AND at <= coalesce($3::timestamptz, 'infinity')) a
      WHERE $4::timestamptz IS NULL
         OR (at, lane, seq, n) < ($4::timestamptz, $5, $6::bigint, $7::integer)
      ORDER BY at DESC, lane DESC, seq DESC, n DESC LIMIT $8::bigint) l
JOIN journal j ON j.lane = l.lane AND j.seq = l.seq
JOIN ledger o ON o.lane = l.lane AND o.seq = l.seq AND o.n = l.n # 1
ORDER BY l.at DESC, l.lane DESC, l.seq DESC, l.n DESC)"};

// --- journal ----------------------------------------------------------------------------------

inline constexpr Statement find_outcome{"find_outcome", R"(
SELECT o.principal, o.command_id, encode(o.payload_hash, 'hex'), o.kind, o.code, o.detail,
       o.subject, o.lane, o.seq, o.at, coalesce(j.traceparent, '')
FROM outcome o LEFT JOIN journal j ON j.lane = o.lane AND j.seq = o.seq
WHERE o.principal = $1 AND o.command_id = $2)"};

inline constexpr Statement recent_events{"recent_events", R"(
SELECT j.* FROM lane l
CROSS JOIN LATERAL (SELECT lane, seq, kind, subject, version, caused_by, traceparent, at, body
                    FROM journal WHERE lane = l.name ORDER BY seq DESC LIMIT $1::bigint) j
ORDER BY j.at DESC, j.lane, j.seq DESC LIMIT $1::bigint)"};

inline constexpr Statement events_since{"events_since", R"(
SELECT j.* FROM lane l
LEFT JOIN unnest($1::text[], $2::bigint[]) k(name, seq) ON k.name = l.name
CROSS JOIN LATERAL (SELECT lane, seq, kind, subject, version, caused_by, traceparent, at, body
                    FROM journal WHERE lane = l.name AND seq > coalesce(k.seq, 0)
                    ORDER BY seq LIMIT $3::bigint) j
ORDER BY j.lane, j.seq LIMIT $3::bigint)"};

// --- analytics --------------------------------------------------------------------------------

/// Totals are as large as bigint goes, also of trades that nobody could serve: their sum stops
/// there.
inline constexpr Statement trade_volume{"trade_volume", R"(
SELECT date_trunc($1, created_at), status, count(*),
       least(sum(total), 9223372036854775807)::bigint
FROM trade WHERE created_at >= $2::timestamptz GROUP BY 1, 2 ORDER BY 1, 2)"};
inline constexpr Statement cargo_by_status{
    "cargo_by_status", "SELECT status, count(*) FROM cargo GROUP BY status ORDER BY status"};
inline constexpr Statement stock_per_station{
    "stock_per_station",
    "SELECT station, count(*), sum(on_hand)::bigint, sum(reserved)::bigint FROM stock "
    "WHERE version > 0 GROUP BY station ORDER BY station"};

}  // namespace itn::storage::statements
