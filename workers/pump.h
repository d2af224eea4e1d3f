#pragma once

// The one loop of a worker: receive → decide → commit → publish → settle.
//
// Deliveries of all lanes wait in arrival order. Whenever the store thread is free it gets what
// waits, whole messages up to limits::max_batch_bytes; so a batch is what arrived while the last
// one was being committed. When it comes back every message of it is acknowledged (the ack waits
// for the commit and for nothing else), senders are answered and the outbox publishes.

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/messaging/broker.h"
#include "common/runtime/clock.h"
#include "common/runtime/loop.h"
#include "common/runtime/metrics.h"
#include "common/storage/store.h"
#include "workers/committer.h"
#include "workers/intake.h"
#include "workers/outbox.h"

namespace itn::workers {

struct PumpOptions {
    Family family = Family::trade;
    std::uint16_t shards = 0;
    std::string epoch{};
    std::string instance{};
    std::string host{};
    BrokerUsers users{};
    CommitterOptions committer{};
};

class Pump final {
public:
    /// `batches` is used by the store thread, `clerk` by the outbox's. Loop thread only.
    Pump(runtime::Loop& loop, messaging::Broker& broker, std::unique_ptr<storage::Store> batches,
         std::unique_ptr<storage::Store> clerk, const runtime::Clock& clock,
         runtime::Metrics& metrics, PumpOptions options);
    ~Pump();
    Pump(const Pump&) = delete;
    Pump& operator=(const Pump&) = delete;

    /// Subscribes to every lane of the family. The broker must have been started.
    void start();
    /// To be called for each change of the broker's state.
    void on_broker_state(messaging::State state);
    /// Takes nothing more, finishes the batch in hand, acknowledges, publishes what was committed
    /// for at most `grace`, then calls `on_drained`.
    void drain(std::chrono::milliseconds grace, std::function<void()> on_drained);

    /// What keeps this worker from committing; nullopt when nothing does. Any thread.
    std::optional<std::string> trouble() const;

private:
    struct Work {
        std::vector<messaging::Delivery> deliveries{};
    };
    struct Done {
        std::vector<messaging::DeliveryTag> tags{};
        Committed committed{};
        bool is_stopped = false;
    };
    struct Counters;

    void receive(messaging::Delivery delivery);
    void hand_over();
    void finish(Done done);
    void answer(std::vector<Answer> answers);
    void end_drain();

    void run_store();
    Done decide(Work work, Committer& committer);

    runtime::Loop& loop_;
    messaging::Broker& broker_;
    const runtime::Clock& clock_;
    PumpOptions options_;
    std::unique_ptr<Counters> counters_;

    std::deque<messaging::Delivery> waiting_;
    std::map<std::string, std::uint64_t> generations_;  // of each queue's newest delivery
    bool is_deciding_ = false;
    bool is_draining_ = false;
    std::function<void()> on_drained_;
    runtime::Timer drain_timer_;
    std::chrono::steady_clock::time_point drain_until_{};

    mutable std::mutex mutex_;  // guards what follows, down to the blank line
    std::condition_variable handed_over_;
    std::optional<Work> work_;
    bool is_ending_ = false;
    std::string trouble_;
    std::string clerk_trouble_;

    StopFlag stop_;
    std::unique_ptr<storage::Store> store_;
    Outbox outbox_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::thread store_thread_;  // last: it uses all of the above
};

}  // namespace itn::workers
