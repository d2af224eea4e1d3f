#include "common/messaging/broker_rabbitmq.h"

#include <utility>

#include "common/messaging/consumer.h"
#include "common/messaging/publisher.h"

namespace itn::messaging {

namespace {

ConnectionSettings named(ConnectionSettings settings, const char* half) {
    settings.name += half;
    return settings;
}

}  // namespace

RabbitBroker::RabbitBroker(runtime::Loop& loop, const ConnectionSettings& settings, LogSink log)
    : loop_(loop),
      publisher_(std::make_unique<Publisher>(loop, named(settings, " publisher"), log,
                                             [this](State state) {
                                                 if (on_state_) on_state_(state);
                                             })),
      consumer_(std::make_unique<Consumer>(loop, named(settings, " consumer"), log, [this] {
          if (on_state_) on_state_(state());
      })) {}

RabbitBroker::~RabbitBroker() = default;

void RabbitBroker::start(std::function<void(State)> on_state) {
    on_state_ = std::move(on_state);
    publisher_->start();
    consumer_->start();
}

State RabbitBroker::state() const {
    return publisher_->state();
}

bool RabbitBroker::is_consuming() const {
    return consumer_->is_consuming();
}

void RabbitBroker::publish(Message message, OnPublished on_published) {
    publisher_->publish(std::move(message), std::move(on_published));
}

std::size_t RabbitBroker::in_flight() const {
    return publisher_->in_flight();
}

void RabbitBroker::ask_depth(const std::string& queue, OnDepth on_depth) {
    publisher_->ask_depth(queue, std::move(on_depth));
}

void RabbitBroker::subscribe(std::string queue, std::uint16_t prefetch, OnDelivery on_delivery) {
    consumer_->subscribe(std::move(queue), prefetch, std::move(on_delivery));
}

void RabbitBroker::subscribe_own(OwnQueue queue, OnDelivery on_delivery) {
    consumer_->subscribe_own(std::move(queue), std::move(on_delivery));
}

void RabbitBroker::unsubscribe(const std::string& queue) {
    consumer_->unsubscribe(queue);
}

void RabbitBroker::ack(const DeliveryTag& tag) {
    consumer_->ack(tag);
}

void RabbitBroker::stop(std::function<void()> on_stopped) {
    on_stopped_ = std::move(on_stopped);
    publisher_->stop([this] { half_stopped(); });
    consumer_->stop([this] { half_stopped(); });
}

// Posted, so that whoever is told may destroy this broker.
void RabbitBroker::half_stopped() {
    if (--halves_to_stop_ > 0) return;
    loop_.post([done = std::exchange(on_stopped_, nullptr)] {
        if (done) done();
    });
}

}  // namespace itn::messaging
