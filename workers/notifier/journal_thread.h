#pragma once

// The notifier's conversation with the journal, on a thread of its own so that the loop never waits
// for a database. Calls are made and answered on the loop thread; the feed's go before those of
// clients that catch up, and looking things up comes last.

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/gateway/doorkeeper.h"
#include "common/runtime/loop.h"
#include "common/wire/notice.h"
#include "common/wire/position.h"
#include "workers/notifier/event.h"
#include "workers/notifier/hub.h"

namespace itn::workers::notifier {

/// How the journal is read; called on the journal thread alone. All may throw, which fails the one
/// call.
struct JournalCalls {
    /// The lanes' counters, in one snapshot.
    std::function<wire::Position()> position;
    /// Entries of one lane with seq > after, in order.
    std::function<std::vector<wire::JournalEntry>(Lane lane, std::int64_t after, std::size_t limit)>
        read;
    /// Whether there is such a trade (trade_id) or shipment (cargo_id) that this caller may read.
    std::function<bool(const identity::Caller& caller, const Topic& topic)> may_read;
};

class JournalThread final {
public:
    enum class Urgency : std::uint8_t { feed, client, look_up };
    static constexpr std::size_t urgencies = 3;
    /// nullopt: the journal could not be read; ask again later.
    using OnPosition = std::function<void(std::optional<wire::Position>)>;
    using OnEvents = std::function<void(std::optional<std::vector<Event>>)>;
    using OnMayRead = std::function<void(std::optional<bool>)>;
    /// Asked on the journal thread: whether anybody waits for the answer still.
    using IsWanted = std::function<bool()>;

    JournalThread(runtime::Loop& loop, JournalCalls calls);
    /// Waits for the call under way. Answers that are still to come are dropped.
    ~JournalThread();
    JournalThread(const JournalThread&) = delete;
    JournalThread& operator=(const JournalThread&) = delete;

    void position(OnPosition on_position);
    /// The events are marked with the epoch that held after the reading. What is not wanted any
    /// more when its turn comes is neither read nor answered.
    void read(Urgency urgency, Lane lane, std::int64_t after, std::size_t limit, OnEvents on_events,
              IsWanted is_wanted = {});
    void may_read(gateway::VisitorPtr visitor, Topic topic, OnMayRead on_may_read);

    /// Any thread. Whether the last call went well.
    bool is_reachable() const { return is_reachable_.load(std::memory_order_relaxed); }

private:
    using Task = std::function<void()>;

    void enqueue(Urgency urgency, Task task);
    void run(const std::stop_token& stop);
    /// Runs on the journal thread, then `deliver` with its result on the loop.
    template <class T>
    void answer(const std::function<T()>& work, std::function<void(std::optional<T>)> deliver);

    runtime::Loop& loop_;
    JournalCalls calls_;
    std::atomic<bool> is_reachable_{false};
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::array<std::deque<Task>, urgencies> waiting_;  // by Urgency
    std::jthread thread_;
};

}  // namespace itn::workers::notifier
