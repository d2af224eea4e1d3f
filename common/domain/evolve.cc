// The one way a world changes: each fact says what its subject looks like afterwards. What follows
// from it besides is kept here too: who travels where (the trade's row, the manifest and
// memberships say the same) and which shipments of a route are open.

#include <vector>

#include "common/domain/decide.h"

namespace itn::domain {
namespace {

/// The trade's own row is not marked: its owner is the trade family, and where it travels is kept
/// in a table of its own.
void move_trade(World& world, const TransactionId& trade, const std::optional<ShipmentId>& from,
                const std::optional<ShipmentId>& to) {
    const auto [found, is_new] =
        world.memberships.try_emplace(trade, Membership{.trade = trade, .before = from});
    found->second.after = to;
    if (Trade* row = world.trades.peek(trade)) row->shipment = to;
}

void close_route(World& world, const Cargo& cargo) {
    const auto open = world.routes.find({.origin = cargo.origin, .destination = cargo.destination});
    if (open != world.routes.end()) std::erase(open->second, cargo.id);
}

void open_route(World& world, const Cargo& cargo) {
    if (!cargo.generated) return;
    const auto open = world.routes.find({.origin = cargo.origin, .destination = cargo.destination});
    if (open != world.routes.end()) open->second.push_back(cargo.id);
}

void take_aboard(World& world, Shipment& row, const TransactionId& trade) {
    row.manifest.trades.push_back(trade);
    move_trade(world, trade, std::nullopt, row.cargo.id);
}

void put_ashore(World& world, Shipment& row, const TransactionId& trade) {
    std::erase(row.manifest.trades, trade);
    move_trade(world, trade, row.cargo.id, std::nullopt);
}

void put_all_ashore(World& world, Shipment& row) {
    for (const TransactionId& trade : row.manifest.trades) {
        move_trade(world, trade, row.cargo.id, std::nullopt);
    }
    row.manifest.trades.clear();
}

void evolve_cargo(World& world, EventKind kind, const CargoChanged& changed) {
    Shipment& row = world.shipments.change(changed.after.id);
    row.cargo = changed.after;
    if (kind == EventKind::cargo_created) {
        row.manifest = changed.manifest;
        open_route(world, row.cargo);
    }
    if (kind == EventKind::cargo_loaded) take_aboard(world, row, changed.trade.value());
    if (kind == EventKind::cargo_unloaded) put_ashore(world, row, changed.trade.value());
    if (kind == EventKind::cargo_cancelled) put_all_ashore(world, row);
    if (row.cargo.status != CargoStatus::pending) close_route(world, row.cargo);
}

}  // namespace

void evolve(World& world, const Fact& fact) {
    if (const auto* trade = std::get_if<TradeChanged>(&fact.event.body)) {
        world.trades.change(trade->after.id) = trade->after;
    } else if (const auto* cargo = std::get_if<CargoChanged>(&fact.event.body)) {
        evolve_cargo(world, fact.event.kind, *cargo);
    } else if (const auto* stock = std::get_if<StockChanged>(&fact.event.body)) {
        world.stocks.change(stock->after.key) = stock->after;
    }
}

}  // namespace itn::domain
