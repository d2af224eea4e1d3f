#pragma once

// The Store in memory, for tests and simulations: several Stores share one MemoryDatabase, with the
// same constraints and the same exceptions as Postgres, plus failures on demand. Thread-safe: a
// Transaction holds the whole database from begin() to its end, so a thread must end one before it
// calls anything else on that database.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/storage/store.h"

namespace itn::storage {

struct MemoryTables;

/// What a failing commit leaves behind: nothing, or everything it was to write.
enum class InDoubt { nothing_happened, took_effect };

struct MemoryLedgerRow {
    Lane lane{};
    std::int64_t seq = 0;
    std::int64_t n = 0;
    std::string account{};
    ProductId product{};
    Quantity delta{};
    friend bool operator==(const MemoryLedgerRow&, const MemoryLedgerRow&) = default;
};

class MemoryDatabase final {
public:
    explicit MemoryDatabase(std::uint16_t shards = 4);
    ~MemoryDatabase();
    MemoryDatabase(const MemoryDatabase&) = delete;
    MemoryDatabase& operator=(const MemoryDatabase&) = delete;

    /// Stock rows need both.
    void add_station(const StationId& id);
    void add_product(const ProductId& id);
    void set_epoch(std::string epoch);
    /// Adds the principal or replaces what it may.
    void set_rights(const Rights& rights);

    // --- failures ---
    /// The next commit throws MachineFailure, before or after it took effect.
    void fail_next_commit(InDoubt how);
    /// The next `calls` calls of any Store or Transaction throw MachineFailure.
    void fail_next_calls(int calls);
    /// record() throws CommandFault as long as the write set holds an outcome of this command that
    /// is not `failed`.
    void fault_on(const CommandId& id, std::string sqlstate);
    void forgive(const CommandId& id);
    /// Called with the name of each call of the seams before it does anything; may throw. Calls of
    /// a Transaction come with the database held.
    void set_hook(std::function<void(std::string_view call)> hook);

    // --- what is in it; copies ---
    std::map<TransactionId, domain::Trade> trades() const;
    std::map<ShipmentId, domain::Shipment> shipments() const;
    std::map<domain::StockKey, domain::Stock> stock() const;
    std::map<OutcomeKey, wire::Outcome> outcomes() const;
    std::vector<wire::JournalEntry> journal(Lane lane) const;
    std::vector<MemoryLedgerRow> ledger() const;
    std::vector<Parked> parked() const;
    /// Names of the instances that beat, with their lanes.
    std::map<std::string, std::size_t> instances() const;

private:
    friend class MemoryStore;
    friend class MemoryTransaction;
    std::unique_ptr<MemoryTables> tables_;
};

class MemoryStore final : public Store {
public:
    explicit MemoryStore(std::shared_ptr<MemoryDatabase> database);
    /// Lets go of the publisher locks it holds, as a session that ends.
    ~MemoryStore() override;

    std::unique_ptr<Transaction> begin() override;
    std::string epoch() override;
    std::vector<LaneCounters> counters(Family family) override;
    std::vector<wire::JournalEntry> journal(Lane lane, std::int64_t after,
                                            std::size_t limit) override;
    bool advance(Lane lane, Watermark watermark, std::int64_t from, std::int64_t to) override;
    bool try_lock(Lane lane) override;
    void unlock(Lane lane) override;
    int count_attempt(const OutcomeKey& key) override;
    void park_unreadable(std::span<const Parked> parked) override;
    void beat(const std::string& instance, Family family, const std::string& host,
              std::size_t lanes) override;

private:
    std::shared_ptr<MemoryDatabase> database_;
};

}  // namespace itn::storage
