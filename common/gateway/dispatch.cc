#include "common/gateway/dispatch.h"

#include <utility>

#include "common/base/limits.h"
#include "common/messaging/topology.h"

namespace itn::gateway {

namespace {

using std::chrono::steady_clock;

constexpr std::array<std::string_view, dispatched_kinds> names = {
    "accepted", "unavailable", "returned", "nacked", "lost", "deadline"};

/// Deadlines are looked at this often: a late 503 is late by no more.
constexpr std::chrono::milliseconds tick_period{50};

Dispatched meaning_of(messaging::Published what) {
    switch (what) {
        case messaging::Published::confirmed:
            return Dispatched::accepted;
        case messaging::Published::returned:
            return Dispatched::returned;
        case messaging::Published::nacked:
            return Dispatched::nacked;
        case messaging::Published::lost:
            return Dispatched::lost;
    }
    return Dispatched::lost;
}

}  // namespace

std::string_view name(Dispatched what) {
    return names[static_cast<std::size_t>(what)];
}

Dispatch::Dispatch(runtime::Loop& loop, messaging::Broker& broker)
    : loop_(loop),
      broker_(broker),
      tick_(loop, [this] { on_tick(); }),
      brake_(loop, broker, [this](Lane lane) { on_rested(lane); }) {
    open_ = broker.state() == messaging::State::open;
    tick_.start(tick_period, tick_period);
}

Dispatch::~Dispatch() {
    *alive_ = false;
}

bool Dispatch::is_available() const {
    return open_ && !draining_ && steady_clock::now().time_since_epoch().count() >= refuse_until_;
}

bool Dispatch::take_room() {
    if (pending_.fetch_add(1) < limits::max_dispatch_queue) return true;
    pending_.fetch_sub(1);
    return false;
}

bool Dispatch::submit(const wire::Envelope& envelope, Lane lane, OnDispatched on_dispatched) {
    if (!is_available() || brake_.is_full(lane) || !take_room()) {
        refused_.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    Waiting waiting{.lane = lane,
                    .rendered = wire::render(envelope),
                    .answer = std::move(on_dispatched),
                    .since = steady_clock::now()};
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        inbox_.push_back(std::move(waiting));
        wake = !std::exchange(woken_, true);
    }
    if (wake) {
        loop_.post([this, alive = alive_] {
            if (*alive) take_inbox();
        });
    }
    return true;
}

void Dispatch::take_inbox() {
    std::vector<Waiting> burst;
    {
        const std::lock_guard lock(mutex_);
        burst.swap(inbox_);
        woken_ = false;
    }
    for (Waiting& waiting : burst) {
        const Lane lane = waiting.lane;
        LaneState& state = lanes_[lane];
        state.waiting.push_back(std::move(waiting));
        make_ready(lane, state);
    }
    if (open_) {
        send_ready();
    } else {
        for (auto& [lane, state] : lanes_)
            give_back(state, Moment::max());
    }
}

void Dispatch::make_ready(Lane lane, LaneState& state) {
    if (state.busy || state.queued || state.waiting.empty()) return;
    if (state.resting && state.waiting.size() < limits::max_commands_per_message) return;
    state.queued = true;
    ready_.push_back(lane);
}

void Dispatch::send_ready() {
    while (!ready_.empty() && under_way_ < limits::publisher_window) {
        const Lane lane = ready_.front();
        ready_.pop_front();
        LaneState& state = lanes_[lane];
        state.queued = false;
        if (!state.waiting.empty()) send(lane, state);
    }
}

std::string Dispatch::pack_next(LaneState& state) {
    std::string body = "[";
    while (!state.waiting.empty() && state.under_way.size() < limits::max_commands_per_message) {
        Waiting& next = state.waiting.front();
        const bool fits = body.size() + next.rendered.size() + 2 <= limits::max_message;
        if (!state.under_way.empty()) {
            if (!fits) break;
            body += ',';
        }
        body += next.rendered;
        state.under_way.push_back(std::move(next.answer));
        state.waiting.pop_front();
    }
    body += ']';
    return body;
}

void Dispatch::send(Lane lane, LaneState& state) {
    messaging::Message message{.exchange = std::string(messaging::commands_exchange),
                               .routing_key = lane.text(),
                               .body = pack_next(state),
                               .message_id = {},
                               .mandatory = true,
                               .persistent = true,
                               .reply_to = {},
                               .content_type = "application/vnd.itn+json"};
    state.busy = true;
    state.given_up = false;
    state.sent = steady_clock::now();
    ++under_way_;
    messages_.fetch_add(1, std::memory_order_relaxed);
    broker_.publish(std::move(message), [this, lane, alive = alive_](messaging::Published what) {
        if (*alive) on_published(lane, what);
    });
}

void Dispatch::on_published(Lane lane, messaging::Published what) {
    LaneState& state = lanes_[lane];
    state.busy = false;
    --under_way_;
    if (what == messaging::Published::confirmed) {
        deadlines_in_a_row_ = 0;
        refuse_until_ = 0;
    }
    state.resting = brake_.rest(lane);
    auto callers = std::exchange(state.under_way, {});
    make_ready(lane, state);
    answer(std::move(callers), meaning_of(what));
    if (open_) send_ready();
    finish_drain();
}

void Dispatch::on_rested(Lane lane) {
    LaneState& state = lanes_[lane];
    state.resting = false;
    make_ready(lane, state);
    if (open_) send_ready();
}

void Dispatch::on_state(messaging::State state) {
    const bool was_open = open_.exchange(state == messaging::State::open);
    if (was_open == open_) return;
    if (open_) {
        deadlines_in_a_row_ = 0;
        refuse_until_ = 0;
        send_ready();
        return;
    }
    for (auto& [lane, lane_state] : lanes_)
        give_back(lane_state, Moment::max());
}

void Dispatch::on_tick() {
    const Moment now = steady_clock::now();
    for (auto& [lane, state] : lanes_) {
        give_back(state, now - limits::confirm_deadline);
        if (state.busy && !state.given_up && now - state.sent >= limits::confirm_deadline)
            give_up(state, now);
    }
    finish_drain();
}

void Dispatch::give_up(LaneState& state, Moment now) {
    state.given_up = true;
    if (++deadlines_in_a_row_ >= limits::breaker_deadlines)
        refuse_until_ = (now + limits::breaker_pause).time_since_epoch().count();
    answer(std::exchange(state.under_way, {}), Dispatched::deadline);
}

/// What waits since then or longer was never sent: it may be refused without a doubt.
void Dispatch::give_back(LaneState& state, Moment since_or_before) {
    std::vector<OnDispatched> callers;
    while (!state.waiting.empty() && state.waiting.front().since <= since_or_before) {
        callers.push_back(std::move(state.waiting.front().answer));
        state.waiting.pop_front();
    }
    answer(std::move(callers), Dispatched::unavailable);
}

void Dispatch::answer(std::vector<OnDispatched> callers, Dispatched what) {
    pending_.fetch_sub(callers.size());
    answered_[static_cast<std::size_t>(what)].fetch_add(callers.size(), std::memory_order_relaxed);
    for (const OnDispatched& caller : callers) {
        if (caller) caller(what);
    }
}

void Dispatch::drain(std::function<void()> on_drained) {
    draining_ = true;
    on_drained_ = std::move(on_drained);
    finish_drain();
}

void Dispatch::finish_drain() {
    if (!draining_ || !on_drained_ || pending_ != 0) return;
    loop_.post(std::exchange(on_drained_, nullptr));
}

}  // namespace itn::gateway
