#pragma once

// Back-pressure at a door. Accepting commands takes the processors with which the workers commit
// them, so a door that accepts as fast as it can makes the whole slower. The brake asks the broker
// how long the queues are to which the door published lately (and, as long as they are long,
// again), and lets a lane whose queue is long rest between two messages: its callers wait a little
// longer for their 202, its messages grow, and what they cost shrinks. A lane never stops for it:
// when no worker is there everything is still accepted, at the braked pace.
//
// A queue that is nearly full is another matter: its last fifth belongs to the workers' reactions,
// so doors refuse its lane until it is shorter.
//
// Loop thread only, but for braked() and is_full().

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "common/base/lane.h"
#include "common/base/limits.h"
#include "common/messaging/broker.h"
#include "common/runtime/loop.h"

namespace itn::gateway {

class Brake final {
public:
    /// `loop` and `broker` outlive it. `on_rested` is called for each lane whose rest ended. A
    /// queue of `full_at` messages is full for doors.
    Brake(runtime::Loop& loop, messaging::Broker& broker, std::function<void(Lane)> on_rested,
          std::uint64_t full_at = limits::door_queue);
    ~Brake();
    Brake(const Brake&) = delete;
    Brake& operator=(const Brake&) = delete;

    /// A message of the lane was answered. True when the lane has to rest; on_rested follows after
    /// limits::brake_pause, or as soon as its queue is known to be short.
    bool rest(Lane lane);
    /// Any thread. Whether doors must refuse the lane.
    bool is_full(Lane lane) const { return full_[index_of(lane)].load(std::memory_order_relaxed); }
    /// Any thread. Lanes whose queues are long.
    std::size_t braked() const { return braked_.load(std::memory_order_relaxed); }

private:
    using Moment = std::chrono::steady_clock::time_point;
    struct LaneState {
        bool flows = false;  // since the last look
        bool asked = false;  // and not yet answered
        bool is_long = false;
    };
    struct Resting {
        Lane lane{};
        Moment until{};
    };

    static std::size_t index_of(Lane lane);
    void look();
    void learn(Lane lane, std::optional<std::uint64_t> depth);
    void wake();
    void wake_in_time();

    messaging::Broker& broker_;
    std::function<void(Lane)> on_rested_;
    runtime::Timer look_;
    runtime::Timer wake_;
    std::unordered_map<Lane, LaneState> lanes_;
    std::deque<Resting> resting_;  // in the order in which they end
    std::atomic<std::size_t> braked_{0};
    std::uint64_t full_at_;
    std::array<std::atomic<bool>, 4 * limits::max_shards> full_{};  // by index_of
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace itn::gateway
