#include "common/base/backoff.h"

#include <algorithm>

namespace itn {

Backoff::Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most)
    : first_(first), most_(most), ceiling_(first), random_(std::random_device{}()) {}

std::chrono::milliseconds Backoff::next() {
    std::uniform_int_distribution<std::int64_t> delay(1, ceiling_.count());
    const std::chrono::milliseconds drawn(delay(random_));
    ceiling_ = std::min(most_, ceiling_ * 2);
    return drawn;
}

void Backoff::reset() {
    ceiling_ = first_;
}

}  // namespace itn
