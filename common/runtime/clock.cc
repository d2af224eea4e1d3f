#include "common/runtime/clock.h"

#include "common/base/ensure.h"

namespace itn::runtime {

Timestamp SystemClock::now() const {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::chrono::steady_clock::time_point SystemClock::steady() const {
    return std::chrono::steady_clock::now();
}

ManualClock::ManualClock(Timestamp start) : now_(start) {}

Timestamp ManualClock::now() const {
    const std::lock_guard lock(mutex_);
    return now_;
}

std::chrono::steady_clock::time_point ManualClock::steady() const {
    const std::lock_guard lock(mutex_);
    return steady_;
}

void ManualClock::advance(std::chrono::microseconds by) {
    ENSURE(by.count() >= 0);
    const std::lock_guard lock(mutex_);
    now_ += by;
    steady_ += by;
}

void ManualClock::set(Timestamp now) {
    const std::lock_guard lock(mutex_);
    now_ = now;
}

}  // namespace itn::runtime
