#pragma once

// Waiting between tries at a machine that is down: exponential with full jitter, for as long as it
// lasts, and interruptible by whoever wants the process to end.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>

namespace itn::workers {

/// Delays grow from `first` to `most`; each is drawn evenly from zero to the current bound.
class Backoff final {
public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most);

    std::chrono::milliseconds next();
    void reset();

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds most_;
    std::chrono::milliseconds bound_;
    std::minstd_rand random_;
};

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
