#include "workers/pump.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/base/limits.h"
#include "common/messaging/topology.h"
#include "common/runtime/log.h"
#include "workers/intake.h"

namespace itn::workers {

struct Pump::Counters {
    Counters(runtime::Metrics& metrics, Family family)
        : labels({{"family", std::string(name(family))}}),
          batch(metrics.histogram("itn_batch_commands", "Commands committed together.", labels,
                                  runtime::size_buckets())),
          batch_seconds(
              metrics.histogram("itn_batch_seconds", "From hand-over to commit.", labels)),
          applied(outcome(metrics, "applied")),
          rejected(outcome(metrics, "rejected")),
          failed(outcome(metrics, "failed")),
          unreadable(metrics.counter("itn_unreadable_messages_total",
                                     "Messages or elements that could not be read and were parked.",
                                     labels)),
          waiting(
              metrics.gauge("itn_waiting_messages", "Messages that wait for a batch.", labels)) {}

    runtime::Counter& outcome(runtime::Metrics& metrics, const std::string& kind) {
        runtime::Labels with = labels;
        with.emplace_back("outcome", kind);
        return metrics.counter("itn_commands_total", "Commands by what became of them.", with);
    }
    runtime::Counter& of(wire::OutcomeKind kind) {
        switch (kind) {
            case wire::OutcomeKind::applied:
                return applied;
            case wire::OutcomeKind::rejected:
                return rejected;
            case wire::OutcomeKind::failed:
                break;
        }
        return failed;
    }

    runtime::Labels labels;
    runtime::Histogram& batch;
    runtime::Histogram& batch_seconds;
    runtime::Counter& applied;
    runtime::Counter& rejected;
    runtime::Counter& failed;
    runtime::Counter& unreadable;
    runtime::Gauge& waiting;
};

Pump::Pump(runtime::Loop& loop, messaging::Broker& broker, std::unique_ptr<storage::Store> batches,
           std::unique_ptr<storage::Store> clerk, const runtime::Clock& clock,
           runtime::Metrics& metrics, PumpOptions options)
    : loop_(loop),
      broker_(broker),
      clock_(clock),
      options_(std::move(options)),
      counters_(std::make_unique<Counters>(metrics, options_.family)),
      drain_timer_(loop, [this] { end_drain(); }),
      store_(std::move(batches)),
      outbox_(loop, broker, std::move(clerk),
              {.epoch = options_.epoch,
               .shards = options_.shards,
               .clerk = {.family = options_.family,
                         .instance = options_.instance,
                         .host = options_.host,
                         .lanes = options_.shards},
               .on_trouble =
                   [this](const std::string& trouble) {
                       const std::lock_guard lock(mutex_);
                       clerk_trouble_ = trouble;
                   }}),
      store_thread_([this] { run_store(); }) {}

Pump::~Pump() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    stop_.set();
    handed_over_.notify_all();
    store_thread_.join();
}

void Pump::start() {
    const auto prefetch = std::max<std::uint16_t>(
        1, static_cast<std::uint16_t>(limits::held_messages / options_.shards));
    for (std::uint16_t shard = 0; shard < options_.shards; ++shard) {
        broker_.subscribe(messaging::queue_name({.family = options_.family, .shard = shard}),
                          prefetch,
                          [this](messaging::Delivery delivery) { receive(std::move(delivery)); });
    }
}

void Pump::on_broker_state(messaging::State state) {
    if (state == messaging::State::open) outbox_.resume();
}

std::optional<std::string> Pump::trouble() const {
    const std::lock_guard lock(mutex_);
    if (!trouble_.empty()) return trouble_;
    if (!clerk_trouble_.empty()) return clerk_trouble_;
    return std::nullopt;
}

void Pump::receive(messaging::Delivery delivery) {
    if (is_draining_) return;  // goes back to the queue with its channel
    auto& generation = generations_[delivery.tag.queue];
    if (std::exchange(generation, delivery.tag.generation) != delivery.tag.generation) {
        // The channel was opened anew: what came through the old one comes again.
        std::erase_if(waiting_, [&](const messaging::Delivery& old) {
            return old.tag.queue == delivery.tag.queue;
        });
    }
    waiting_.push_back(std::move(delivery));
    hand_over();
}

