#pragma once

// One batch's transaction: transaction_load.cc gathers and locks, transaction_record.cc writes.
// Private to this folder.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/storage/postgres.h"
#include "common/storage/store.h"

namespace itn::storage {

class KnownStock final {
public:
    bool contains(const domain::StockKey& key) const { return keys_.contains(key); }
    /// Forgets everything before it grows past limits::max_known_stock.
    void add(const domain::StockKey& key);
    void erase(const domain::StockKey& key) { keys_.erase(key); }

private:
    std::set<domain::StockKey> keys_;
};

class PostgresTransaction final : public Transaction {
public:
    PostgresTransaction(Connection& connection, KnownStock& known_stock, Family family);

    std::vector<wire::Outcome> known(std::span<const OutcomeKey> keys) override;
    std::vector<Rights> rights(std::span<const Principal> principals) override;
    void load(const domain::Wanted& wanted, domain::World& world) override;
    void record(WriteSet& writes) override;
    void commit() override;

private:
    /// Trades aboard, by shipment, in the order of loading.
    using Manifests = std::map<ShipmentId, std::vector<TransactionId>>;

    Manifests manifests(const std::set<ShipmentId>& shipments);
    void load_trades(const std::set<TransactionId>& ids, domain::World& world);
    std::set<ShipmentId> joinable(const std::set<domain::Route>& routes);
    void load_shipments(const domain::Wanted& wanted, const Manifests& before,
                        domain::World& world);
    void load_stock(const std::set<domain::StockKey>& keys, domain::World& world);
    void make_stock(const std::set<domain::StockKey>& keys);

    void insert_trades(const domain::World& world);
    void update_trades(const domain::World& world);
    void insert_shipments(const domain::World& world);
    void update_shipments(const domain::World& world);
    void record_memberships(const domain::World& world);
    void record_stock(const domain::World& world);
    void assign_seqs(WriteSet& writes);
    void record_entries(const WriteSet& writes);
    void record_moves(const WriteSet& writes);
    void record_outcomes(const WriteSet& writes);
    /// Runs an update of exactly `rows` rows; throws MachineFailure when it met another number.
    void change(const Statement& statement, const std::vector<Param>& params, std::size_t rows);

    Session session_;
    KnownStock& known_stock_;
    Family family_;
    std::set<domain::StockKey> locked_stock_;   // known from the commit on
    std::set<domain::StockKey> unknown_stock_;  // its station or product does not exist
};

/// insert_parked for these; on any connection.
void park(Session& session, std::span<const Parked> parked);

}  // namespace itn::storage
