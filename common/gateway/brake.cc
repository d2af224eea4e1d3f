#include "common/gateway/brake.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "common/messaging/topology.h"

namespace itn::gateway {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Brake::Brake(runtime::Loop& loop, messaging::Broker& broker, std::function<void(Lane)> on_rested,
             std::uint64_t full_at)
    : broker_(broker),
      on_rested_(std::move(on_rested)),
      look_(loop, [this] { look(); }),
      wake_(loop, [this] { wake(); }),
      full_at_(full_at) {}

std::size_t Brake::index_of(Lane lane) {
    return static_cast<std::size_t>(lane.family) * limits::max_shards +
           lane.shard % limits::max_shards;
}

Brake::~Brake() {
    *alive_ = false;
}

bool Brake::rest(Lane lane) {
    LaneState& state = lanes_[lane];
    state.flows = true;
    if (!look_.is_active()) look_.start(limits::brake_look, limits::brake_look);
    if (!state.is_long) return false;
    std::erase_if(resting_, [lane](const Resting& one) { return one.lane == lane; });
    resting_.push_back({.lane = lane, .until = steady_clock::now() + limits::brake_pause});
    if (!wake_.is_active()) wake_in_time();
    return true;
}

void Brake::look() {
    bool any = false;
    for (auto& [lane, state] : lanes_) {
        if (!std::exchange(state.flows, false) && !state.is_long) continue;
        any = true;
        if (std::exchange(state.asked, true)) continue;
        broker_.ask_depth(messaging::queue_name(lane),
                          [this, which = lane, alive = alive_](auto depth) {
                              if (*alive) learn(which, depth);
                          });
    }
    if (!any) look_.stop();
}

/// What is unknown is not braked.
void Brake::learn(Lane lane, std::optional<std::uint64_t> depth) {
    LaneState& state = lanes_[lane];
    state.asked = false;
    full_[index_of(lane)].store(depth.value_or(0) >= full_at_, std::memory_order_relaxed);
    const bool is_long = depth.value_or(0) > limits::brake_depth;
    if (std::exchange(state.is_long, is_long) == is_long) return;
    if (is_long) {
        braked_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    braked_.fetch_sub(1, std::memory_order_relaxed);
    const auto rested =
        std::erase_if(resting_, [lane](const Resting& one) { return one.lane == lane; });
    if (rested > 0) on_rested_(lane);
}

void Brake::wake() {
    const Moment now = steady_clock::now();
    while (!resting_.empty() && resting_.front().until <= now) {
        const Lane lane = resting_.front().lane;
        resting_.pop_front();
        on_rested_(lane);
    }
    if (!resting_.empty()) wake_in_time();
}

void Brake::wake_in_time() {
    const auto left = resting_.front().until - steady_clock::now();
    wake_.start(std::max(milliseconds(1), std::chrono::ceil<milliseconds>(left)));
}

}  // namespace itn::gateway
