#pragma once

// How facts are made: one function for each family of events, and StockShift, which adds up what
// one decision does to stock so that each row changes, and is told of, once. Private to the domain.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/domain/decide.h"

namespace itn::domain {

Fact trade_fact(EventKind kind, Trade after);
Fact cargo_fact(EventKind kind, Cargo after, Manifest manifest = {});
/// cargo.loaded and cargo.unloaded.
Fact boarding_fact(EventKind kind, Cargo after, const TransactionId& trade);
Fact critical_fact(CriticalKind kind, std::string about, std::string message,
                   std::vector<StationId> stations);

/// Why stock moves, as inventory.changed says it.
struct Cause {
    StockReason reason;
    std::string subject;  // transactionId or shipmentId, "" for an adjustment
    std::string note = {};
};

class StockShift {
public:
    void add(const StockKey& key, Quantity on_hand, Quantity reserved);
    /// What one station's goods of these lines do; the signs say in which direction.
    template <class Item>
    void add_lines(const StationId& station, const std::vector<Item>& lines, int on_hand_sign,
                   int reserved_sign) {
        for (const Item& line : lines) {
            const std::int64_t quantity = line.quantity.value();
            add({station, line.product}, Quantity(on_hand_sign * quantity),
                Quantity(reserved_sign * quantity));
        }
    }

    /// The first row that would hold more than limits::max_quantity. Throws NotGathered.
    std::optional<StockKey> overflow(const World& world) const;
    /// Appends one inventory.changed for each row, in key order, then a critical for each row that
    /// fell below its threshold. Throws NotGathered with every row that is missing.
    void tell(const World& world, const Settings& settings, const Cause& cause,
              std::vector<Fact>& facts) const;

private:
    struct Deltas {
        Quantity on_hand{};
        Quantity reserved{};
    };
    void demand(const World& world) const;
    std::map<StockKey, Deltas> rows_;
};

/// One move for each line.
template <class Item>
void move_lines(Fact& fact, const std::string& from, const std::string& to,
                const std::vector<Item>& lines) {
    for (const Item& line : lines) {
        fact.moves.push_back(
            {.from = from, .to = to, .product = line.product, .quantity = line.quantity});
    }
}

}  // namespace itn::domain
