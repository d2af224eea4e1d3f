#pragma once

// The second thread of a worker: what has to be asked of or told to the database beside the
// batches. It moves watermarks, reads journal entries that have to be published, sweeps lanes whose
// watermark stands still, and beats the process's heart. Nobody waits for it; when the database is
// away it tries again.
//
// The sweep: a lane of the family whose watermark has stood below its last seq for
// limits::watermark_stale is read and published by whoever gets its advisory lock, so a worker that
// died after its commit leaves nothing unsaid, and nobody has to be told that it became the active
// consumer. The catalogue lane has no worker of its own; inventory workers sweep it at once.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/backoff.h"
#include "common/storage/store.h"
#include "workers/committer.h"
#include "workers/retry.h"

namespace itn::workers {

/// What was read of a lane: its counters, and its entries above the lower watermark.
struct Learned {
    storage::LaneCounters counters{};
    std::vector<Happened> entries{};
    bool is_all = false;  // nothing more was there when it was read
    bool is_from_watermarks = false;
};

struct ClerkOptions {
    Family family = Family::trade;
    std::string instance{};
    std::string host{};
    std::size_t lanes = 0;
    std::chrono::milliseconds sweep_every{100};
    /// Doors stamp and answer with what they know of the catalogue: news of it are brought sooner.
    std::chrono::milliseconds catalogue_sweep_every{20};
    std::chrono::milliseconds advance_every{40};
    std::chrono::milliseconds beat_every{5000};
};

/// What the clerk tells, on its own thread.
struct ClerkReports {
    std::function<void(Learned)> learned;
    /// Somebody else moved the watermark.
    std::function<void(Lane)> moved;
    /// A watermark stands still and this process holds the lane's lock.
    std::function<void(Lane)> stale;
    /// "" when all is well.
    std::function<void(const std::string&)> trouble;
};

class Clerk final {
public:
    /// Any thread may call what is public. `store` belongs to the clerk's thread from now on.
    Clerk(std::unique_ptr<storage::Store> store, ClerkOptions options, ClerkReports reports);
    ~Clerk();
    Clerk(const Clerk&) = delete;
    Clerk& operator=(const Clerk&) = delete;

    /// Reads the lane's counters and its entries after `after`, or when that is negative after its
    /// lower watermark.
    void learn(Lane lane, std::int64_t after);
    void advance(Lane lane, storage::Watermark watermark, std::int64_t from, std::int64_t to);
    /// Whether every advance was carried out.
    bool is_idle() const;

private:
    using Mark = std::pair<Lane, storage::Watermark>;
    struct Range {
        std::int64_t from = 0;
        std::int64_t to = 0;
    };
    struct Standing {
        storage::LaneCounters counters{};
        std::chrono::steady_clock::time_point since{};
    };

    void run();
    bool wait();
    void work();
    void advance_all();
    void learn_all();
    void sweep(Family family);
    void sweep(const storage::LaneCounters& counters, std::chrono::steady_clock::time_point now);
    void read(Lane lane, std::int64_t after);
    bool is_due(std::chrono::steady_clock::time_point& last, std::chrono::milliseconds every);

    std::unique_ptr<storage::Store> store_;
    ClerkOptions options_;
    ClerkReports reports_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    bool advancing_ = false;
    std::map<Lane, std::int64_t> to_learn_;
    std::map<Mark, Range> to_advance_;

    std::map<Lane, Standing> standing_;
    std::set<Lane> locked_;
    std::chrono::steady_clock::time_point last_advance_{};
    std::chrono::steady_clock::time_point last_sweep_{};
    std::chrono::steady_clock::time_point last_catalogue_sweep_{};
    std::chrono::steady_clock::time_point last_beat_{};
    StopFlag stop_;
    Backoff backoff_;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace itn::workers
