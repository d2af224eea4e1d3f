#pragma once

// Who waits for an outcome (Prefer: wait). Workers reply to a queue of this process's own; a
// waiter is woken by principal and command id. Replies come at most once: whoever hears nothing
// within its time looks the outcome up, or says 202.
//
//   envelope.reply_to = waiters.queue();
//   const auto ticket = waiters.wait(key, timeout, callback);   // before it is submitted
//   if (!dispatch.submit(envelope, lane, …)) waiters.cancel(ticket);

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/base/id.h"
#include "common/messaging/broker.h"
#include "common/runtime/loop.h"
#include "common/wire/notice.h"

namespace itn::gateway {

struct OutcomeKey {
    Principal principal{};
    CommandId id{};
    friend bool operator==(const OutcomeKey&, const OutcomeKey&) = default;
    friend auto operator<=>(const OutcomeKey&, const OutcomeKey&) = default;
};
/// nullopt: time is up. Loop thread, exactly once unless cancelled.
using OnOutcome = std::function<void(const std::optional<wire::Outcome>&)>;

class Waiters final {
public:
    /// The queue is "itn.reply.<component>.<instance>"; it is subscribed at once. Loop thread, like
    /// the destructor, which calls nobody. `loop` and `broker` outlive it.
    Waiters(runtime::Loop& loop, messaging::Broker& broker, const std::string& component,
            const std::string& instance);
    ~Waiters();
    Waiters(const Waiters&) = delete;
    Waiters& operator=(const Waiters&) = delete;

    /// What a command's reply_to must say. Any thread.
    const std::string& queue() const { return queue_; }
    /// Any thread. 0, and nothing is ever called: limits::max_waiters wait already.
    std::uint64_t wait(OutcomeKey key, std::chrono::milliseconds timeout, OnOutcome on_outcome);
    /// Any thread. The callback may still run when it was already on its way.
    void cancel(std::uint64_t ticket);
    std::size_t waiting() const;

private:
    struct Waiter {
        OutcomeKey key{};
        std::chrono::steady_clock::time_point until{};
        OnOutcome on_outcome{};
    };

    using Place = std::unordered_map<std::uint64_t, Waiter>::iterator;

    Place forget(Place waiter);
    void on_reply(const messaging::Delivery& delivery);
    void on_tick();
    std::vector<OnOutcome> take(const OutcomeKey& key);
    std::vector<OnOutcome> take_expired();

    std::string queue_;
    runtime::Timer tick_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    mutable std::mutex mutex_;  // guards what follows
    std::uint64_t next_ticket_ = 1;
    std::unordered_map<std::uint64_t, Waiter> waiters_;
    std::multimap<OutcomeKey, std::uint64_t> tickets_;
};

}  // namespace itn::gateway
