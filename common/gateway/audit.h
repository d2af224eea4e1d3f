#pragma once

// What doors leave in the audit trail: who was refused, and why. Nobody waits for it: lines are
// written together by a thread of their own, and what the queue cannot hold, or the database does
// not take, is counted and logged. A line never holds a secret.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "common/storage/accounts.h"

namespace itn::gateway {

class Audit final {
public:
    /// Without a URL lines are only counted: for tests.
    Audit(std::string database_url, std::string application);
    /// Writes what waits, unless the database is away.
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

    void run(const std::stop_token& stop);
    Lines take();
    void write(storage::Accounts& accounts, const Lines& lines);

    std::string database_url_;
    std::string application_;
    std::atomic<std::uint64_t> noted_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::mutex mutex_;  // guards what follows
    std::condition_variable_any wake_;
    std::deque<storage::AuditLine> waiting_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace itn::gateway
