#pragma once

// The budgets that one process remembers: a bounded map in shards, each with a lock of its own and
// its budgets in order of their last use. Pure but for the locks: who asks the database is
// budgets.cc.

#include <array>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/limits.h"
#include "common/gateway/budgets.h"

namespace itn::gateway {

/// A lease that is to be asked for.
struct LeaseAsk {
    std::string who{};
    RateClass rate_class = RateClass::read;
    std::int64_t tokens = 0;
    Timestamp at{};
};

class BudgetShelf final {
public:
    /// `is_shared`: leases can be had. Otherwise each budget is this process's own.
    BudgetShelf(const Rates& rates, bool is_shared, std::size_t most = limits::max_budgets);

    /// Any thread. `ask` is set when a lease is to be asked for; it must come back by granted() or
    /// failed().
    Spent spend(std::string_view who, RateClass rate_class, Timestamp now, std::int64_t tokens,
                std::optional<LeaseAsk>& ask);
    void granted(const LeaseAsk& ask, const identity::Grant& grant, Timestamp now);
    void failed(const LeaseAsk& ask, Timestamp now);

    std::size_t size() const;
    const Rates& rates() const { return rates_; }

private:
    struct Key {
        std::string_view who{};  // into the budget
        RateClass rate_class = RateClass::read;
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const noexcept;
    };
    struct Budget {
        std::string who;
        RateClass rate_class;
        identity::LeasedBucket bucket;
        bool is_asking = false;  // a question is on its way
        bool is_late = false;    // and the answer overdue
        Timestamp asked_at{};
    };
    using Budgets = std::list<Budget>;
    struct Shard {
        mutable std::mutex mutex{};
        Budgets budgets{};  // last used first
        std::unordered_map<Key, Budgets::iterator, KeyHash> by_key{};
    };

    Shard& shard_of(const Key& key);
    Budget* find(Shard& shard, const Key& key, Timestamp now);
    bool make_room(Shard& shard, Timestamp now) const;
    std::int64_t ask_for(Budget& budget, std::int64_t tokens, Timestamp now) const;

    static constexpr std::size_t shards = 16;

    const Rates rates_;
    const bool is_shared_;
    const std::size_t most_per_shard_;
    std::array<Shard, shards> shards_{};
};

}  // namespace itn::gateway
