#pragma once

// Where passwords are judged and hashed: two threads with a connection each, and a short queue. Who
// comes to a full queue is answered with 503 at once, so a flood of sign-ins takes neither the http
// threads nor those of the reads. A database that hangs keeps the desk's threads and no caller:
// when a job takes longer than two seconds, its caller and those who wait behind it are answered.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
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
    ~PasswordDesk() { stop(); }
    PasswordDesk(const PasswordDesk&) = delete;
    PasswordDesk& operator=(const PasswordDesk&) = delete;

    /// Any thread. Without room, and when the database is away, the call is answered with 503.
    void run(CallPtr call, Job job);
    /// Waits for all that was taken, before what the jobs use goes. Nobody may call run() any more;
    /// the destructor does it too.
    void stop();

private:
    using Connection = std::unique_ptr<storage::Accounts>;
    using Moment = std::chrono::steady_clock::time_point;
    struct Entry {
        CallPtr call{};
        Moment since{};  // it came, or was begun
        bool is_begun = false;
    };
    using Entries = std::list<Entry>;

    Entries::iterator enter(const CallPtr& call);
    void begin(Entries::iterator entry);
    void leave(Entries::iterator entry);
    std::vector<CallPtr> late() const;
    void watch(const std::stop_token& stop);
    void perform(const CallPtr& call, const Job& job);
    Connection take();
    void give_back(Connection connection);

    const std::string database_url_;
    std::mutex mutex_;  // guards what follows
    std::condition_variable_any tick_;
    Entries entries_;
    std::vector<Connection> idle_;            // at most one a thread
    std::optional<identity::HashPool> pool_;  // its threads use all of the above
    std::jthread watcher_;                    // likewise; it ends after them
};

}  // namespace itn::api
