#include "workers/ingress/partner_queue.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/runtime/log.h"

namespace itn::workers::ingress {

namespace {

using std::chrono::milliseconds;

/// How soon a message is looked at again that could not be judged or paid for.
constexpr milliseconds least_pause{5};
constexpr milliseconds most_pause{1'000};

}  // namespace

PartnerQueue::PartnerQueue(const Room& room, storage::Partner partner,
                           std::function<void()> on_idle)
    : room_(room),
      on_idle_(std::move(on_idle)),
      backoff_(limits::reconnect_first, most_pause),
      again_(room.loop, [this] { advance(); }) {
    know(std::move(partner));
}

PartnerQueue::~PartnerQueue() = default;

void PartnerQueue::know(storage::Partner partner) {
    partner_ = std::move(partner);
    known_at_ = room_.clock.steady();
}

bool PartnerQueue::is_current() const {
    return room_.clock.steady() - known_at_ < limits::partners_overdue;
}

void PartnerQueue::receive(messaging::Delivery delivery) {
    if (is_stopped_) return;
    // The queue was opened anew: what was delivered before comes again.
    std::erase_if(waiting_, [&](const messaging::Delivery& other) {
        return other.tag.generation != delivery.tag.generation;
    });
    waiting_.push_back(std::move(delivery));
    next();
}

void PartnerQueue::stop() {
    is_stopped_ = true;
    waiting_.clear();
    if (hand_ && hand_->unanswered == 0) hand_.reset();
    again_.stop();
}

void PartnerQueue::next() {
    if (hand_ || waiting_.empty()) return;
    hand_.emplace().delivery = std::move(waiting_.front());
    waiting_.pop_front();
    advance();
}

void PartnerQueue::advance() {
    if (!hand_ || hand_->unanswered > 0) return;
    if (!hand_->is_judged) {
        if (!is_current()) return hold();
        if (!hand_->parsed) hand_->parsed = wire::parse_partner_message(hand_->delivery.body);
        if (!pay()) return;
        judge_hand();
    }
    send();
}

void PartnerQueue::hold() {
    room_.metrics
        .counter("itn_ingress_held_total",
                 "Times that a message waited because it was not known who may come in.")
        .add();
    pause(most_pause);
}

bool PartnerQueue::pay() {
    if (hand_->is_paid) return true;
    const std::size_t commands = *hand_->parsed ? hand_->parsed->value().size() : 1;
    const auto spent = room_.budgets.spend(partner_.principal().text(), gateway::RateClass::queue,
                                           room_.clock.now(), std::int64_t(commands));
    hand_->is_paid = spent.ok;
    if (spent.ok) return true;
    room_.metrics
        .counter("itn_ingress_waits_total", "Messages that waited because of their partner's rate.")
        .add();
    pause(std::chrono::ceil<milliseconds>(spent.retry_after));
    return false;
}

void PartnerQueue::judge_hand() {
    auto judged = judge(hand_->delivery, *std::move(hand_->parsed),
                        {.partner = partner_,
                         .catalogue = *room_.catalogue.get(),
                         .now = room_.clock.now(),
                         .shards = room_.shards});
    room_.metrics.counter("itn_ingress_commands_total", "Commands of partners that were taken.")
        .add(judged.commands.size());
    for (const auto& refusal : judged.refusals)
        count(refusal);
    for (auto& stamped : judged.commands)
        hand_->commands.push_back({.place = hand_->commands.size(), .stamped = std::move(stamped)});
    for (auto& [queue, body] : reply_messages(judged.refusals))
        hand_->replies.emplace_back(queue, body);
    hand_->is_judged = true;
}

void PartnerQueue::count(const Refusal& refusal) {
    room_.metrics
        .counter("itn_ingress_refused_total", "Commands of partners refused at the door.",
                 {{"reason", refusal.problem.slug}})
        .add();
    const auto& faults = refusal.problem.faults;
    runtime::log_debug(
        "command refused",
        {{"partner", partner_.name}, {"command_id", refusal.id}, {"reason", refusal.problem.slug}});
    if (refusal.problem.slug != "forbidden") return;
    room_.audit.note(
        {.at = room_.clock.now(),
         .event = "forbidden",
         .principal = partner_.principal(),
         .peer = "amqp",
         .subject = "command " + refusal.id,
         .detail = (faults.empty() ? "" : faults.front().pointer + " ") + refusal.problem.detail});
}

void PartnerQueue::send() {
    // Counted as one until all are sent, so that no answer finds the work done too early.
    hand_->unanswered = 1;
    for (auto& command : std::exchange(hand_->commands, {}))
        submit(std::move(command));
    for (auto& message : std::exchange(hand_->replies, {}))
        reply(std::move(message));
    answered();
}

void PartnerQueue::submit(Placed command) {
    const auto kept = std::make_shared<Placed>(std::move(command));
    const auto on_dispatched = [this, kept,
                                alive = std::weak_ptr(alive_)](gateway::Dispatched what) {
        if (alive.expired()) return;
        if (what != gateway::Dispatched::accepted) hand_->commands.push_back(std::move(*kept));
        answered();
    };
    ++hand_->unanswered;
    if (room_.dispatch.submit(kept->stamped.envelope, kept->stamped.lane, on_dispatched)) return;
    --hand_->unanswered;
    hand_->commands.push_back(std::move(*kept));
}

void PartnerQueue::reply(Reply reply) {
    messaging::Message message{.exchange = "",
                               .routing_key = reply.first,
                               .body = reply.second,
                               .mandatory = false,
                               .persistent = false};
    ++hand_->unanswered;
    room_.broker.publish(std::move(message),
                         [this, kept = std::move(reply), alive = std::weak_ptr(alive_)](auto what) {
                             if (alive.expired()) return;
                             // A queue that is full or gone is the partner's own affair.
                             if (what == messaging::Published::lost) hand_->replies.push_back(kept);
                             answered();
                         });
}

void PartnerQueue::answered() {
    if (--hand_->unanswered == 0) settle();
}

void PartnerQueue::settle() {
    if (hand_->commands.empty() && hand_->replies.empty()) {
        room_.metrics.counter("itn_ingress_messages_total", "Messages of partners that are done.")
            .add();
        room_.broker.ack(hand_->delivery.tag);
        backoff_.reset();
        hand_.reset();
        if (is_stopped_) return on_idle_();
        return next();
    }
    if (is_stopped_) {
        hand_.reset();
        return on_idle_();
    }
    // Commands keep the order in which the partner wrote them, also when they are sent again.
    std::ranges::sort(hand_->commands, {}, &Placed::place);
    room_.metrics
        .counter("itn_ingress_retries_total", "Messages sent again since no lane took them.")
        .add();
    pause(backoff_.next());
}

void PartnerQueue::pause(milliseconds delay) {
    again_.start(std::clamp(delay, least_pause, most_pause));
}

}  // namespace itn::workers::ingress
