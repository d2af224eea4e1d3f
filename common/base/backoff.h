#pragma once

// How long to wait before the next attempt at a machine that is down: exponential with full jitter,
// so that a whole fleet does not come back at once.

#include <chrono>
#include <random>

#include "common/base/limits.h"

namespace itn {

class Backoff final {
public:
    explicit Backoff(std::chrono::milliseconds first = limits::reconnect_first,
                     std::chrono::milliseconds most = limits::reconnect_most);

    /// Uniform between 1 ms and the current ceiling, which then doubles up to the most.
    std::chrono::milliseconds next();
    void reset();
    /// The current ceiling.
    std::chrono::milliseconds ceiling() const { return ceiling_; }

private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds most_;
    std::chrono::milliseconds ceiling_;
    std::minstd_rand random_;
};

}  // namespace itn
