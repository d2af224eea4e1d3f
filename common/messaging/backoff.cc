#include "common/messaging/backoff.h"

#include <algorithm>

#include "common/base/limits.h"

namespace itn::messaging {

Backoff::Backoff() : random_(std::random_device{}()), ceiling_(limits::reconnect_first) {}

std::chrono::milliseconds Backoff::next() {
    std::uniform_int_distribution<std::int64_t> jitter(1, ceiling_.count());
    ceiling_ = std::min<std::chrono::milliseconds>(2 * ceiling_, limits::reconnect_most);
    return std::chrono::milliseconds(jitter(random_));
}

void Backoff::reset() {
    ceiling_ = limits::reconnect_first;
}

}  // namespace itn::messaging
