#pragma once

// What doors leave in the audit trail: who was refused, and why, and who changed what. Nobody waits
// for it: lines are written together by a thread of their own, which keeps them while the database
// does not take them (one whose answer was lost may stand there twice). What the queue cannot hold,
// what no database would take, and what still waits at the end, is counted and logged. Refusals of
// one principal, or of one network (network_of()) where nobody is known, are kept at a rate of
// their own and counted beyond it, so that nobody hides among the refusals of somebody else. All
// who are nobody yet have a rate together, too, for each sort of event, so that nobody fills the
// disk from many networks. A line never holds a secret.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/identity/rate.h"
#include "common/storage/accounts.h"

namespace itn::gateway {

class Audit final {
public:
    static constexpr identity::Rate refusal_rate{
        .tokens = 5, .period = std::chrono::seconds(1), .burst = 500};
    /// Of all who are nobody yet together, for each sort of event in each process: 1.7 million
    /// lines a day, and the burst fits into the queue.
    static constexpr identity::Rate total_rate{
        .tokens = 20, .period = std::chrono::seconds(1), .burst = 2'000};
    /// Principals and networks whose rate is remembered.
    static constexpr std::size_t max_meters = 4'096;
    /// How long lines wait that the database did not take before it is asked again.
    static constexpr auto retry_pause = std::chrono::seconds(1);
    /// The event of a line that is no refusal.
    static constexpr std::string_view changed = "changed";

    /// Without a URL lines are only counted: for tests.
    Audit(std::string database_url, std::string application);
    /// Writes what waits, unless the database is away: then that is lost.
    ~Audit();
    Audit(const Audit&) = delete;
    Audit& operator=(const Audit&) = delete;

    /// Any thread. Never blocks on anything but a short lock.
    void note(storage::AuditLine line);

    /// Any thread. Lines so far, and those of them that were not kept.
    std::uint64_t noted() const { return noted_.load(std::memory_order_relaxed); }
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

private:
    using Lines = std::vector<storage::AuditLine>;

    bool has_room(const storage::AuditLine& line);
    void run(const std::stop_token& stop);
    void gather(const std::stop_token& stop);
    void rest(const std::stop_token& stop);
    Lines oldest(std::size_t most);
    bool write_all(storage::Accounts& accounts);
    bool write(storage::Accounts& accounts, std::size_t most);
    void forget(std::size_t count);
    void lose(std::size_t count, const char* why);

    std::string database_url_;
    std::string application_;
    std::atomic<std::uint64_t> noted_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::mutex mutex_;  // guards what follows
    std::condition_variable_any wake_;
    std::deque<storage::AuditLine> waiting_;
    std::map<std::string, identity::Bucket> meters_;
    std::map<std::string, identity::Bucket> totals_;  // by event, of which there are a few
    std::jthread thread_;                             // last: it uses all of the above
};

}  // namespace itn::gateway
