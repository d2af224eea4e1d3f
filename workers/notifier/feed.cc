#include "workers/notifier/feed.h"

#include <utility>

#include "common/base/limits.h"
#include "common/messaging/topology.h"
#include "common/runtime/log.h"

namespace itn::workers::notifier {

Feed::Feed(runtime::Loop& loop, messaging::Broker& broker, JournalThread& journal,
           std::string instance, runtime::Metrics& metrics)
    : broker_(broker),
      journal_(journal),
      instance_(std::move(instance)),
      compare_timer_(loop, [this] { compare(); }),
      gap_timer_(loop, [this] { read_gaps(); }),
      events_(metrics.counter("itn_feed_events_total", "Events emitted in lane order.")),
      gaps_(metrics.counter("itn_feed_gaps_total", "Gaps that were read from the journal.")),
      restarts_(metrics.counter("itn_feed_restarts_total", "Starts anew in another journal.")),
      lag_(metrics.gauge("itn_feed_lag", "Events known to exist and not emitted yet.")),
      held_(metrics.gauge("itn_feed_held", "Events held because an earlier one is missing.")) {}

void Feed::start(Listener& listener) {
    listener_ = &listener;
    broker_.subscribe_own(
        {.name = "itn.watch.notifier." + instance_,
         .max_length = limits::max_watch_queue,
         .bindings = {{std::string(messaging::events_exchange), "#"}}},
        [this](messaging::Delivery delivery) { on_delivery(std::move(delivery.body)); });
    broker_.start([this](messaging::State) {
        // What was published while we were not bound is in the journal alone.
        if (broker_.is_consuming()) compare();
    });
    compare_timer_.start(std::chrono::milliseconds(0), limits::feed_compare);
}

void Feed::on_delivery(std::string body) {
    auto events = scan_events(std::make_shared<const std::string>(std::move(body)));
    const Order::Time at = now();
    for (Event& event : events) {
        if (has_begun() && event.epoch != order_.epoch()) compare();
        order_.offer(std::move(event), at, ready_);
    }
    emit();
}

void Feed::compare() {
    if (is_comparing_) return;
    is_comparing_ = true;
    journal_.position([this, asked = now(), emitted_then = order_.position()](
                          const std::optional<wire::Position>& counters) {
        is_comparing_ = false;
        if (counters) take_counters(*counters, emitted_then, asked);
    });
}

void Feed::take_counters(const wire::Position& counters, const wire::Position& emitted_then,
                         Order::Time asked) {
    if (!has_begun()) {
        begin(counters);
    } else if (!order_.compare(counters, emitted_then, asked, now())) {
        runtime::log_warning("the journal is another one",
                             {{"epoch", counters.epoch}, {"before", order_.epoch()}});
        restarts_.add();
        begin(counters);
        listener_->on_restart();
    }
    listener_->on_compared(counters, asked);
    read_gaps();
}

void Feed::begin(const wire::Position& counters) {
    order_.begin(counters);
    position_.reset(order_.position());
    runtime::log_info("feed begins", {{"position", position_.text()}});
}

void Feed::read_gaps() {
    for (const Gap& gap : order_.due(now(), !broker_.is_consuming()))
        read_gap(gap);
    watch();
}

void Feed::read_gap(const Gap& gap) {
    gaps_.add();
    journal_.read(JournalThread::Urgency::feed, gap.lane, gap.after, limits::max_feed_read,
                  [this, lane = gap.lane](std::optional<std::vector<Event>> events) {
                      const bool has_more = events && !events->empty();
                      if (events)
                          order_.fill(lane, std::move(*events), now(), ready_);
                      else
                          order_.give_up(lane, now());
                      emit();
                      if (has_more) read_gaps();
                  });
}

void Feed::emit() {
    // Emptied first: a listener may come back here.
    const std::vector<Event> ready = std::exchange(ready_, {});
    for (const Event& event : ready) {
        position_.set(event.lane, event.seq);
        listener_->on_event(event, position_.text());
    }
    events_.add(ready.size());
    if (!ready.empty()) listener_->on_moved();
    watch();
}

void Feed::watch() {
    const std::int64_t behind = order_.lag();
    lag_.set(static_cast<double>(behind));
    held_.set(static_cast<double>(order_.held()));
    if (behind == 0) return gap_timer_.stop();
    if (!gap_timer_.is_active()) gap_timer_.start(limits::feed_patience / 2);
}

}  // namespace itn::workers::notifier
