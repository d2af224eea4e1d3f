// Gathering: every wanted key ends up loaded in the world, as a row or as none, and locked.

#include <algorithm>

#include "common/base/limits.h"
#include "common/storage/array_text.h"
#include "common/storage/rows.h"
#include "common/storage/transaction_postgres.h"
#include "common/wire/ids.h"

namespace itn::storage {
namespace {

namespace sql = statements;

struct StockArrays {
    std::string stations;
    std::string products;
};

template <class Keys>
StockArrays arrays_of(const Keys& keys) {
    ArrayText stations, products;
    for (const domain::StockKey& key : keys) {
        stations.add(key.station);
        products.add(key.product);
    }
    return {.stations = std::move(stations).take(), .products = std::move(products).take()};
}

/// Only these can stand in a uuid column; whatever else was asked for does not exist.
std::set<TransactionId> uuids_of(const std::set<TransactionId>& ids) {
    std::set<TransactionId> uuids;
    for (const TransactionId& id : ids) {
        if (wire::is_uuid(id.text())) uuids.insert(id);
    }
    return uuids;
}

bool is_joinable(const domain::Cargo& cargo) {
    return cargo.generated && cargo.status == domain::CargoStatus::pending &&
           cargo.trade_count < std::int32_t(limits::max_trades_per_shipment);
}

/// The open shipments of each wanted route, oldest first, as the locked rows say.
void fill_routes(const std::set<domain::Route>& routes, domain::World& world) {
    for (const domain::Route& route : routes)
        world.routes[route].clear();
    std::map<domain::Route, std::vector<std::pair<Timestamp, ShipmentId>>> open;
    world.shipments.each([&](const ShipmentId& id, const domain::Shipment& shipment) {
        const domain::Cargo& cargo = shipment.cargo;
        const domain::Route route{.origin = cargo.origin, .destination = cargo.destination};
        if (is_joinable(cargo) && routes.contains(route)) {
            open[route].emplace_back(cargo.created_at, id);
        }
    });
    for (auto& [route, shipments] : open) {
        std::ranges::sort(shipments);
        for (auto& [created_at, id] : shipments)
            world.routes[route].push_back(std::move(id));
    }
}

}  // namespace

void PostgresTransaction::load(const domain::Wanted& wanted, domain::World& world) {
    const Manifests before = manifests(wanted.shipments_with_trades);
    std::set<TransactionId> trades = wanted.trades;
    trades.insert(wanted.trades_with_shipment.begin(), wanted.trades_with_shipment.end());
    for (const auto& [shipment, aboard] : before)
        trades.insert(aboard.begin(), aboard.end());
    if (!trades.empty()) load_trades(trades, world);
    load_shipments(wanted, before, world);
    if (!wanted.stock.empty()) load_stock(wanted.stock, world);
}

PostgresTransaction::Manifests PostgresTransaction::manifests(
    const std::set<ShipmentId>& shipments) {
    Manifests found;
    if (shipments.empty()) return found;
    for (const auto& row : session_.run(sql::trades_of_shipments, {array_of(shipments)})) {
        found[ShipmentId(text_of(row[1]))].push_back(TransactionId(text_of(row[0])));
    }
    return found;
}

void PostgresTransaction::load_trades(const std::set<TransactionId>& ids, domain::World& world) {
    for (const TransactionId& id : ids)
        world.trades.load(id, std::nullopt);
    const std::set<TransactionId> uuids = uuids_of(ids);
    if (uuids.empty()) return;
    const std::string array = array_of(uuids);
    const bool is_own = family_ == Family::trade;
    std::map<TransactionId, domain::Trade> found;
    for (const auto& row : session_.run(is_own ? sql::lock_trades : sql::share_trades, {array})) {
        domain::Trade trade = trade_of(row);
        found.emplace(trade.id, std::move(trade));
    }
    if (found.empty()) return;
    // Read after the lock: who travels where changes under it only.
    for (const auto& row : session_.run(sql::shipments_of_trades, {array})) {
        const auto trade = found.find(TransactionId(text_of(row[0])));
        if (trade != found.end()) trade->second.shipment = ShipmentId(text_of(row[1]));
    }
    for (auto& [id, trade] : found)
        world.trades.load(id, std::move(trade));
}

std::set<ShipmentId> PostgresTransaction::joinable(const std::set<domain::Route>& routes) {
    std::set<ShipmentId> ids;
    if (routes.empty()) return ids;
    ArrayText origins, destinations;
    for (const domain::Route& route : routes) {
        origins.add(route.origin);
        destinations.add(route.destination);
    }
    const auto rows = session_.run(
        sql::joinable_shipments, {std::move(origins).take(), std::move(destinations).take(),
                                  static_cast<std::int64_t>(limits::max_open_shipments_per_route)});
    for (const auto& row : rows)
        ids.insert(ShipmentId(text_of(row[0])));
    return ids;
}

void PostgresTransaction::load_shipments(const domain::Wanted& wanted, const Manifests& before,
                                         domain::World& world) {
    std::set<ShipmentId> whole = wanted.shipments;
    whole.insert(wanted.shipments_with_trades.begin(), wanted.shipments_with_trades.end());
    for (const TransactionId& id : wanted.trades_with_shipment) {
        const domain::Trade* trade = world.trades.find(id);
        if (trade != nullptr && trade->shipment) whole.insert(*trade->shipment);
    }
    std::set<ShipmentId> all = joinable(wanted.routes);
    all.insert(whole.begin(), whole.end());
    for (const ShipmentId& id : whole)
        world.shipments.load(id, std::nullopt);

    if (!all.empty()) {
        const bool is_own = family_ == Family::cargo;
        const auto rows =
            session_.run(is_own ? sql::lock_shipments : sql::share_shipments, {array_of(all)});
        // Who joins by itself needs no list of those aboard; whoever is asked for by name may.
        Manifests after = manifests(whole);
        for (const ShipmentId& id : wanted.shipments_with_trades) {
            const auto then = before.find(id);
            const auto now = after.find(id);
            const bool is_same = then == before.end()
                                     ? now == after.end()
                                     : now != after.end() && then->second == now->second;
            if (!is_same) throw Moved("the trades of shipment " + id.text() + " changed");
        }
        for (const auto& row : rows) {
            domain::Shipment shipment = shipment_of(row);
            const ShipmentId id = shipment.cargo.id;
            shipment.manifest.trades = std::move(after[id]);
            world.shipments.load(id, std::move(shipment));
        }
    }
    fill_routes(wanted.routes, world);
}

void PostgresTransaction::make_stock(const std::set<domain::StockKey>& keys) {
    std::vector<domain::StockKey> unseen;
    std::ranges::copy_if(keys, std::back_inserter(unseen),
                         [&](const auto& key) { return !known_stock_.contains(key); });
    if (unseen.empty()) return;
    StockArrays arrays = arrays_of(unseen);
    session_.run(sql::make_stock, {std::move(arrays.stations), std::move(arrays.products)});
}

void PostgresTransaction::load_stock(const std::set<domain::StockKey>& keys, domain::World& world) {
    make_stock(keys);
    StockArrays arrays = arrays_of(keys);
    const auto rows =
        session_.run(sql::lock_stock, {std::move(arrays.stations), std::move(arrays.products)});
    for (const auto& row : rows) {
        domain::Stock stock = stock_of(row);
        const domain::StockKey key = stock.key;
        locked_stock_.insert(key);
        world.stocks.load(key, std::move(stock));
    }
    for (const domain::StockKey& key : keys) {
        if (locked_stock_.contains(key)) continue;
        if (known_stock_.contains(key)) {
            known_stock_.erase(key);
            throw Moved("stock of " + domain::text_of(key) + " is gone");
        }
        unknown_stock_.insert(key);
        world.stocks.load(key, domain::Stock{.key = key});
    }
}

}  // namespace itn::storage
