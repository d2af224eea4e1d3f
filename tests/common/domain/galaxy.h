#pragma once

// A small galaxy for domain tests: a database in memory that gathers, decides, evolves and writes
// back the way a worker does, and keeps the journal and the reactions that are due. States and
// decisions are rendered to text, so that a test compares what it would read.

#include <deque>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/decide.h"

namespace itn::domain::test {

inline constexpr Timestamp noon{std::chrono::seconds{1'900'000'000}};

using Amounts = std::initializer_list<std::pair<const char*, std::int64_t>>;

// Wishes of principal "dev", issued at noon. Prices are 7 and volumes 2 a unit.
Command create(const std::string& trade, const std::string& seller, const std::string& buyer,
               Amounts lines, const std::string& destination = "");
Command cancel(const std::string& trade, const std::string& reason = "changed_mind");
Command collect(const std::string& trade);
Command ship(const std::string& shipment, const std::string& origin, const std::string& destination,
             Amounts own, std::optional<std::int64_t> capacity = std::nullopt);
Command load(const std::string& trade, const std::string& shipment);
Command unload(const std::string& trade, const std::string& shipment);
Command move(CommandKind kind, const std::string& shipment);
Command adjust(const std::string& station, const std::string& product, std::int64_t delta,
               StockReason reason = StockReason::restock);
/// A reaction as the pump would send it, with `fresh` for a load.
Command of_system(const Reaction& reaction, const std::string& fresh);
Command follow(CommandKind kind, const std::string& trade, const std::string& shipment);

class Galaxy {
public:
    Context context{.now = noon};

    /// Gathers, decides all, evolves and writes back. Throws nothing: what decide() misses is
    /// gathered and the batch decided again, and counted in misses().
    std::vector<Decision> run(const std::vector<Command>& batch);
    Decision run(const Command& command) { return run(std::vector{command}).front(); }
    /// Decides and forgets.
    Decision judge(const Command& command);
    /// Runs every reaction that is due, and what follows from it.
    void settle();
    /// Takes the oldest reaction of one source; nullopt when none is due.
    std::optional<Command> next_reaction(Family source);

    /// Everything there is, as one world.
    World world() const;
    const std::vector<Fact>& journal() const { return journal_; }
    const std::vector<TransactionId>& trade_ids() const { return trade_ids_; }
    const std::vector<ShipmentId>& shipment_ids() const { return shipment_ids_; }
    std::vector<ShipmentId> shipments_in(const std::set<CargoStatus>& statuses) const;
    int misses() const { return misses_; }
    /// Sets a threshold of its own on a row.
    void low_below(const std::string& station, const std::string& product, std::int64_t quantity);

private:
    void load(World& part, const Wanted& wanted) const;
    std::optional<Trade> find_trade(const TransactionId& id) const;
    std::optional<Shipment> find_shipment(const ShipmentId& id) const;
    std::vector<ShipmentId> find_open(const Route& route) const;
    std::vector<Decision> attempt(World& part, const std::vector<Command>& batch,
                                  Wanted& wanted) const;
    void write(const World& part);
    void record(const std::vector<Decision>& decisions);

    std::map<TransactionId, Trade> trades_;     // without their shipment
    std::map<ShipmentId, Shipment> shipments_;  // without their trades
    std::map<StockKey, Stock> stocks_;
    std::vector<std::pair<TransactionId, ShipmentId>> cargo_trade_;  // in the order of loading
    std::vector<TransactionId> trade_ids_;                           // in the order of their making
    std::vector<ShipmentId> shipment_ids_;
    std::vector<Fact> journal_;
    std::map<Family, std::deque<Reaction>> due_;
    int misses_ = 0;
    int reactions_ = 0;
};

/// One line for each row: "trade t1 confirmed v1 ceres>vesta ice*5 =35 in s1".
std::string text_of(const World& world);
/// One line for each fact, after the rejection with its detail if there is one.
std::string text_of(const Decision& decision);
std::string text_of(const Fact& fact);

}  // namespace itn::domain::test
