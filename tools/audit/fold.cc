// The state of every row is what its events add up to, and each event carries the state after it:
// so the row must equal what the last of its events says. Read in pages, the books may be large.

#include <functional>

#include "common/storage/rows.h"
#include "common/storage/statements.h"
#include "common/wire/notice.h"
#include "tools/audit/checks.h"

namespace itn::tools {
namespace {

using storage::Session;
using storage::Statement;

constexpr std::int64_t page_size = 2'000;

constexpr Statement trades_and_events{"trades_and_events",
                                      "SELECT " ITN_TRADE_COLUMNS R"(, j.kind, j.body
FROM trade t
LEFT JOIN LATERAL (SELECT kind, body FROM journal
                   WHERE subject = t.id::text AND kind <> 'inventory.changed'
                     AND split_part(kind, '.', 1) = 'trade'
                   ORDER BY version DESC LIMIT 1) j ON true
WHERE $1::uuid IS NULL OR t.id > $1::uuid ORDER BY t.id LIMIT $2::bigint)"};

constexpr Statement cargo_and_events{"cargo_and_events",
                                     "SELECT " ITN_CARGO_COLUMNS R"(, j.kind, j.body
FROM cargo c
LEFT JOIN LATERAL (SELECT kind, body FROM journal
                   WHERE subject = c.id AND kind <> 'inventory.changed'
                     AND split_part(kind, '.', 1) = 'cargo'
                   ORDER BY version DESC LIMIT 1) j ON true
WHERE $1::text IS NULL OR c.id > $1 ORDER BY c.id LIMIT $2::bigint)"};

/// All at once: there are as many stock rows as stations times products.
constexpr Statement stock_and_events{"stock_and_events",
                                     "SELECT " ITN_STOCK_COLUMNS R"(, j.kind, j.body
FROM stock s
LEFT JOIN (SELECT subject, max(version) AS version FROM journal
           WHERE kind = 'inventory.changed' GROUP BY subject) m
       ON m.subject = s.station || '/' || s.product
LEFT JOIN journal j ON j.kind = 'inventory.changed' AND j.subject = m.subject
                   AND j.version = m.version
WHERE s.version > 0)"};

/// What the last event says, from the two columns behind the row's own.
template <class Changed>
std::optional<Changed> last_event(const pqxx::row& row) {
    const auto kind_field = row[row.size() - 2];
    if (kind_field.is_null()) return std::nullopt;
    const auto kind = domain::event_kind_from(storage::text_of(kind_field));
    if (!kind) return std::nullopt;
    const auto event = wire::parse_body(*kind, storage::text_of(row[row.size() - 1]));
    if (!event || !std::holds_alternative<Changed>(event->body)) return std::nullopt;
    return std::get<Changed>(event->body);
}

void examine(Finding& finding, bool is_right, const std::string& subject) {
    ++finding.examined;
    if (is_right) return;
    ++finding.wrong;
    if (finding.examples.size() < max_examples) finding.examples.push_back(subject);
}

/// Calls see(row) for every row of a statement that takes a key and a page size.
void each_page(Session& session, const Statement& statement,
               const std::function<void(const pqxx::row&)>& see) {
    std::optional<std::string> after;
    for (;;) {
        const pqxx::result rows = session.run(statement, {after, page_size});
        for (const auto& row : rows)
            see(row);
        if (std::int64_t(rows.size()) < page_size) return;
        after = storage::text_of(rows[rows.size() - 1][0]);
    }
}

bool is_right_trade(const pqxx::row& row) {
    auto changed = last_event<domain::TradeChanged>(row);
    if (!changed) return false;
    changed->after.shipment.reset();  // kept in cargo_trade, by another family
    return changed->after == storage::trade_of(row);
}

bool is_right_cargo(const pqxx::row& row) {
    const auto changed = last_event<domain::CargoChanged>(row);
    return changed && changed->after == storage::shipment_of(row).cargo;
}

bool is_right_stock(const pqxx::row& row) {
    auto changed = last_event<domain::StockChanged>(row);
    if (!changed) return false;
    const domain::Stock stock = storage::stock_of(row);
    changed->after.low_below = stock.low_below;  // a setting, not told by events
    return changed->after == stock;
}

}  // namespace

std::vector<Finding> audit_rows(Session& session) {
    Finding trades{.check = "trades are what their events say"};
    each_page(session, trades_and_events, [&](const pqxx::row& row) {
        examine(trades, is_right_trade(row), storage::text_of(row[0]));
    });
    Finding cargo{.check = "shipments are what their events say"};
    each_page(session, cargo_and_events, [&](const pqxx::row& row) {
        examine(cargo, is_right_cargo(row), storage::text_of(row[0]));
    });
    Finding stock{.check = "stock is what its events say"};
    for (const auto& row : session.run(stock_and_events)) {
        examine(stock, is_right_stock(row),
                storage::text_of(row[0]) + "/" + storage::text_of(row[1]));
    }
    return {std::move(trades), std::move(cargo), std::move(stock)};
}

}  // namespace itn::tools
