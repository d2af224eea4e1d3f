#include "tests/common/domain/galaxy.h"

#include <algorithm>
#include <stdexcept>

namespace itn::domain::test {
namespace {

/// A broken claim fails the test by exception, so that a property still shrinks.
void must(bool holds, const char* claim) {
    if (!holds) throw std::logic_error(claim);
}

}  // namespace

std::optional<Trade> Galaxy::find_trade(const TransactionId& id) const {
    const auto found = trades_.find(id);
    if (found == trades_.end()) return std::nullopt;
    Trade trade = found->second;
    for (const auto& [member, shipment] : cargo_trade_) {
        if (member == id) trade.shipment = shipment;
    }
    return trade;
}

std::optional<Shipment> Galaxy::find_shipment(const ShipmentId& id) const {
    const auto found = shipments_.find(id);
    if (found == shipments_.end()) return std::nullopt;
    Shipment shipment = found->second;
    for (const auto& [trade, member_of] : cargo_trade_) {
        if (member_of == id) shipment.manifest.trades.push_back(trade);
    }
    return shipment;
}

std::vector<ShipmentId> Galaxy::find_open(const Route& route) const {
    std::vector<ShipmentId> open;
    for (const ShipmentId& id : shipment_ids_) {
        const Cargo& cargo = shipments_.at(id).cargo;
        const bool is_on_route =
            cargo.origin == route.origin && cargo.destination == route.destination;
        if (is_on_route && cargo.generated && cargo.status == CargoStatus::pending) {
            open.push_back(id);
        }
    }
    return open;
}

std::vector<ShipmentId> Galaxy::shipments_in(const std::set<CargoStatus>& statuses) const {
    std::vector<ShipmentId> found;
    for (const ShipmentId& id : shipment_ids_) {
        if (statuses.contains(shipments_.at(id).cargo.status)) found.push_back(id);
    }
    return found;
}

void Galaxy::load(World& part, const Wanted& wanted) const {
    std::set<TransactionId> trades = wanted.trades;
    std::set<ShipmentId> shipments = wanted.shipments;
    for (const TransactionId& id : wanted.trades_with_shipment) {
        trades.insert(id);
        const auto trade = find_trade(id);
        if (trade && trade->shipment) shipments.insert(*trade->shipment);
    }
    for (const ShipmentId& id : wanted.shipments_with_trades) {
        shipments.insert(id);
        const auto shipment = find_shipment(id);
        if (!shipment) continue;
        trades.insert(shipment->manifest.trades.begin(), shipment->manifest.trades.end());
    }
    for (const Route& route : wanted.routes) {
        part.routes[route] = find_open(route);
        for (const ShipmentId& id : part.routes[route])
            shipments.insert(id);
    }
    for (const TransactionId& id : trades)
        part.trades.load(id, find_trade(id));
    for (const ShipmentId& id : shipments)
        part.shipments.load(id, find_shipment(id));
    for (const StockKey& key : wanted.stock) {
        const auto found = stocks_.find(key);
        part.stocks.load(key, found == stocks_.end() ? std::nullopt : std::optional(found->second));
    }
}

std::vector<Decision> Galaxy::attempt(World& part, const std::vector<Command>& batch,
                                      Wanted& wanted) const {
    load(part, wanted);
    for (const Command& command : batch)
        wanted.merge(wanted_stock(part, command));
    load(part, wanted);
    std::vector<Decision> decisions;
    for (const Command& command : batch) {
        decisions.push_back(decide(part, command, context));
        for (const Fact& fact : decisions.back().facts)
            evolve(part, fact);
    }
    return decisions;
}

std::vector<Decision> Galaxy::run(const std::vector<Command>& batch) {
    Wanted all{};
    for (const Command& command : batch)
        all.merge(wanted(command));
    while (true) {
        try {
            World part;
            std::vector<Decision> decisions = attempt(part, batch, all);
            write(part);
            record(decisions);
            return decisions;
        } catch (const NotGathered& missing) {
            ++misses_;
            all.merge(missing.wanted);
        }
    }
}

Decision Galaxy::judge(const Command& command) {
    Galaxy copy = *this;
    return copy.run(command);
}

void Galaxy::write(const World& part) {
    part.trades.each_dirty([&](const TransactionId& id, const Trade& row, bool is_fresh) {
        must(is_fresh != trades_.contains(id), "a fresh trade is not stored yet");
        trades_[id] = row;
        trades_[id].shipment.reset();
    });
    part.shipments.each_dirty([&](const ShipmentId& id, const Shipment& row, bool is_fresh) {
        must(is_fresh != shipments_.contains(id), "a fresh shipment is not stored yet");
        shipments_[id] = row;
        shipments_[id].manifest.trades.clear();
    });
    part.stocks.each_dirty(
        [&](const StockKey& key, const Stock& row, bool) { stocks_[key] = row; });
    for (const auto& [id, membership] : part.memberships) {
        const TransactionId& trade = id;
        const auto stored = find_trade(trade);
        must(stored && stored->shipment == membership.before, "before is what was stored");
        std::erase_if(cargo_trade_, [&](const auto& row) { return row.first == trade; });
    }
    // The order of loading is the order of the facts; memberships are sorted by trade.
    part.shipments.each([&](const ShipmentId& id, const Shipment& row) {
        for (const TransactionId& trade : row.manifest.trades) {
            const auto changed = part.memberships.find(trade);
            if (changed == part.memberships.end()) continue;
            must(changed->second.after == id, "after is where it is now");
            cargo_trade_.emplace_back(trade, id);
        }
    });
}

void Galaxy::record(const std::vector<Decision>& decisions) {
    for (const Decision& decision : decisions) {
        for (const Fact& fact : decision.facts) {
            journal_.push_back(fact);
            const EventKind kind = fact.event.kind;
            if (kind == EventKind::cargo_created) {
                shipment_ids_.emplace_back(subject_of(fact.event));
            }
            if (kind == EventKind::trade_confirmed || kind == EventKind::trade_rejected) {
                trade_ids_.emplace_back(subject_of(fact.event));
            }
            const bool is_cargo = std::holds_alternative<CargoChanged>(fact.event.body);
            for (Reaction& reaction : react(fact.event)) {
                due_[is_cargo ? Family::cargo : Family::trade].push_back(std::move(reaction));
            }
        }
    }
}

std::optional<Command> Galaxy::next_reaction(Family source) {
    auto& due = due_[source];
    if (due.empty()) return std::nullopt;
    const Reaction reaction = std::move(due.front());
    due.pop_front();
    return of_system(reaction, "auto" + std::to_string(++reactions_));
}

void Galaxy::settle() {
    for (bool is_calm = false; !is_calm;) {
        is_calm = true;
        for (const Family source : {Family::trade, Family::cargo}) {
            while (const auto command = next_reaction(source)) {
                is_calm = false;
                must(!run(*command).rejection, "a reaction is never rejected");
            }
        }
    }
}

World Galaxy::world() const {
    World world;
    for (const auto& [id, row] : trades_)
        world.trades.load(id, find_trade(id));
    for (const auto& [id, row] : shipments_)
        world.shipments.load(id, find_shipment(id));
    for (const auto& [key, row] : stocks_)
        world.stocks.load(key, row);
    return world;
}

void Galaxy::low_below(const std::string& station, const std::string& product,
                       std::int64_t quantity) {
    const StockKey key{StationId(station), ProductId(product)};
    stocks_[key].key = key;
    stocks_[key].low_below = Quantity(quantity);
}

}  // namespace itn::domain::test
