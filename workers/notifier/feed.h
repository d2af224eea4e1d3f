#pragma once

// Every event of the system, in lane order and without a gap. The broker brings them fast, through
// a queue of our own that may lose any of them; the journal has them all. The feed starts at the
// lanes' counters, compares with them every limits::feed_compare and whenever the broker came back,
// and reads what did not come. A dead broker therefore only delays events, and a dead database only
// those that the broker lost. Loop thread only.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/messaging/broker.h"
#include "common/runtime/loop.h"
#include "common/runtime/metrics.h"
#include "workers/notifier/journal_thread.h"
#include "workers/notifier/order.h"
#include "workers/notifier/position_text.h"

namespace itn::workers::notifier {

/// Who hears the feed.
class Listener {
public:
    virtual ~Listener() = default;
    /// The next event; `position` is where the feed stands after it.
    virtual void on_event(const Event& event, const std::string& position) = 0;
    /// Some events were emitted: the feed's position moved.
    virtual void on_moved() = 0;
    /// The counters, read after `asked`.
    virtual void on_compared(const wire::Position& counters, Order::Time asked) = 0;
    /// The journal is another one than before; the feed starts anew at its end.
    virtual void on_restart() = 0;
};

class Feed final {
public:
    /// `instance` names our queue: itn.watch.notifier.<instance>.
    Feed(runtime::Loop& loop, messaging::Broker& broker, JournalThread& journal,
         std::string instance, runtime::Metrics& metrics);
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    /// Starts the broker too. `listener` outlives the feed's last turn of the loop.
    void start(Listener& listener);

    /// Whether the feed knows where it stands; it never goes back to false.
    bool has_begun() const { return order_.has_begun(); }
    const PositionText& position() const { return position_; }
    /// Events that are known to exist and not emitted yet.
    std::int64_t lag() const { return order_.lag(); }

private:
    void on_delivery(std::string body);
    void compare();
    void take_counters(const wire::Position& counters, const wire::Position& emitted_then,
                       Order::Time asked);
    void begin(const wire::Position& counters);
    void read_gaps();
    void read_gap(const Gap& gap);
    void emit();
    void watch();
    static Order::Time now() { return std::chrono::steady_clock::now(); }

    messaging::Broker& broker_;
    JournalThread& journal_;
    std::string instance_;
    Listener* listener_ = nullptr;
    Order order_;
    PositionText position_;
    std::vector<Event> ready_;
    bool is_comparing_ = false;
    runtime::Timer compare_timer_;
    runtime::Timer gap_timer_;
    runtime::Counter& events_;
    runtime::Counter& gaps_;
    runtime::Counter& restarts_;
    runtime::Gauge& lag_;
    runtime::Gauge& held_;
};

}  // namespace itn::workers::notifier
