#pragma once

// The time seam. The domain never asks for the time: commands carry it. Who stamps or measures
// takes a Clock, so that a test can hold time still.

#include <chrono>
#include <mutex>

#include "common/base/time.h"

namespace itn::runtime {

/// Any thread.
class Clock {
public:
    virtual ~Clock() = default;
    /// Wall-clock time, which may jump.
    virtual Timestamp now() const = 0;
    /// Time for measuring and for deadlines, which never goes back.
    virtual std::chrono::steady_clock::time_point steady() const = 0;
};

class SystemClock final : public Clock {
public:
    Timestamp now() const override;
    std::chrono::steady_clock::time_point steady() const override;
};

/// Stands still until somebody moves it.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start);

    Timestamp now() const override;
    std::chrono::steady_clock::time_point steady() const override;

    /// Moves both clocks; `by` is not negative.
    void advance(std::chrono::microseconds by);
    /// Sets the wall clock alone, also backwards, as an operator or NTP does.
    void set(Timestamp now);

private:
    mutable std::mutex mutex_;
    Timestamp now_;
    std::chrono::steady_clock::time_point steady_{};
};

}  // namespace itn::runtime
