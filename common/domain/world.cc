#include "common/domain/world.h"

namespace itn::domain {

bool Wanted::empty() const {
    return trades.empty() && trades_with_shipment.empty() && shipments.empty() &&
           shipments_with_trades.empty() && routes.empty() && stock.empty();
}

void Wanted::merge(const Wanted& other) {
    trades.insert(other.trades.begin(), other.trades.end());
    trades_with_shipment.insert(other.trades_with_shipment.begin(),
                                other.trades_with_shipment.end());
    shipments.insert(other.shipments.begin(), other.shipments.end());
    shipments_with_trades.insert(other.shipments_with_trades.begin(),
                                 other.shipments_with_trades.end());
    routes.insert(other.routes.begin(), other.routes.end());
    stock.insert(other.stock.begin(), other.stock.end());
}

const Trade* World::trade(const TransactionId& id) const {
    if (!trades.is_loaded(id)) throw NotGathered{Wanted{.trades = {id}}};
    return trades.find(id);
}

const Shipment* World::shipment(const ShipmentId& id) const {
    if (!shipments.is_loaded(id)) throw NotGathered{Wanted{.shipments = {id}}};
    return shipments.find(id);
}

const Stock& World::stock(const StockKey& key) const {
    static const Stock zeros{};
    if (!stocks.is_loaded(key)) throw NotGathered{Wanted{.stock = {key}}};
    const Stock* row = stocks.find(key);
    return row == nullptr ? zeros : *row;
}

const std::vector<ShipmentId>& World::open_shipments(const Route& route) const {
    const auto found = routes.find(route);
    if (found == routes.end()) throw NotGathered{Wanted{.routes = {route}}};
    return found->second;
}

}  // namespace itn::domain
