#include "common/gateway/waiters.h"

#include <utility>

#include "common/base/limits.h"

namespace itn::gateway {

namespace {

/// One coarse timer for all: a time-out is late by no more than this.
constexpr std::chrono::milliseconds tick_period{50};

void call(const std::vector<OnOutcome>& callbacks, const std::optional<wire::Outcome>& outcome) {
    for (const OnOutcome& callback : callbacks)
        callback(outcome);
}

}  // namespace

Waiters::Waiters(runtime::Loop& loop, messaging::Broker& broker, const std::string& component,
                 const std::string& instance)
    : queue_("itn.reply." + component + "." + instance), tick_(loop, [this] { on_tick(); }) {
    broker.subscribe_own(
        messaging::OwnQueue{.name = queue_, .max_length = limits::max_watch_queue, .bindings = {}},
        [this, alive = alive_](const messaging::Delivery& delivery) {
            if (*alive) on_reply(delivery);
        });
    tick_.start(tick_period, tick_period);
}

Waiters::~Waiters() {
    *alive_ = false;
}

std::uint64_t Waiters::wait(OutcomeKey key, std::chrono::milliseconds timeout,
                            OnOutcome on_outcome) {
    const auto until = std::chrono::steady_clock::now() + timeout;
    const std::lock_guard lock(mutex_);
    if (waiters_.size() >= limits::max_waiters) return 0;
    const std::uint64_t ticket = next_ticket_++;
    tickets_.emplace(key, ticket);
    waiters_.emplace(
        ticket, Waiter{.key = std::move(key), .until = until, .on_outcome = std::move(on_outcome)});
    return ticket;
}

void Waiters::cancel(std::uint64_t ticket) {
    const std::lock_guard lock(mutex_);
    const auto found = waiters_.find(ticket);
    if (found != waiters_.end()) forget(found);
}

std::size_t Waiters::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiters_.size();
}

Waiters::Place Waiters::forget(Place waiter) {
    const auto [from, to] = tickets_.equal_range(waiter->second.key);
    for (auto at = from; at != to; ++at) {
        if (at->second != waiter->first) continue;
        tickets_.erase(at);
        break;
    }
    return waiters_.erase(waiter);
}

void Waiters::on_reply(const messaging::Delivery& delivery) {
    for (const wire::Outcome& outcome : wire::parse_outcomes(delivery.body))
        call(take(OutcomeKey{.principal = outcome.principal, .id = outcome.id}), outcome);
}

void Waiters::on_tick() {
    call(take_expired(), std::nullopt);
}

std::vector<OnOutcome> Waiters::take(const OutcomeKey& key) {
    std::vector<OnOutcome> callbacks;
    const std::lock_guard lock(mutex_);
    const auto [from, to] = tickets_.equal_range(key);
    for (auto at = from; at != to; ++at) {
        const auto waiter = waiters_.find(at->second);
        callbacks.push_back(std::move(waiter->second.on_outcome));
        waiters_.erase(waiter);
    }
    tickets_.erase(from, to);
    return callbacks;
}

std::vector<OnOutcome> Waiters::take_expired() {
    const auto now = std::chrono::steady_clock::now();
    std::vector<OnOutcome> callbacks;
    const std::lock_guard lock(mutex_);
    for (auto at = waiters_.begin(); at != waiters_.end();) {
        if (at->second.until > now) {
            ++at;
            continue;
        }
        callbacks.push_back(std::move(at->second.on_outcome));
        at = forget(at);
    }
    return callbacks;
}

}  // namespace itn::gateway
