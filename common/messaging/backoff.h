#pragma once

// How long to wait before the next attempt: exponential from limits::reconnect_first to
// limits::reconnect_most, with full jitter, so that a whole fleet does not come back at once.

#include <chrono>
#include <random>

namespace itn::messaging {

class Backoff final {
public:
    Backoff();
    /// Uniform between 1 ms and the current ceiling, which then doubles.
    std::chrono::milliseconds next();
    void reset();
    /// The current ceiling.
    std::chrono::milliseconds ceiling() const { return ceiling_; }

private:
    std::minstd_rand random_;
    std::chrono::milliseconds ceiling_;
};

}  // namespace itn::messaging
