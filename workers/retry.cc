#include "workers/retry.h"

#include <algorithm>

namespace itn::workers {

Backoff::Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most)
    : first_(first), most_(most), bound_(first), random_(std::random_device{}()) {}

std::chrono::milliseconds Backoff::next() {
    std::uniform_int_distribution<std::int64_t> delay(1, bound_.count());
    const std::chrono::milliseconds drawn(delay(random_));
    bound_ = std::min(most_, bound_ * 2);
    return drawn;
}

void Backoff::reset() {
    bound_ = first_;
}

void StopFlag::set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
}

bool StopFlag::is_set() const {
    const std::lock_guard lock(mutex_);
    return set_;
}

void StopFlag::wait_for(std::chrono::milliseconds delay) const {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, delay, [this] { return set_; })) throw Stopped{};
}

}  // namespace itn::workers
