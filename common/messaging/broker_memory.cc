#include "common/messaging/broker_memory.h"

#include <algorithm>
#include <utility>

namespace itn::messaging {

MemoryBroker::MemoryBroker(runtime::Loop& loop, std::shared_ptr<MemoryServer> server,
                           std::string user)
    : loop_(loop), server_(std::move(server)), user_(std::move(user)) {}

MemoryBroker::~MemoryBroker() {
    *alive_ = false;
    server_->disconnect(*this);
}

// `alive_` is written and read on the loop thread alone: the destructor runs there too.
void MemoryBroker::post(std::function<void()> task) {
    loop_.post([alive = alive_, moved = std::move(task)] {
        if (*alive) moved();
    });
}

void MemoryBroker::start(std::function<void(State)> on_state) {
    on_state_ = std::move(on_state);
    server_->connect(*this);
}

void MemoryBroker::cut() {
    server_->cut(*this);
}

bool MemoryBroker::is_consuming() const {
    return connection_ != 0 && std::ranges::all_of(subscriptions_, [](const auto& named) {
               return named.second.generation != 0;
           });
}

void MemoryBroker::publish(Message message, OnPublished on_published) {
    if (state_ != State::open || stopped_) {
        ++unsent_;
        post([this, answer = std::move(on_published)] {
            --unsent_;
            answer(Published::lost);
        });
        return;
    }
    const std::uint64_t tag = next_tag_++;
    outstanding_.emplace(tag, std::move(on_published));
    server_->publish(*this, tag, std::move(message), user_);
}

void MemoryBroker::ask_depth(const std::string& queue, OnDepth on_depth) {
    const bool can_ask = state_ == State::open && !stopped_;
    post([depth = can_ask ? server_->ready(queue) : std::nullopt, answer = std::move(on_depth)] {
        answer(depth);
    });
}

void MemoryBroker::subscribe(std::string queue, std::uint16_t prefetch, OnDelivery on_delivery) {
    auto& subscription = subscriptions_[queue];
    subscription.prefetch = prefetch;
    subscription.on_delivery = std::move(on_delivery);
    if (connection_ != 0) establish(queue, subscription);
}

void MemoryBroker::subscribe_own(OwnQueue queue, OnDelivery on_delivery) {
    const std::string name = queue.name;
    auto& subscription = subscriptions_[name];
    subscription.own = std::move(queue);
    subscription.on_delivery = std::move(on_delivery);
    if (connection_ != 0) establish(name, subscription);
}

void MemoryBroker::establish(const std::string& queue, const Subscription& subscription) {
    if (subscription.own.name.empty()) {
        server_->subscribe(*this, queue, subscription.prefetch);
    } else {
        server_->subscribe_own(*this, subscription.own);
    }
}

void MemoryBroker::unsubscribe(const std::string& queue) {
    if (subscriptions_.erase(queue) > 0) server_->close_channel(*this, queue);
}

void MemoryBroker::ack(const DeliveryTag& tag) {
    const auto found = subscriptions_.find(tag.queue);
    if (found != subscriptions_.end() && found->second.generation == tag.generation)
        server_->ack(*this, tag);
}

void MemoryBroker::stop(std::function<void()> on_stopped) {
    stopped_ = true;
    server_->disconnect(*this);
    connection_ = 0;
    post([this, done = std::move(on_stopped)] {
        lose_outstanding();
        if (done) done();
    });
}

void MemoryBroker::on_connected(std::uint64_t connection) {
    if (stopped_) return;
    connection_ = connection;
    for (const auto& [queue, subscription] : subscriptions_)
        establish(queue, subscription);
    change(State::open);
}

void MemoryBroker::on_disconnected(std::uint64_t connection) {
    if (stopped_ || connection < connection_) return;
    connection_ = 0;
    for (auto& [queue, subscription] : subscriptions_)
        subscription.generation = 0;
    change(State::connecting);
    lose_outstanding();
    server_->connect(*this);
}

void MemoryBroker::on_blocked(bool blocked) {
    if (connection_ != 0) change(blocked ? State::blocked : State::open);
}

void MemoryBroker::on_answer(std::uint64_t connection, std::uint64_t tag, Published what) {
    if (connection != connection_) return;
    if (auto node = outstanding_.extract(tag)) node.mapped()(what);
}

void MemoryBroker::on_consuming(const std::string& queue, std::uint64_t generation) {
    const auto found = subscriptions_.find(queue);
    if (found == subscriptions_.end() || connection_ == 0) return;
    found->second.generation = generation;
    if (on_state_ && is_consuming()) on_state_(state_);
}

void MemoryBroker::on_delivery(Delivery delivery) {
    const auto found = subscriptions_.find(delivery.tag.queue);
    if (found == subscriptions_.end() || found->second.generation != delivery.tag.generation)
        return;
    const OnDelivery on_delivery = found->second.on_delivery;
    on_delivery(std::move(delivery));
}

void MemoryBroker::lose_outstanding() {
    for (auto& [tag, answer] : std::exchange(outstanding_, {}))
        answer(Published::lost);
}

void MemoryBroker::change(State state) {
    if (state_ == state) return;
    state_ = state;
    if (on_state_) on_state_(state);
}

}  // namespace itn::messaging
