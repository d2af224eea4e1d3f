#include "api/inventory.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "api/answers.h"
#include "api/etag.h"
#include "api/pages.h"
#include "api/query.h"
#include "api/writes.h"
#include "common/rights/rights.h"
#include "common/wire/ids.h"
#include "common/wire/representation.h"

namespace itn::api {

namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view list_name = "inventory";
constexpr std::string_view ledger_name = "ledger";

/// station_not_found, unless the catalogue has the station of the path.
Result<StationId> station_of(const Room& room, const Call& call) {
    StationId id(std::string(call.request().param("stationId")));
    if (wire::is_slug(id.text()) && room.catalogue.get()->stations.contains(id)) return id;
    return problem_of("station_not_found", "No station has this stationId.");
}

Result<domain::StockKey> stock_key_of(const Room& room, const Call& call) {
    const auto station = station_of(room, call);
    if (!station) return station.problem();
    ProductId product(std::string(call.request().param("productId")));
    if (wire::is_slug(product.text()) && room.catalogue.get()->products.contains(product))
        return domain::StockKey{.station = *station, .product = std::move(product)};
    return problem_of("product_not_found", "No product has this productId.");
}

std::string item_of(const domain::Stock& stock) {
    return Json{{"productId", stock.key.product.text()},
                {"onHand", stock.on_hand.value()},
                {"reserved", stock.reserved.value()},
                {"available", stock.available().value()},
                {"version", stock.version}}
        .dump();
}

/// What moved the stock, and from or to whom, is for those who may know it.
std::string rendered(const storage::LedgerLine& line, bool with_causes) {
    Json row{{"at", to_rfc3339(line.at)}, {"kind", domain::name(line.kind)}};
    if (with_causes) {
        row["subject"] = line.subject;
        row["causedBy"] = line.caused_by;
        row["counterpart"] = line.counterpart;
    }
    row["delta"] = line.delta.value();
    row["balance"] = line.balance.value();
    row["lane"] = line.lane.text();
    row["seq"] = line.seq;
    return row.dump();
}

void read_inventory(const Room& room, CallPtr call, storage::StockFilter filter, List list,
                    std::string (*render_row)(const domain::Stock&)) {
    room.reads.run(call, [call, filter = std::move(filter), list = std::move(list),
                          render_row](storage::Reader& reader) {
        const auto read = reader.inventory(filter);
        auto answer = list;
        for (const auto& stock : read.value.rows)
            answer.rows.push_back(render_row(stock));
        if (read.value.more) answer.next = cursor_key(read.value.rows.back().key);
        answer_list(*call, answer, read.position);
    });
}

}  // namespace

void list_inventory(const Room& room, CallPtr call) {
    Query query(call->request());
    storage::StockFilter filter;
    for (const auto* name : {"station", "location"})
        if (const auto station = query.slug(name)) filter.station = StationId(*station);
    filter.after = stock_cursor(query, list_name);
    filter.limit = query.limit();
    if (query.problem()) return call->problem(*query.problem());
    read_inventory(room, std::move(call), std::move(filter), {.name = list_name},
                   [](const domain::Stock& stock) { return wire::render(stock); });
}

void show_station_inventory(const Room& room, CallPtr call) {
    const auto station = station_of(room, *call);
    if (!station) return call->problem(station.problem());
    Query query(call->request());
    storage::StockFilter filter{.station = *station,
                                .after = stock_cursor(query, list_name),
                                .limit = query.limit(limits::max_page)};
    if (query.problem()) return call->problem(*query.problem());
    List list{.name = list_name,
              .member = "items",
              .before = "\"stationId\":\"" + station->text() + "\","};
    read_inventory(room, std::move(call), std::move(filter), std::move(list), item_of);
}

void show_stock(const Room& room, CallPtr call) {
    const auto key = stock_key_of(room, *call);
    if (!key) return call->problem(key.problem());
    room.reads.run(call, [call, key = *key](storage::Reader& reader) {
        const auto read = reader.stock(key);
        if (!read.value)
            return call->problem(
                problem_of("stock_not_found", "This station never had any of this product."));
        answer_read(*call, wire::render(*read.value), read.position,
                    version_etag(read.value->version));
    });
}

void show_ledger(const Room& room, CallPtr call) {
    const auto key = stock_key_of(room, *call);
    if (!key) return call->problem(key.problem());
    Query query(call->request());
    storage::LedgerFilter filter{.key = *key,
                                 .as_of = query.time("asOf", Edge::to),
                                 .after = ledger_cursor(query, ledger_name),
                                 .limit = query.limit()};
    if (query.problem()) return call->problem(*query.problem());
    room.reads.run_heavy(call, [call, filter = std::move(filter)](storage::Reader& reader) {
        const auto read = reader.ledger(filter);
        auto before = Json{{"stationId", filter.key.station.text()},
                           {"productId", filter.key.product.text()},
                           {"balance", read.value.balance.value()}}
                          .dump();
        before = before.substr(1, before.size() - 2) + ",";
        List list{.name = ledger_name, .before = std::move(before)};
        const bool with_causes = rights::may_read_causes(call->caller(), filter.key.station);
        for (const auto& line : read.value.lines.rows)
            list.rows.push_back(rendered(line, with_causes));
        if (read.value.lines.more) {
            const auto& last = read.value.lines.rows.back();
            list.next =
                cursor_key({.at = last.at, .lane = last.lane, .seq = last.seq, .n = last.n});
        }
        answer_list(*call, list, read.position);
    });
}

void adjust_stock(const Room& room, CallPtr call) {
    const auto station = station_of(room, *call);
    if (!station) return call->problem(station.problem());
    auto wish = wire::parse_adjustment_wish(station->text(), call->request().body);
    submit_wish(room, std::move(call), std::move(wish));
}

void adjust_stock_by_body(const Room& room, CallPtr call) {
    auto wish = wire::parse_inventory_update(call->request().body);
    submit_wish(room, std::move(call), std::move(wish));
}

}  // namespace itn::api
