#pragma once

// Rates of principals, shared by all processes of all doors: each process spends leases of the
// budgets in Postgres (identity/rate.h), so a request costs a look-up and no round trip. Its own
// thread asks for the leases, many in one statement. While the database does not answer, each
// process holds the rates by itself.

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
/// What every principal may.
const identity::Rate& rate_of(RateClass rate_class);

struct Spent {
    bool ok = true;
    std::int64_t remaining = 0;
    identity::microseconds reset{};
    identity::microseconds retry_after{};  // 0 when ok
};

class Budgets final {
public:
    /// Without a URL nothing is shared: for tests, and for doors that stand alone.
    Budgets(std::string database_url, std::string application);
    ~Budgets();
    Budgets(const Budgets&) = delete;
    Budgets& operator=(const Budgets&) = delete;

    /// Any thread. Takes `tokens` of the principal's budget of that class. `who` is a principal's
    /// text, or "peer:<address>" where nobody is known yet.
    Spent spend(std::string_view who, RateClass rate_class, Timestamp now, std::int64_t tokens = 1);

    /// Any thread. Principals that are remembered now.
    std::size_t size() const;

private:
    class Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace itn::gateway
