#include "workers/retry.h"

namespace itn::workers {

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