/// Gives the store thread what waits, unless it is busy.
void Pump::hand_over() {
    counters_->waiting.set(static_cast<double>(waiting_.size()));
    if (is_deciding_ || waiting_.empty()) return;
    Work work;
    std::size_t bytes = 0;
    while (!waiting_.empty()) {
        bytes += waiting_.front().body.size();
        if (!work.deliveries.empty() && bytes > limits::max_batch_bytes) break;
        work.deliveries.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    is_deciding_ = true;
    const std::lock_guard lock(mutex_);
    work_ = std::move(work);
    handed_over_.notify_one();
}

void Pump::finish(Done done) {
    is_deciding_ = false;
    if (!done.is_stopped) {
        for (const auto& tag : done.tags)
            broker_.ack(tag);
        answer(std::move(done.committed.answers));
        outbox_.committed(std::move(done.committed.happened));
    }
    if (is_draining_) return end_drain();
    hand_over();
}

void Pump::answer(std::vector<Answer> answers) {
    std::map<std::string, std::vector<std::string>> replies;
    for (const Answer& one : answers) {
        counters_->of(one.outcome.kind).add();
        if (one.reply_to.empty()) continue;
        replies[one.reply_to].push_back(wire::render(one.outcome, options_.epoch));
    }
    for (const auto& [queue, rendered] : replies) {
        messaging::Message message;
        message.routing_key = queue;
        message.body = wire::pack(rendered);
        message.mandatory = false;
        message.persistent = false;
        // At most once: whoever hears nothing sends the same id again.
        broker_.publish(std::move(message), [](messaging::Published) {});
    }
}

void Pump::drain(std::chrono::milliseconds grace, std::function<void()> on_drained) {
    is_draining_ = true;
    waiting_.clear();
    on_drained_ = std::move(on_drained);
    drain_until_ = clock_.steady() + grace;
    drain_timer_.start(std::chrono::milliseconds(0), std::chrono::milliseconds(10));
}

void Pump::end_drain() {
    const bool is_late = clock_.steady() >= drain_until_;
    if (is_late) stop_.set();
    if (!on_drained_ || is_deciding_) return;
    if (!is_late && !(outbox_.is_idle() && broker_.in_flight() == 0)) return;
    drain_timer_.stop();
    std::exchange(on_drained_, nullptr)();
}

void Pump::run_store() {
    CommitterOptions options = options_.committer;
    options.on_trouble = [this](const std::string& trouble) {
        const std::lock_guard lock(mutex_);
        trouble_ = trouble;
    };
    Committer committer(*store_, clock_, stop_, std::move(options));
    for (;;) {
        Work work;
        {
            std::unique_lock lock(mutex_);
            handed_over_.wait(lock, [this] { return is_ending_ || work_; });
            if (is_ending_) return;
            work = std::move(*work_);
            work_.reset();
        }
        auto done = std::make_shared<Done>(decide(std::move(work), committer));
        loop_.post([this, alive = std::weak_ptr(alive_), done] {
            if (!alive.expired()) finish(std::move(*done));
        });
    }
}

Pump::Done Pump::decide(Work work, Committer& committer) {
    const auto began = clock_.steady();
    Done done;
    for (const auto& delivery : work.deliveries)
        done.tags.push_back(delivery.tag);
    try {
        const Intake intake = read(work.deliveries, options_.shards, options_.users);
        if (!intake.unreadable.empty()) committer.park_unreadable(intake.unreadable);
        counters_->unreadable.add(intake.unreadable.size());
        done.committed = committer.process(intake.items);
        counters_->batch.observe(static_cast<double>(intake.items.size()));
        counters_->batch_seconds.observe(clock_.steady() - began);
    } catch (const Stopped&) {
        done.is_stopped = true;
    }
    return done;
}

}  // namespace itn::workers
