#pragma once

// Rates of principals, shared by all processes of all doors: each process spends leases of the
// budgets in Postgres (identity/rate.h), so a request costs a look-up and no round trip. Its own
// thread asks for the leases, many in one statement. While the database does not answer, each
// process holds the rates by itself.
//
// limits::max_budgets are remembered. When there are more callers, those go that have nothing to be
// forgotten: full budgets, longest unused first. Where none is full a new caller has to wait.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/time.h"
#include "common/identity/rate.h"

namespace itn::gateway {

/// What is asked for, as far as rates go. `sign_in` counts by address of the client.
enum class RateClass : std::uint8_t { read, write, batch, account, sign_in, queue };
inline constexpr std::size_t rate_classes = 6;
std::string_view name(RateClass rate_class);

/// What every principal may, for each class.
struct Rates {
    using Rate = identity::Rate;
    static constexpr auto second = std::chrono::seconds(1);

    Rate read{.tokens = 1'000, .period = second, .burst = 2'000};
    Rate write{.tokens = 500, .period = second, .burst = 1'000};
    Rate batch{.tokens = 20, .period = second, .burst = 40};
    Rate account{.tokens = 10, .period = second, .burst = 20};
    Rate sign_in{.tokens = 5, .period = second, .burst = 20};
    Rate queue{.tokens = 2'000, .period = second, .burst = 4'000};

    const Rate& of(RateClass rate_class) const;
    friend bool operator==(const Rates&, const Rates&) = default;
};

/// `remaining` and `reset` (until all are back) are this process's view: they lag by what other
/// processes spent since its last lease.
struct Spent {
    bool ok = true;
    std::int64_t remaining = 0;
    identity::microseconds reset{};
    identity::microseconds retry_after{};  // 0 when ok
};

/// Whose budget it is where nobody is known yet: that of the client's network (network_of()).
std::string payer_of(const std::string& address);

class Budgets final {
public:
    /// Without a URL nothing is shared: for tests, and for doors that stand alone.
    Budgets(std::string database_url, std::string application, const Rates& rates = {});
    ~Budgets();
    Budgets(const Budgets&) = delete;
    Budgets& operator=(const Budgets&) = delete;

    /// Any thread. Takes `tokens` of the principal's budget of that class. `who` is a principal's
    /// text, or payer_of() where nobody is known yet. With 0 nothing is taken: it tells whether
    /// there is anything left.
    Spent spend(std::string_view who, RateClass rate_class, Timestamp now, std::int64_t tokens = 1);

    /// Any thread. What the rates were set to.
    const identity::Rate& rate_of(RateClass rate_class) const;

    /// Any thread. Budgets that are remembered now.
    std::size_t size() const;

private:
    class Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace itn::gateway
