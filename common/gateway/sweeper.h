#pragma once

// Clears what has expired around accounts: tickets, failed sign-ins, sessions, full budgets and
// dead keys. The api does it, once in limits::sweep_pause; several that do it at once do no harm.

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "common/storage/accounts.h"

namespace itn::gateway {

class Sweeper final {
public:
    /// Starts at once, on a thread and a connection of its own.
    Sweeper(std::string database_url, const std::string& application);
    Sweeper(const Sweeper&) = delete;
    Sweeper& operator=(const Sweeper&) = delete;

private:
    void run(const std::stop_token& stop);

    storage::Accounts accounts_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace itn::gateway
