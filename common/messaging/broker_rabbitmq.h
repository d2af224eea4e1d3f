#pragma once

// Broker over a real RabbitMQ: a Publisher and a Consumer, each with a connection of its own, since
// an alarm at the broker stops whatever publishes and must not stop consumption.

#include <functional>
#include <memory>
#include <string>

#include "common/messaging/broker.h"
#include "common/messaging/connection.h"
#include "common/messaging/session.h"

namespace itn::messaging {

class Consumer;
class Publisher;

class RabbitBroker final : public Broker {
public:
    /// `settings.name` is the process's name; the connections are called "<name> publisher" and
    /// "<name> consumer". `log` may be empty; it is called on the loop thread.
    RabbitBroker(runtime::Loop& loop, const ConnectionSettings& settings, LogSink log);
    /// Drops both connections without a word and answers nothing; stop() first. Not inside a
    /// callback of this broker, except that of stop().
    ~RabbitBroker() override;

    void start(std::function<void(State)> on_state) override;
    State state() const override;
    bool is_consuming() const override;
    void publish(Message message, OnPublished on_published) override;
    std::size_t in_flight() const override;
    void ask_depth(const std::string& queue, OnDepth on_depth) override;
    void subscribe(std::string queue, std::uint16_t prefetch, OnDelivery on_delivery) override;
    void subscribe_own(OwnQueue queue, OnDelivery on_delivery) override;
    void unsubscribe(const std::string& queue) override;
    void ack(const DeliveryTag& tag) override;
    void stop(std::function<void()> on_stopped) override;

private:
    void half_stopped();

    runtime::Loop& loop_;
    std::function<void(State)> on_state_;
    std::function<void()> on_stopped_;
    int halves_to_stop_ = 2;
    std::unique_ptr<Publisher> publisher_;
    std::unique_ptr<Consumer> consumer_;
};

}  // namespace itn::messaging
