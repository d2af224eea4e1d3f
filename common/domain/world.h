#pragma once

// The working set of one batch: the rows its commands need, loaded and locked by the store, changed
// only by evolve(). Asking for a row that was never loaded throws NotGathered; the pump then loads
// it too and decides the batch again. So a forgotten row costs a round trip, never a wrong
// decision.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/domain/cargo.h"
#include "common/domain/stock.h"
#include "common/domain/trade.h"

namespace itn::domain {

/// What a batch needs. Loading a trade also tells which shipment it travels in.
struct Wanted {
    std::set<TransactionId> trades{};
    std::set<TransactionId> trades_with_shipment{};  // and, locked for share, that shipment
    std::set<ShipmentId> shipments{};
    std::set<ShipmentId> shipments_with_trades{};  // and the trades that travel in it
    std::set<Route> routes{};                      // the open (pending, generated) shipments of it
    std::set<StockKey> stock{};

    bool empty() const;
    void merge(const Wanted& other);
};

/// Thrown by World when a row is asked for that was never loaded.
struct NotGathered {
    Wanted wanted{};
};

template <class Key, class Row>
class Rows {
public:
    /// What the store found; nullopt: there is no such row.
    void load(const Key& key, std::optional<Row> row) {
        rows_.insert_or_assign(key, Entry{.row = std::move(row)});
    }
    bool is_loaded(const Key& key) const { return rows_.contains(key); }
    /// nullptr: there is none. The key must have been loaded.
    const Row* find(const Key& key) const {
        const auto found = rows_.find(key);
        return found == rows_.end() || !found->second.row ? nullptr : &*found->second.row;
    }
    /// Changes or creates the row and marks it to be written.
    Row& change(const Key& key) {
        Entry& entry = rows_[key];
        if (!entry.row) {
            entry.row.emplace();
            entry.fresh = true;
        }
        entry.dirty = true;
        return *entry.row;
    }
    /// The row to amend without marking it: for what another table keeps (Trade::shipment).
    /// nullptr: there is none, or it was not loaded.
    Row* peek(const Key& key) {
        const auto found = rows_.find(key);
        return found == rows_.end() || !found->second.row ? nullptr : &*found->second.row;
    }
    /// Calls see(key, row, fresh) for each row to be written; in key order.
    template <class See>
    void each_dirty(See see) const {
        for (const auto& [key, entry] : rows_) {
            if (entry.dirty) see(key, *entry.row, entry.fresh);
        }
    }
    template <class See>
    void each(See see) const {
        for (const auto& [key, entry] : rows_) {
            if (entry.row) see(key, *entry.row);
        }
    }

private:
    struct Entry {
        std::optional<Row> row{};
        bool dirty = false;
        bool fresh = false;  // not in the database yet
    };
    std::map<Key, Entry> rows_;
};

/// Which trade joined or left which shipment; the store writes the net effect to cargo_trade.
struct Membership {
    TransactionId trade{};
    std::optional<ShipmentId> before{};
    std::optional<ShipmentId> after{};
};

class World {
public:
    /// nullptr: there is none. Throws NotGathered when it was never loaded.
    const Trade* trade(const TransactionId& id) const;
    const Shipment* shipment(const ShipmentId& id) const;
    /// Never null: a row that does not exist is all zeros.
    const Stock& stock(const StockKey& key) const;
    /// Pending shipments with generated ids of this route, oldest first.
    const std::vector<ShipmentId>& open_shipments(const Route& route) const;

    Rows<TransactionId, Trade> trades;
    Rows<ShipmentId, Shipment> shipments;
    Rows<StockKey, Stock> stocks;
    std::map<Route, std::vector<ShipmentId>> routes;
    /// Filled by evolve(); what the loaded rows said before stands in `before`.
    std::map<TransactionId, Membership> memberships;
};

}  // namespace itn::domain
