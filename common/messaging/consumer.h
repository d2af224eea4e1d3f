#pragma once

// The consuming half of a RabbitBroker: one connection, one channel per subscription. A channel
// that the broker closes, or whose consumer it cancels, is opened again with backoff; a lost
// connection brings all of them back.
//
// Acknowledgements are saved up during a turn of the loop (AckWindow) and leave in its write.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/messaging/ack_window.h"
#include "common/messaging/broker.h"
#include "common/messaging/session.h"

namespace itn::messaging {

class Consumer final {
public:
    /// `on_consuming` is called each time is_consuming() became true.
    Consumer(runtime::Loop& loop, ConnectionSettings settings, LogSink log,
             std::function<void()> on_consuming);
    ~Consumer();

    void start() { session_.start(); }
    bool is_consuming() const;
    void subscribe(std::string queue, std::uint16_t prefetch, OnDelivery on_delivery);
    void subscribe_own(OwnQueue queue, OnDelivery on_delivery);
    void unsubscribe(const std::string& queue);
    void ack(const DeliveryTag& tag);
    void stop(std::function<void()> done);

private:
    struct Subscription;
    struct Channel;

    Connection::Handlers handlers();
    void add(const std::string& queue, std::shared_ptr<Subscription> subscription);
    void open_channel(const std::shared_ptr<Subscription>& subscription);
    void declare_own(FrameWriter& frames, std::uint16_t channel, const OwnQueue& own);
    std::uint16_t free_channel();
    void take(std::uint16_t number, const amqp_method_t& method);
    void take_delivery(Content content);
    void established(Channel& channel);
    void channel_closed_by_broker(std::uint16_t number, const amqp_channel_close_t& close);
    void cancelled_by_broker(std::uint16_t number);
    void give_up(std::uint16_t number);
    void retry(Subscription& subscription);
    void send_acks(Channel& channel);
    void send_all_acks();
    void connection_lost();

    runtime::Loop& loop_;
    std::function<void()> on_consuming_;
    std::map<std::string, std::shared_ptr<Subscription>> subscriptions_;
    std::vector<std::unique_ptr<Channel>> channels_;  // by number; null when free
    std::vector<std::uint16_t> with_acks_;            // channels with something to acknowledge
    std::uint64_t next_generation_ = 1;
    bool stopping_ = false;
    Session session_;
};

}  // namespace itn::messaging
