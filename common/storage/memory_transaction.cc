// The batch in memory: the same rules as transaction_load.cc, transaction_record.cc and the
// constraints of sql/.

#include <algorithm>

#include "common/base/ensure.h"
#include "common/base/limits.h"
#include "common/storage/array_text.h"
#include "common/storage/memory_tables.h"

namespace itn::storage {
namespace {

/// As the version guards of the updates.
void demand_newer(std::int64_t before, std::int64_t after, const std::string& what) {
    if (before >= after) throw MachineFailure(what + " stands at another version");
}

[[noreturn]] void refuse(const std::string& sqlstate, const std::string& what) {
    throw CommandFault(sqlstate, sqlstate + ": " + what);
}

}  // namespace

MemoryTransaction::MemoryTransaction(MemoryTables& tables) : lock_(tables.held), tables_(tables) {}

std::vector<wire::Outcome> MemoryTransaction::known(std::span<const OutcomeKey> keys) {
    tables_.enter("known");
    std::vector<wire::Outcome> found;
    for (const OutcomeKey& key : keys) {
        const auto outcome = tables_.outcomes.find(key);
        if (outcome != tables_.outcomes.end()) found.push_back(outcome->second);
    }
    return found;
}

std::vector<Rights> MemoryTransaction::rights(std::span<const Principal> principals) {
    tables_.enter("rights");
    std::vector<Rights> found;
    for (const Principal& principal : principals) {
        const auto row = tables_.rights.find(principal);
        if (row != tables_.rights.end()) found.push_back(row->second);
    }
    return found;
}

void MemoryTransaction::load(const domain::Wanted& wanted, domain::World& world) {
    tables_.enter("load");
    std::set<ShipmentId> whole = wanted.shipments;
    whole.insert(wanted.shipments_with_trades.begin(), wanted.shipments_with_trades.end());
    for (const TransactionId& id : wanted.trades)
        load_trade(id, world);
    for (const TransactionId& id : wanted.trades_with_shipment) {
        load_trade(id, world);
        const domain::Trade* trade = world.trades.find(id);
        if (trade != nullptr && trade->shipment) whole.insert(*trade->shipment);
    }
    for (const ShipmentId& id : wanted.shipments_with_trades) {
        const auto trades = tables_.aboard.find(id);
        if (trades == tables_.aboard.end()) continue;
        for (const TransactionId& trade : trades->second)
            load_trade(trade, world);
    }
    for (const domain::Route& route : wanted.routes)
        load_route(route, world);
    for (const ShipmentId& id : whole)
        load_shipment(id, true, world);
    for (const domain::StockKey& key : wanted.stock)
        load_stock(key, world);
}

void MemoryTransaction::load_trade(const TransactionId& id, domain::World& world) const {
    const auto trade = tables_.trades.find(id);
    if (trade == tables_.trades.end()) {
        world.trades.load(id, std::nullopt);
    } else {
        world.trades.load(id, tables_.trade_with_shipment(trade->second));
    }
}

void MemoryTransaction::load_shipment(const ShipmentId& id, bool with_trades,
                                      domain::World& world) const {
    const auto shipment = tables_.shipments.find(id);
    if (shipment == tables_.shipments.end()) {
        world.shipments.load(id, std::nullopt);
    } else {
        world.shipments.load(
            id, with_trades ? tables_.whole_shipment(shipment->second) : shipment->second);
    }
}

void MemoryTransaction::load_route(const domain::Route& route, domain::World& world) const {
    std::vector<std::pair<Timestamp, ShipmentId>> open;
    for (const auto& [id, shipment] : tables_.shipments) {
        const domain::Cargo& cargo = shipment.cargo;
        const bool is_joinable = cargo.generated && cargo.status == domain::CargoStatus::pending &&
                                 cargo.trade_count < std::int32_t(limits::max_trades_per_shipment);
        const bool is_on_route =
            cargo.origin == route.origin && cargo.destination == route.destination;
        if (is_joinable && is_on_route) open.emplace_back(cargo.created_at, id);
    }
    std::ranges::sort(open);
    if (open.size() > limits::max_open_shipments_per_route) {
        open.resize(limits::max_open_shipments_per_route);
    }
    std::vector<ShipmentId>& listed = world.routes[route];
    listed.clear();
    for (const auto& [created_at, id] : open) {
        listed.push_back(id);
        load_shipment(id, false, world);
    }
}

void MemoryTransaction::load_stock(const domain::StockKey& key, domain::World& world) const {
    const auto row = tables_.stock.find(key);
    world.stocks.load(key, row == tables_.stock.end() ? domain::Stock{.key = key} : row->second);
}

void MemoryTransaction::record(WriteSet& writes) {
    tables_.enter("record");
    {
        const std::lock_guard lock(tables_.failures.held);
        for (const wire::Outcome& outcome : writes.outcomes) {
            const auto fault = tables_.failures.commands.find(outcome.id);
            if (fault == tables_.failures.commands.end()) continue;
            if (outcome.kind != wire::OutcomeKind::failed) {
                refuse(fault->second, "scripted fault of " + outcome.id.text());
            }
        }
    }
    if (writes.world != nullptr) {
        record_trades(*writes.world);
        record_shipments(*writes.world);
        record_memberships(*writes.world);
        record_stock(*writes.world);
    }
    changes_.emplace_back([this, parked = writes.parked] {
        tables_.parked.insert(tables_.parked.end(), parked.begin(), parked.end());
    });
    record_entries(writes);
    record_moves(writes);
    record_outcomes(writes);
}

void MemoryTransaction::record_trades(const domain::World& world) {
    world.trades.each_dirty([&](const TransactionId& id, const domain::Trade& row, bool fresh) {
        const auto found = tables_.trades.find(id);
        const bool exists = found != tables_.trades.end();
        if (fresh && exists) refuse("23505", "trade_pkey");
        if (!fresh)
            demand_newer(exists ? found->second.version : row.version, row.version, "trade");
        if (row.version <= 0 || row.total < Credits(0)) refuse("23514", "trade");
        changes_.emplace_back([this, id, row] {
            tables_.trades[id] = row;
            tables_.trades[id].shipment.reset();
        });
    });
}

void MemoryTransaction::record_shipments(const domain::World& world) {
    world.shipments.each_dirty([&](const ShipmentId& id, const domain::Shipment& row, bool fresh) {
        const domain::Cargo& cargo = row.cargo;
        const auto found = tables_.shipments.find(id);
        const bool exists = found != tables_.shipments.end();
        if (fresh && exists) refuse("23505", "cargo_pkey");
        if (!fresh) {
            demand_newer(exists ? found->second.cargo.version : cargo.version, cargo.version,
                         "shipment");
        }
        const bool is_within = !cargo.capacity || cargo.loaded <= *cargo.capacity;
        if (cargo.loaded < Volume(0) || cargo.trade_count < 0 || !is_within) {
            refuse("23514", "cargo");
        }
        changes_.emplace_back([this, id, row] {
            tables_.shipments[id] = row;
            tables_.shipments[id].manifest.trades.clear();
        });
    });
}

void MemoryTransaction::record_memberships(const domain::World& world) {
    for (const auto& [trade, membership] : world.memberships) {
        if (membership.before == membership.after) continue;
        const auto found = tables_.travels_in.find(trade);
        const auto now =
            found == tables_.travels_in.end() ? std::nullopt : std::optional(found->second);
        if (!membership.before && now) refuse("23505", "cargo_trade_pkey");
        if (membership.before != now) throw MachineFailure("a trade travels elsewhere");
    }
    // In the order of loading, which the manifests know.
    std::vector<domain::Membership> joins;
    for (const auto& [trade, membership] : world.memberships) {
        if (membership.before != membership.after) joins.push_back(membership);
    }
    std::map<TransactionId, std::ptrdiff_t> places;
    for (const domain::Membership& join : joins) {
        if (!join.after) continue;
        const domain::Shipment* shipment = world.shipments.find(*join.after);
        if (shipment == nullptr) continue;
        const auto& trades = shipment->manifest.trades;
        places[join.trade] = std::ranges::find(trades, join.trade) - trades.begin();
    }
    std::ranges::stable_sort(joins, {}, [&](const auto& join) { return places[join.trade]; });
    changes_.emplace_back([this, joins = std::move(joins)] {
        for (const domain::Membership& join : joins) {
            if (join.before) std::erase(tables_.aboard[*join.before], join.trade);
            tables_.travels_in.erase(join.trade);
            if (!join.after) continue;
            tables_.travels_in.emplace(join.trade, *join.after);
            tables_.aboard[*join.after].push_back(join.trade);
        }
    });
}

void MemoryTransaction::record_stock(const domain::World& world) {
    world.stocks.each_dirty([&](const domain::StockKey& key, const domain::Stock& row, bool) {
        if (!tables_.stations.contains(key.station) || !tables_.products.contains(key.product)) {
            refuse("23503", "no such station or product: " + text_of(key));
        }
        const auto found = tables_.stock.find(key);
        demand_newer(found == tables_.stock.end() ? 0 : found->second.version, row.version,
                     "stock");
        if (row.reserved < Quantity(0) || row.on_hand < row.reserved) {
            refuse("23514", "stock_never_oversold");
        }
        changes_.emplace_back([this, key, row] { tables_.stock[key] = row; });
    });
}

void MemoryTransaction::record_entries(WriteSet& writes) {
    for (wire::JournalEntry& entry : writes.entries) {
        const auto lane = tables_.lanes.find(entry.lane);
        if (lane == tables_.lanes.end()) throw MachineFailure("a lane has no counter");
        entry.seq = std::int64_t(lane->second.entries.size()) + ++taken_[entry.lane];
    }
    changes_.emplace_back([this, entries = writes.entries] {
        for (const wire::JournalEntry& entry : entries)
            tables_.lanes[entry.lane].entries.push_back(entry);
    });
}

void MemoryTransaction::record_moves(const WriteSet& writes) {
    std::map<std::size_t, std::int64_t> legs;
    std::vector<MemoryLedgerRow> rows;
    const auto add = [&](const LedgerMove& move, const std::string& account, Quantity delta) {
        const wire::JournalEntry& entry = writes.entries.at(move.entry);
        if (delta == Quantity(0)) refuse("23514", "ledger_delta_check");
        rows.push_back({.lane = entry.lane,
                        .seq = entry.seq,
                        .n = legs[move.entry]++,
                        .account = account,
                        .product = move.move.product,
                        .delta = delta});
    };
    for (const LedgerMove& move : writes.moves) {
        add(move, move.move.from, -move.move.quantity);
        add(move, move.move.to, move.move.quantity);
    }
    changes_.emplace_back([this, rows = std::move(rows)] {
        tables_.ledger.insert(tables_.ledger.end(), rows.begin(), rows.end());
    });
}

void MemoryTransaction::record_outcomes(WriteSet& writes) {
    std::set<OutcomeKey> keys;
    for (wire::Outcome& outcome : writes.outcomes) {
        ArrayText().add_hex(outcome.payload_hash);
        const OutcomeKey key{outcome.principal, outcome.id};
        if (tables_.outcomes.contains(key) || !keys.insert(key).second) {
            throw OutcomeTaken("outcome_pkey: " + outcome.id.text());
        }
        if (outcome.seq == 0) continue;
        const auto entry = static_cast<std::size_t>(outcome.seq - 1);
        ENSURE(entry < writes.entries.size());
        outcome.seq = writes.entries[entry].seq;
    }
    changes_.emplace_back([this, outcomes = writes.outcomes] {
        for (const wire::Outcome& outcome : outcomes)
            tables_.outcomes.emplace(OutcomeKey{outcome.principal, outcome.id}, outcome);
    });
}

void MemoryTransaction::commit() {
    tables_.enter("commit");
    std::optional<InDoubt> doubt;
    {
        const std::lock_guard lock(tables_.failures.held);
        if (!tables_.failures.commits.empty()) {
            doubt = tables_.failures.commits.front();
            tables_.failures.commits.erase(tables_.failures.commits.begin());
        }
    }
    if (doubt == InDoubt::nothing_happened) throw MachineFailure("scripted: commit in doubt");
    for (const auto& change : changes_)
        change();
    changes_.clear();
    taken_.clear();
    if (doubt == InDoubt::took_effect) throw MachineFailure("scripted: commit in doubt");
}

}  // namespace itn::storage
