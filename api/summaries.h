#pragma once

// The answer to /api/analytics/summary, which costs a scan of the last thirty days: however many
// ask, it is read by one of them at a time and serves everybody for limits::summary_life.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/reads.h"
#include "common/runtime/clock.h"
#include "common/wire/position.h"

namespace itn::api {

class Summaries final {
public:
    /// `reads` and `clock` outlive it, and it outlives what `reads` runs.
    Summaries(Reads& reads, const runtime::Clock& clock) : reads_(reads), clock_(clock) {}
    Summaries(const Summaries&) = delete;
    Summaries& operator=(const Summaries&) = delete;

    /// Answers now, or when the read that is under way ends. Any thread.
    void answer(CallPtr call);

private:
    struct Made {
        std::string body{};
        wire::Position position{};
        std::chrono::steady_clock::time_point at{};
    };

    void read(const CallPtr& call);
    void publish(const std::shared_ptr<const Made>& made);
    void fail();
    std::vector<CallPtr> take_waiting(std::shared_ptr<const Made> made);

    Reads& reads_;
    const runtime::Clock& clock_;
    std::mutex mutex_;                  // guards what follows
    std::shared_ptr<const Made> made_;  // null before the first
    std::vector<CallPtr> waiting_;      // not empty: a read is under way
};

}  // namespace itn::api
