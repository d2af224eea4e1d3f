#pragma once

// Where passwords are judged and hashed: two threads with a connection each, and a short queue. Who
// comes to a full queue is answered with 503 at once, so a flood of sign-ins takes neither the http
// threads nor those of the reads.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "common/base/limits.h"
#include "common/identity/hash_pool.h"
#include "common/storage/accounts.h"

namespace itn::api {

class PasswordDesk final {
public:
    /// Answers its call, or throws. Runs on a thread of the desk, which may hash.
    using Job = std::function<void(storage::Accounts&)>;

    explicit PasswordDesk(std::string database_url,
                          std::size_t parallel = limits::max_parallel_hashes,
                          std::size_t waiting = limits::max_waiting_hashes);
    PasswordDesk(const PasswordDesk&) = delete;
    PasswordDesk& operator=(const PasswordDesk&) = delete;

    /// Any thread. Without room, and when the database is away, the call is answered with 503.
    void run(CallPtr call, Job job);
    /// Waits for all that was taken, before what the jobs use goes. Nobody may call run() any more;
    /// the destructor does it too.
    void stop() { pool_.reset(); }

private:
    using Connection = std::unique_ptr<storage::Accounts>;

    void perform(const CallPtr& call, const Job& job);
    Connection take();
    void give_back(Connection connection);

    const std::string database_url_;
    std::mutex mutex_;
    std::vector<Connection> idle_;            // at most one a thread
    std::optional<identity::HashPool> pool_;  // last: its threads use all of the above
};

}  // namespace itn::api
