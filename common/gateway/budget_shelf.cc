#include "common/gateway/budget_shelf.h"

#include <algorithm>
#include <functional>

namespace itn::gateway {
namespace {

/// What comes in a quarter of a second: some round trips, and little that is lost with a process.
/// A quarter of the burst at least: it is also the credit while an answer is on its way, and slow
/// rates would refuse the second of two callers who come together.
std::int64_t lease_of(const identity::Rate& rate) {
    constexpr identity::microseconds quarter = std::chrono::milliseconds(250);
    const std::int64_t tokens = rate.tokens * quarter.count() / rate.period.count();
    return std::clamp<std::int64_t>(tokens, std::max<std::int64_t>(1, rate.burst / 4), rate.burst);
}

}  // namespace

std::size_t BudgetShelf::KeyHash::operator()(const Key& key) const noexcept {
    return std::hash<std::string_view>{}(key.who) * rate_classes +
           static_cast<std::size_t>(key.rate_class);
}

BudgetShelf::BudgetShelf(const Rates& rates, bool is_shared, std::size_t most)
    : rates_(rates),
      is_shared_(is_shared),
      most_per_shard_(std::max<std::size_t>(1, most / shards)) {}

BudgetShelf::Shard& BudgetShelf::shard_of(const Key& key) {
    return shards_[KeyHash{}(key) / rate_classes % shards];
}

bool BudgetShelf::make_room(Shard& shard, Timestamp now) const {
    if (shard.budgets.size() < most_per_shard_) return true;
    for (int i = 0; i < limits::max_budgets_examined; ++i) {
        const auto last = std::prev(shard.budgets.end());
        if (!last->is_asking && last->bucket.is_forgettable(now)) {
            shard.by_key.erase({last->who, last->rate_class});
            shard.budgets.erase(last);
            return true;
        }
        shard.budgets.splice(shard.budgets.begin(), shard.budgets, last);
    }
    return false;
}

BudgetShelf::Budget* BudgetShelf::find(Shard& shard, const Key& key, Timestamp now) {
    const auto found = shard.by_key.find(key);
    if (found != shard.by_key.end()) {
        shard.budgets.splice(shard.budgets.begin(), shard.budgets, found->second);
        return &*found->second;
    }
    if (!make_room(shard, now)) return nullptr;
    const identity::Rate& rate = rates_.of(key.rate_class);
    shard.budgets.push_front({.who = std::string(key.who),
                              .rate_class = key.rate_class,
                              .bucket = identity::LeasedBucket(rate, lease_of(rate), now)});
    Budget& made = shard.budgets.front();
    if (!is_shared_) made.bucket.failed(now);
    shard.by_key.emplace(Key{made.who, made.rate_class}, shard.budgets.begin());
    return &made;
}

/// What of a wish for a lease is to be asked for now: nothing while a question is on its way.
std::int64_t BudgetShelf::ask_for(Budget& budget, std::int64_t tokens, Timestamp now) const {
    if (!is_shared_ || budget.is_asking) {
        budget.bucket.failed(now);
        return 0;
    }
    budget.is_asking = true;
    budget.is_late = false;
    budget.asked_at = now;
    return tokens;
}

Spent BudgetShelf::spend(std::string_view who, RateClass rate_class, Timestamp now,
                         std::int64_t tokens, std::optional<LeaseAsk>& ask) {
    const Key key{who, rate_class};
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    Budget* const budget = find(shard, key, now);
    if (budget == nullptr) return {.ok = false, .retry_after = limits::rate_lease_life};
    if (budget->is_asking && !budget->is_late &&
        now >= budget->asked_at + limits::rate_lease_overdue) {
        budget->is_late = true;
        budget->bucket.failed(now);
    }
    const identity::LeaseTaken taken = budget->bucket.take(now, tokens);
    if (taken.ask > 0) {
        const std::int64_t wanted = ask_for(*budget, taken.ask, now);
        if (wanted > 0)
            ask =
                LeaseAsk{.who = budget->who, .rate_class = rate_class, .tokens = wanted, .at = now};
    }
    const identity::Standing standing = budget->bucket.standing(now);
    return {.ok = taken.ok,
            .remaining = taken.ok ? standing.remaining : 0,
            .reset = standing.reset,
            .retry_after = taken.retry_after};
}

void BudgetShelf::granted(const LeaseAsk& ask, const identity::Grant& grant, Timestamp now) {
    const Key key{ask.who, ask.rate_class};
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end()) return;
    found->second->is_asking = false;
    found->second->bucket.granted(grant, now);
}

void BudgetShelf::failed(const LeaseAsk& ask, Timestamp now) {
    const Key key{ask.who, ask.rate_class};
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end()) return;
    found->second->is_asking = false;
    found->second->bucket.failed(now);
}

std::size_t BudgetShelf::size() const {
    std::size_t all = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        all += shard.budgets.size();
    }
    return all;
}

}  // namespace itn::gateway
