#pragma once

// The one place from which commands leave a door. Callers on any thread submit; the loop thread
// packs everything that waits for one lane into ONE message and keeps at most one unconfirmed
// message per lane under way. So a lonely command leaves at once, what arrives meanwhile leaves
// together, and nothing overtakes.
//
//   submit() ──▶ inbox ──(one wake per burst)──▶ lane.waiting ──▶ lane.under_way ──▶ OnDispatched
//
// A lane whose queue is long rests between two messages (brake.h), unless a full one waits.
//
// A message that is not answered within limits::confirm_deadline is given up towards its callers
// only; its lane goes on when the answer comes or the connection is lost. Commands that were not
// sent within the same time are given back as `unavailable`. After limits::breaker_deadlines
// messages in a row without an answer, submit() refuses for limits::breaker_pause at a time, until
// one is answered.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/base/lane.h"
#include "common/gateway/brake.h"
#include "common/messaging/broker.h"
#include "common/runtime/loop.h"
#include "common/wire/envelope.h"

namespace itn::gateway {

/// What became of a submitted command.
enum class Dispatched : std::uint8_t {
    accepted,     // a lane queue has it: 202
    unavailable,  // it was never sent: 503
    returned,     // no queue is bound to its lane: 503
    nacked,       // the lane queue is full: 503
    lost,         // the connection went away: unknown, retry with the same key
    deadline,     // no answer in time: unknown, retry with the same key
};
inline constexpr std::size_t dispatched_kinds = 6;
std::string_view name(Dispatched what);
using OnDispatched = std::function<void(Dispatched)>;

class Dispatch final {
public:
    /// `loop` and `broker` outlive it. Loop thread, like the destructor, which answers nobody.
    Dispatch(runtime::Loop& loop, messaging::Broker& broker);
    ~Dispatch();
    Dispatch(const Dispatch&) = delete;
    Dispatch& operator=(const Dispatch&) = delete;

    /// Any thread. `on_dispatched` is called exactly once, on the loop thread. False, and nothing
    /// is ever called: the queue is full, or the door cannot publish now (503, Retry-After: 1).
    bool submit(const wire::Envelope& envelope, Lane lane, OnDispatched on_dispatched);

    /// Any thread. Whether submit() would take a command now: for readiness.
    bool is_available() const;
    /// Any thread. Submitted and not yet answered.
    std::size_t waiting() const { return pending_.load(std::memory_order_relaxed); }
    /// Any thread. Commands answered so far, by kind; messages published so far; refused submits.
    std::uint64_t answered(Dispatched what) const {
        return answered_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
    }
    std::uint64_t messages() const { return messages_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
    /// Any thread. Lanes that the brake slows down now.
    std::size_t braked_lanes() const { return brake_.braked(); }

    /// Loop thread. Every change of the publisher's state, as Broker::start() reports it.
    void on_state(messaging::State state);
    /// Loop thread. Refuses what comes from now on; calls back once everybody is answered.
    void drain(std::function<void()> on_drained);

private:
    using Moment = std::chrono::steady_clock::time_point;
    struct Waiting {
        Lane lane{};
        std::string rendered{};
        OnDispatched answer{};
        Moment since{};
    };
    struct LaneState {
        std::deque<Waiting> waiting{};
        std::vector<OnDispatched> under_way{};
        Moment sent{};
        bool busy = false;      // a message is published and not answered by the broker
        bool given_up = false;  // its callers heard `deadline`
        bool queued = false;    // stands in ready_
        bool resting = false;   // braked: only a full message leaves now
    };

    bool take_room();
    void take_inbox();
    void make_ready(Lane lane, LaneState& state);
    void send_ready();
    std::string pack_next(LaneState& state);
    void send(Lane lane, LaneState& state);
    void on_published(Lane lane, messaging::Published what);
    void on_rested(Lane lane);
    void on_tick();
    void give_up(LaneState& state, Moment now);
    void give_back(LaneState& state, Moment since_or_before);
    void answer(std::vector<OnDispatched> callers, Dispatched what);
    void finish_drain();

    runtime::Loop& loop_;
    messaging::Broker& broker_;
    runtime::Timer tick_;
    Brake brake_;

    std::mutex mutex_;
    std::vector<Waiting> inbox_;  // guarded by mutex_
    bool woken_ = false;          // guarded by mutex_

    std::atomic<std::size_t> pending_{0};
    std::atomic<bool> open_{false};
    std::atomic<bool> draining_{false};
    std::atomic<Moment::rep> refuse_until_{0};  // the breaker, in ticks of the steady clock
    std::array<std::atomic<std::uint64_t>, dispatched_kinds> answered_{};
    std::atomic<std::uint64_t> messages_{0};
    std::atomic<std::uint64_t> refused_{0};

    std::unordered_map<Lane, LaneState> lanes_;
    std::deque<Lane> ready_;  // lanes with something to send and nothing under way
    std::size_t under_way_ = 0;
    std::uint32_t deadlines_in_a_row_ = 0;
    std::function<void()> on_drained_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace itn::gateway
