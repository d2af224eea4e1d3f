#include "tools/audit/checks.h"

#include <algorithm>

#include "common/storage/array_text.h"
#include "common/storage/rows.h"

namespace itn::tools {
namespace {

using storage::Session;
using storage::Statement;

/// `faults` gives one text a row; what the book holds is counted by `examined`.
struct Check {
    const char* name;
    Statement examined;
    Statement faults;
};

constexpr Check moves_balance{
    "every move balances",
    {"moves", "SELECT count(*) FROM ledger"},
    {"moves_faults",
     "SELECT format('%s/%s %s: %s too many', lane, seq, product, sum(delta)) FROM ledger "
     "GROUP BY lane, seq, product HAVING sum(delta) <> 0"}};

constexpr Check goods_conserved{
    "goods are conserved",
    {"goods", "SELECT count(DISTINCT product) FROM ledger"},
    {"goods_faults",
     "SELECT format('%s: %s too many', product, sum(delta)) FROM ledger "
     "GROUP BY product HAVING sum(delta) <> 0"}};

constexpr Check stock_is_ledger{
    "stock equals the ledger", {"stock", "SELECT count(*) FROM stock"}, {"stock_faults", R"(
SELECT format('%s/%s: stock %s, ledger %s', station, product, on_hand, booked)
FROM (SELECT coalesce(s.station, substr(l.account, 9)) AS station,
             coalesce(s.product, l.product) AS product,
             coalesce(s.on_hand, 0) AS on_hand, coalesce(l.booked, 0) AS booked
      FROM stock s
      FULL JOIN (SELECT account, product, sum(delta) AS booked FROM ledger
                 WHERE account LIKE 'station:%' GROUP BY account, product) l
        ON l.account = 'station:' || s.station AND l.product = s.product) b
WHERE on_hand <> booked)"}};

constexpr Check holds_are_ledger{
    "goods under way equal the ledger",
    {"holds", "SELECT count(*) FROM cargo WHERE status IN ('in_transit', 'delayed')"},
    {"holds_faults", R"(
WITH aboard AS (
    SELECT c.id, g ->> 'productId' AS product, (g ->> 'quantity')::bigint AS quantity
    FROM cargo c CROSS JOIN jsonb_array_elements(c.own) g
    WHERE c.status IN ('in_transit', 'delayed')
    UNION ALL
    SELECT c.id, g ->> 'productId', (g ->> 'quantity')::bigint
    FROM cargo c JOIN cargo_trade ct ON ct.shipment = c.id JOIN trade t ON t.id = ct.trade
    CROSS JOIN jsonb_array_elements(t.lines) g
    WHERE c.status IN ('in_transit', 'delayed'))
SELECT format('%s %s: aboard %s, ledger %s', coalesce('shipment:' || a.id, l.account),
              coalesce(a.product, l.product), coalesce(a.quantity, 0), coalesce(l.booked, 0))
FROM (SELECT id, product, sum(quantity) AS quantity FROM aboard GROUP BY id, product) a
FULL JOIN (SELECT account, product, sum(delta) AS booked FROM ledger
           WHERE account LIKE 'shipment:%' GROUP BY account, product) l
  ON l.account = 'shipment:' || a.id AND l.product = a.product
WHERE coalesce(a.quantity, 0) <> coalesce(l.booked, 0))"}};

constexpr Check no_negatives{
    "nothing is negative or oversold",
    {"amounts", "SELECT (SELECT count(*) FROM stock) + (SELECT count(*) FROM cargo)"},
    {"amounts_faults", R"(
SELECT format('%s/%s: on hand %s, reserved %s', station, product, on_hand, reserved)
FROM stock WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand
UNION ALL
SELECT format('%s %s: %s', account, product, sum(delta)) FROM ledger WHERE account <> 'world'
GROUP BY account, product HAVING sum(delta) < 0)"}};

/// Promised are goods of confirmed trades and of pending shipments. A trade whose shipment left may
/// still stand at confirmed for a moment: its reservation left with the goods.
constexpr Check reserved_is_promised{"what is reserved is promised",
                                     {"reserved", "SELECT count(*) FROM stock WHERE reserved > 0"},
                                     {"reserved_faults", R"(
WITH promised AS (
    SELECT t.seller AS station, g ->> 'productId' AS product, (g ->> 'quantity')::bigint AS n
    FROM trade t
    LEFT JOIN cargo_trade ct ON ct.trade = t.id LEFT JOIN cargo c ON c.id = ct.shipment
    CROSS JOIN jsonb_array_elements(t.lines) g
    WHERE t.status = 'confirmed' AND coalesce(c.status, 'pending') = 'pending'
    UNION ALL
    SELECT c.origin, g ->> 'productId', (g ->> 'quantity')::bigint
    FROM cargo c CROSS JOIN jsonb_array_elements(c.own) g WHERE c.status = 'pending')
SELECT format('%s/%s: reserved %s, promised %s', coalesce(s.station, p.station),
              coalesce(s.product, p.product), coalesce(s.reserved, 0), coalesce(p.n, 0))
FROM stock s
FULL JOIN (SELECT station, product, sum(n) AS n FROM promised GROUP BY station, product) p
  ON p.station = s.station AND p.product = s.product
WHERE coalesce(s.reserved, 0) <> coalesce(p.n, 0))"}};

constexpr Check manifests_agree{"shipments and their trades agree",
                                {"manifests", "SELECT count(*) FROM cargo_trade"},
                                {"manifests_faults", R"(
SELECT format('%s: %s trades aboard, it says %s', coalesce(c.id, m.shipment), coalesce(m.n, 0),
              coalesce(c.trade_count, 0))
FROM cargo c
FULL JOIN (SELECT shipment, count(*) AS n FROM cargo_trade GROUP BY shipment) m
  ON m.shipment = c.id
WHERE c.id IS NULL OR c.trade_count <> coalesce(m.n, 0)
UNION ALL
SELECT format('%s travels in %s and is no trade', ct.trade, ct.shipment)
FROM cargo_trade ct LEFT JOIN trade t ON t.id = ct.trade WHERE t.id IS NULL)"}};

constexpr Check lanes_contiguous{
    "lanes are contiguous", {"lanes", "SELECT count(*) FROM journal"}, {"lanes_faults", R"(
SELECT format('%s: %s entries, %s to %s, counter %s', coalesce(l.name, j.lane), coalesce(j.n, 0),
              coalesce(j.first, 0), coalesce(j.last, 0), coalesce(l.last_seq, 0))
FROM lane l
FULL JOIN (SELECT lane, count(*) AS n, min(seq) AS first, max(seq) AS last
           FROM journal GROUP BY lane) j ON j.lane = l.name
WHERE l.name IS NULL OR l.last_seq <> coalesce(j.n, 0) OR coalesce(j.first, 1) <> 1
   OR coalesce(j.last, 0) <> l.last_seq)"}};

/// A station and a product may have the same id: the kind's first word tells them apart.
constexpr Check versions_contiguous{
    "versions of each subject are contiguous",
    {"versions",
     "SELECT count(*) FROM (SELECT DISTINCT subject, split_part(kind, '.', 1) "
     "FROM journal WHERE version > 0) s"},
    {"versions_faults", R"(
SELECT format('%s: %s versions, %s to %s', subject, count(*), min(version), max(version))
FROM journal WHERE version > 0
GROUP BY subject, split_part(kind, '.', 1)
HAVING min(version) <> 1 OR max(version) <> count(*) OR count(DISTINCT version) <> count(*))"}};

/// Warnings that a command was parked belong to failed ones; catalogue writes have no outcome.
constexpr Check events_have_outcomes{
    "every event has its outcome",
    {"causes", "SELECT count(*) FROM (SELECT DISTINCT lane, caused_by FROM journal) c"},
    {"causes_faults", R"(
SELECT DISTINCT format('%s: event of %s without an outcome', j.lane, j.caused_by)
FROM journal j
WHERE j.lane NOT LIKE 'catalogue.%'
  AND NOT EXISTS (SELECT FROM outcome o
                  WHERE o.command_id = j.caused_by AND o.lane = j.lane
                    AND (o.kind IN ('applied', 'rejected') OR j.kind = 'critical')))"}};

constexpr Check outcomes_point_home{"every outcome points at its event",
                                    {"outcomes", "SELECT count(*) FROM outcome"},
                                    {"outcomes_faults", R"(
SELECT format('%s of %s points at %s/%s', o.command_id, o.principal, o.lane, o.seq)
FROM outcome o LEFT JOIN journal j ON j.lane = o.lane AND j.seq = o.seq
WHERE o.seq > 0 AND j.caused_by IS DISTINCT FROM o.command_id)"}};

constexpr Check rejected_moved_nothing{
    "what was refused moved nothing",
    {"refused", "SELECT count(*) FROM outcome WHERE kind <> 'applied'"},
    {"refused_faults", R"(
SELECT DISTINCT format('%s of %s moved goods at %s/%s', o.command_id, o.principal, j.lane, j.seq)
FROM outcome o JOIN journal j ON j.lane = o.lane AND j.seq = o.seq
JOIN ledger l ON l.lane = j.lane AND l.seq = j.seq
WHERE o.kind <> 'applied')"}};

constexpr Check watermarks_caught_up{"everything was published",
                                     {"watermarks", "SELECT count(*) FROM lane"},
                                     {"watermarks_faults", R"(
SELECT format('%s: last %s, published %s, reacted %s', name, last_seq, published_seq, reacted_seq)
FROM lane
WHERE published_seq <> last_seq
   OR (reacted_seq <> last_seq AND name NOT LIKE 'catalogue.%'))"}};

constexpr Statement accepted_without_one_outcome{"accepted_faults", R"(
SELECT format('%s: %s outcomes', a.id, count(o.command_id))
FROM (SELECT DISTINCT unnest($1::text[]) AS id) a
LEFT JOIN outcome o ON o.command_id = a.id
GROUP BY a.id HAVING count(o.command_id) <> 1)"};

constexpr const Check* always[] = {
    &moves_balance,       &goods_conserved,      &stock_is_ledger,     &holds_are_ledger,
    &no_negatives,        &reserved_is_promised, &manifests_agree,     &lanes_contiguous,
    &versions_contiguous, &events_have_outcomes, &outcomes_point_home, &rejected_moved_nothing};

Finding finding_of(std::string name, std::int64_t examined, const pqxx::result& faults) {
    Finding finding{.check = std::move(name),
                    .examined = examined,
                    .wrong = static_cast<std::int64_t>(faults.size())};
    for (const auto& row : faults) {
        if (finding.examples.size() == max_examples) break;
        finding.examples.push_back(storage::text_of(row[0]));
    }
    return finding;
}

Finding run(Session& session, const Check& check) {
    const auto examined = session.run(check.examined);
    return finding_of(check.name, storage::integer_of(examined[0][0]), session.run(check.faults));
}

}  // namespace

std::vector<Finding> audit(const std::string& url, const AuditOptions& options) {
    storage::Connection connection(url, "itn-audit", storage::Purpose::migrating);
    Session session(connection, storage::Mode::snapshot);
    std::vector<Finding> findings;
    for (const Check* check : always)
        findings.push_back(run(session, *check));
    for (Finding& finding : audit_rows(session))
        findings.push_back(std::move(finding));
    if (options.has_accepted) {
        findings.push_back(finding_of(
            "every accepted command has one outcome",
            static_cast<std::int64_t>(options.accepted.size()),
            session.run(accepted_without_one_outcome, {storage::array_of(options.accepted)})));
    }
    if (!options.busy) findings.push_back(run(session, watermarks_caught_up));
    return findings;
}

std::vector<Finding> audit_patiently(const std::string& url, const AuditOptions& options,
                                     const std::function<void()>& wait) {
    auto findings = audit(url, options);
    const auto is_wrong = [](const Finding& finding) { return finding.wrong > 0; };
    const bool is_on_its_way = std::ranges::count_if(findings, is_wrong) == 1 &&
                               findings.back().check == watermarks_caught_up.name &&
                               is_wrong(findings.back());
    if (!is_on_its_way) return findings;
    wait();
    return audit(url, options);
}

}  // namespace itn::tools
