#pragma once

// What a MemoryDatabase holds. Private to this folder.

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "common/storage/store_memory.h"

namespace itn::storage {

struct MemoryLane {
    std::vector<wire::JournalEntry> entries{};  // seq n at index n - 1
    std::int64_t published_seq = 0;
    std::int64_t reacted_seq = 0;
    const void* publisher = nullptr;  // the Store that holds its lock
    int holds = 0;
};

struct MemoryTables {
    std::mutex held{};  // by a Transaction or a single call

    std::string epoch{"memory"};
    std::set<StationId> stations{};
    std::set<ProductId> products{};
    std::map<Principal, Rights> rights{};
    std::map<TransactionId, domain::Trade> trades{};     // without their shipment
    std::map<ShipmentId, domain::Shipment> shipments{};  // without their trades
    std::map<TransactionId, ShipmentId> travels_in{};
    std::map<ShipmentId, std::vector<TransactionId>> aboard{};
    std::map<domain::StockKey, domain::Stock> stock{};
    std::map<OutcomeKey, wire::Outcome> outcomes{};
    std::map<Lane, MemoryLane> lanes{};
    std::vector<MemoryLedgerRow> ledger{};
    std::vector<Parked> parked{};
    std::map<OutcomeKey, int> attempts{};
    std::map<std::string, std::size_t> instances{};

    domain::Trade trade_with_shipment(const domain::Trade& trade) const;
    domain::Shipment whole_shipment(const domain::Shipment& shipment) const;

    struct Failures {
        std::mutex held{};
        int calls = 0;
        std::vector<InDoubt> commits{};
        std::map<CommandId, std::string> commands{};
        std::function<void(std::string_view)> hook{};
    };
    Failures failures{};
    /// Throws what was scripted for a call of this name.
    void enter(std::string_view call);
};

/// The fake of a batch; holds the tables from its making to its end. What it records is checked at
/// once and applied by commit().
class MemoryTransaction final : public Transaction {
public:
    explicit MemoryTransaction(MemoryTables& tables);

    std::vector<wire::Outcome> known(std::span<const OutcomeKey> keys) override;
    std::vector<Rights> rights(std::span<const Principal> principals) override;
    void load(const domain::Wanted& wanted, domain::World& world) override;
    void record(WriteSet& writes) override;
    void commit() override;

private:
    void load_trade(const TransactionId& id, domain::World& world) const;
    void load_shipment(const ShipmentId& id, bool with_trades, domain::World& world) const;
    void load_route(const domain::Route& route, domain::World& world) const;
    void load_stock(const domain::StockKey& key, domain::World& world) const;

    void record_trades(const domain::World& world);
    void record_shipments(const domain::World& world);
    void record_memberships(const domain::World& world);
    void record_stock(const domain::World& world);
    void record_entries(WriteSet& writes);
    void record_outcomes(WriteSet& writes);
    void record_moves(const WriteSet& writes);

    std::unique_lock<std::mutex> lock_;
    MemoryTables& tables_;
    std::vector<std::function<void()>> changes_;
    std::map<Lane, std::int64_t> taken_;  // entries recorded, not committed
};

}  // namespace itn::storage
