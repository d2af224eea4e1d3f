#pragma once

// Reads from Postgres: a few threads, each with a Reader (and so a connection) of its own, and a
// bounded queue. Reads that may take long have half of the threads and of the queue at most, and
// those of one caller a share of the queue, so that nobody's burst keeps the others out. No http
// thread ever waits for a database: it leaves its call here, and the call is answered by the
// read, by its failure or by its deadline, whichever comes first.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "api/call.h"
#include "common/base/limits.h"
#include "common/storage/reader.h"

namespace itn::api {

class Reads final {
public:
    /// Answers its call, or throws. Runs on a thread of the pool.
    using Job = std::function<void(storage::Reader&)>;
    /// Answers the call instead when the read cannot: on any thread.
    using OnFailure = std::function<void()>;

    struct Options {
        std::string database_url{};
        unsigned threads = 4;
        std::size_t most = limits::max_read_queue;
        std::size_t most_of_one = limits::max_reads_of_one;
        std::chrono::milliseconds deadline = limits::read_deadline;
        std::chrono::milliseconds deadline_failing = limits::read_deadline_failing;
    };

    explicit Reads(Options options);
    ~Reads();
    Reads(const Reads&) = delete;
    Reads& operator=(const Reads&) = delete;

    /// Any thread. A full queue or share, an unreachable database and a missed deadline answer the
    /// call with 503, or call `on_failure` when there is one; the job may still be running then.
    void run(CallPtr call, Job job, OnFailure on_failure = {});
    /// The same for what may look at many rows.
    void run_heavy(CallPtr call, Job job, OnFailure on_failure = {});
    /// The same for a job that writes. Once begun it has no deadline, since what was answered in
    /// its place could turn out wrong: the limits of its statements end it, with outcome_unknown.
    void run_write(CallPtr call, Job job);

    /// Joins the threads and answers what waits with 503. To be called before what the jobs use
    /// goes; the destructor does it too.
    void stop();

    /// Any thread. Whether the last read that ended found the database.
    bool is_healthy() const { return !failing_.load(std::memory_order_relaxed); }
    std::size_t waiting() const;

private:
    using Moment = std::chrono::steady_clock::time_point;
    enum class Sort : std::uint8_t { light, heavy, write };
    struct Entry {
        Sort sort = Sort::light;
        std::string payer{};
        CallPtr call{};
        Job job{};
        OnFailure on_failure{};
        Moment since{};
        std::atomic<bool> given_up{false};
    };
    using EntryPtr = std::shared_ptr<Entry>;
    using Queue = std::deque<EntryPtr>;

    void enter(Sort sort, CallPtr call, Job job, OnFailure on_failure);
    bool has_room(const Entry& entry) const;
    EntryPtr take_first(Queue& queue);
    Queue* ready();
    void work(const std::stop_token& stop, std::size_t slot);
    void perform(storage::Reader& reader, Entry& entry);
    void watch(const std::stop_token& stop);
    EntryPtr next(const std::stop_token& stop, std::size_t slot);
    std::vector<EntryPtr> overdue();
    static void give_up(Entry& entry, const Problem& problem);

    Options options_;
    std::atomic<bool> failing_{false};
    mutable std::mutex mutex_;             // guards what follows
    std::condition_variable_any changed_;  // for the workers alone
    std::condition_variable_any tick_;     // for the watcher
    Queue queue_;
    Queue heavy_;
    std::unordered_map<std::string, std::size_t> waiting_of_;  // by payer, of both; none is 0
    std::vector<EntryPtr> running_;                            // one per thread, null when idle
    std::vector<std::jthread> threads_;                        // last: they use all of the above
};

}  // namespace itn::api
