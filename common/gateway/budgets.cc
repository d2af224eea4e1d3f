#include "common/gateway/budgets.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "common/base/address.h"
#include "common/base/limits.h"
#include "common/gateway/budget_shelf.h"
#include "common/runtime/log.h"
#include "common/storage/accounts.h"

namespace itn::gateway {

std::string payer_of(const std::string& address) {
    return "peer:" + network_of(address);
}

std::string_view name(RateClass rate_class) {
    switch (rate_class) {
        case RateClass::read:
            return "read";
        case RateClass::write:
            return "write";
        case RateClass::batch:
            return "batch";
        case RateClass::account:
            return "account";
        case RateClass::sign_in:
            return "sign_in";
        case RateClass::queue:
            return "queue";
    }
    return "";
}

const identity::Rate& Rates::of(RateClass rate_class) const {
    switch (rate_class) {
        case RateClass::read:
            return read;
        case RateClass::write:
            return write;
        case RateClass::batch:
            return batch;
        case RateClass::account:
            return account;
        case RateClass::sign_in:
            return sign_in;
        case RateClass::queue:
            return queue;
    }
    return account;
}

class Budgets::Inside final {
public:
    Inside(std::string url, std::string application, const Rates& rates)
        : shelf_(rates, !url.empty()) {
        if (url.empty()) return;
        accounts_ = std::make_unique<storage::Accounts>(std::move(url), application + "-rates",
                                                        limits::rate_lease_statement);
        thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
    }

    Spent spend(std::string_view who, RateClass rate_class, Timestamp now, std::int64_t tokens) {
        std::optional<LeaseAsk> ask;
        const Spent spent = shelf_.spend(who, rate_class, now, tokens, ask);
        if (ask) {
            {
                const std::lock_guard lock(mutex_);
                asks_.push_back(*std::move(ask));
            }
            wake_.notify_one();
        }
        return spent;
    }

    const BudgetShelf& shelf() const { return shelf_; }

private:
    /// Those that wait, as many as fit into one statement. Empty: it is time to end.
    std::vector<LeaseAsk> next_asks(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, stop, [this] { return !asks_.empty(); });
        if (stop.stop_requested()) return {};
        std::vector<LeaseAsk> taken = std::move(asks_);
        asks_.clear();
        if (taken.size() > limits::max_lease_asks) {
            const auto rest = taken.begin() + static_cast<std::ptrdiff_t>(limits::max_lease_asks);
            asks_.assign(std::make_move_iterator(rest), std::make_move_iterator(taken.end()));
            taken.erase(rest, taken.end());
        }
        return taken;
    }

    void work(const std::stop_token& stop) {
        for (auto asks = next_asks(stop); !asks.empty(); asks = next_asks(stop)) {
            const auto latest = std::ranges::max_element(asks, {}, &LeaseAsk::at)->at;
            try {
                ask(asks, latest);
            } catch (const std::exception& failure) {
                runtime::log_limited(runtime::Level::warning,
                                     "rates are held by this process alone",
                                     {{"error", std::string_view(failure.what())}});
                for (const LeaseAsk& one : asks)
                    shelf_.failed(one, latest);
                rest(stop);
            }
        }
    }

    void ask(const std::vector<LeaseAsk>& asks, Timestamp now) {
        std::vector<storage::Accounts::Ask> wishes;
        wishes.reserve(asks.size());
        for (const LeaseAsk& one : asks) {
            wishes.push_back({.principal = one.who,
                              .rate_class = std::string(name(one.rate_class)),
                              .rate = shelf_.rates().of(one.rate_class),
                              .tokens = one.tokens});
        }
        const std::vector<identity::Grant> grants = accounts_->grant(wishes, now);
        for (std::size_t i = 0; i < asks.size(); ++i)
            shelf_.granted(asks[i], grants[i], now);
    }

    /// A database that is away is not asked again at once.
    void rest(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, limits::rate_lease_wait, [] { return false; });
    }

    BudgetShelf shelf_;
    std::unique_ptr<storage::Accounts> accounts_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::vector<LeaseAsk> asks_;  // one at most for each budget
    std::jthread thread_;         // last: it uses all of these
};

Budgets::Budgets(std::string database_url, std::string application, const Rates& rates)
    : inside_(std::make_unique<Inside>(std::move(database_url), std::move(application), rates)) {}

Budgets::~Budgets() = default;

Spent Budgets::spend(std::string_view who, RateClass rate_class, Timestamp now,
                     std::int64_t tokens) {
    return inside_->spend(who, rate_class, now, tokens);
}

const identity::Rate& Budgets::rate_of(RateClass rate_class) const {
    return inside_->shelf().rates().of(rate_class);
}

std::size_t Budgets::size() const {
    return inside_->shelf().size();
}

}  // namespace itn::gateway
