#pragma once

// Waiting between tries at a machine that is down (see common/base/backoff.h), interruptible by
// whoever wants the process to end.

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace itn::workers {

/// Thrown out of a wait, and out of what waits, when the process is to end.
struct Stopped {};

/// A flag that many threads may wait on. Any thread.
class StopFlag final {
public:
    void set();
    bool is_set() const;
    /// Waits; throws Stopped when the flag is or becomes set.
    void wait_for(std::chrono::milliseconds delay) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    bool set_ = false;
};

}  // namespace itn::workers
