#pragma once

// Clears what has expired around accounts: tickets, failed sign-ins, sessions, full budgets and
// dead keys, once in limits::sweep_pause, and old months of the audit trail, once an hour. The api
// does it; several that do it at once do no harm.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "common/storage/accounts.h"

namespace itn::gateway {

class Sweeper final {
public:
    /// How long lines of the audit trail are kept, unless told otherwise: past a year, so that what
    /// comes once a year can be compared. The database itself refuses less than the least
    /// (sql/0005_audit_months.sql).
    static constexpr auto audit_retention = std::chrono::days(400);
    static constexpr auto min_audit_retention = std::chrono::days(30);
    static constexpr auto max_audit_retention = std::chrono::days(3'650);
    /// Months of it are made ahead, so nothing hurries.
    static constexpr auto audit_pause = std::chrono::hours(1);

    /// Starts at once, on a thread and a connection of its own. Lines of the audit trail stay for
    /// `retention` at least.
    Sweeper(std::string database_url, const std::string& application, std::chrono::days retention);
    Sweeper(const Sweeper&) = delete;
    Sweeper& operator=(const Sweeper&) = delete;

private:
    void run(const std::stop_token& stop);
    void sweep(const std::stop_token& stop);
    void keep_audit_trail();

    storage::Accounts accounts_;
    const std::chrono::days retention_;
    std::chrono::steady_clock::time_point audit_due_{};
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace itn::gateway
