#pragma once

// One partner's command queue at the ingress, one message after the other: nothing of the next is
// sent before everything of this one is in a lane or refused, so a partner's order is kept and its
// flood waits in its own queue.
//
//   receive ──▶ waiting ──▶ in hand ──rate──▶ judged ──▶ lanes and replies ──▶ ack
//                              ▲                              │
//                              └─ pause: over the rate, or ───┘
//                                 not accepted: again
//
// What is not acknowledged comes again, here or at another ingress; commands that were sent twice
// have one effect, since their ids are remembered where they are decided. Loop thread only.

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/backoff.h"
#include "workers/ingress/judge.h"
#include "workers/ingress/room.h"

namespace itn::workers::ingress {

/// A stamped command and its place in the message.
struct Placed {
    std::size_t place = 0;
    gateway::Stamped stamped{};
};
using Reply = std::pair<std::string, std::string>;  // queue and body

/// The message that is worked on, and what of it is still to be done.
struct Hand {
    messaging::Delivery delivery{};
    std::optional<Parsed> parsed{};
    bool is_paid = false;
    bool is_judged = false;
    std::vector<Placed> commands{};  // not accepted yet
    std::vector<Reply> replies{};    // not taken by the broker yet
    std::size_t unanswered = 0;
};

class PartnerQueue final {
public:
    /// `on_idle` is called when stop() was called and nothing is in hand any more.
    PartnerQueue(const Room& room, storage::Partner partner, std::function<void()> on_idle);
    ~PartnerQueue();
    PartnerQueue(const PartnerQueue&) = delete;
    PartnerQueue& operator=(const PartnerQueue&) = delete;

    void receive(messaging::Delivery delivery);
    /// What the partner may now. What is known lasts for limits::partners_overdue; after that
    /// nothing is judged until it is said again.
    void know(storage::Partner partner);
    /// Begins nothing any more. What is under way is finished, the rest goes back to the queue.
    void stop();
    bool is_idle() const { return !hand_; }

private:
    using Moment = std::chrono::steady_clock::time_point;

    void next();
    void advance();
    void hold();
    bool pay();
    void judge_hand();
    void count(const Refusal& refusal);
    void send();
    void submit(Placed command);
    void reply(Reply reply);
    void answered();
    void settle();
    void pause(std::chrono::milliseconds delay);
    bool is_current() const;

    Room room_;
    storage::Partner partner_;
    Moment known_at_{};
    std::function<void()> on_idle_;
    std::deque<messaging::Delivery> waiting_;
    std::optional<Hand> hand_;
    bool is_stopped_ = false;
    Backoff backoff_;
    runtime::Timer again_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // held weakly by callbacks
};

}  // namespace itn::workers::ingress
