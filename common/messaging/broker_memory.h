#pragma once

// The fake of broker.h: one process's connection to a MemoryServer. Several of them, each on a loop
// of its own thread, may share one server. It reconnects by itself at once after a cut, and as soon
// as the server is up() again after a down().

#include <map>
#include <memory>
#include <mutex>

#include "common/messaging/broker.h"
#include "common/messaging/broker_memory_server.h"
#include "common/runtime/loop.h"

namespace itn::messaging {

class MemoryBroker final : public Broker, private MemoryPeer {
public:
    /// `user` becomes the user_id of what is published. Loop thread, like everything but cut().
    MemoryBroker(runtime::Loop& loop, std::shared_ptr<MemoryServer> server,
                 std::string user = "itn");
    ~MemoryBroker() override;
    MemoryBroker(const MemoryBroker&) = delete;
    MemoryBroker& operator=(const MemoryBroker&) = delete;

    void start(std::function<void(State)> on_state) override;
    State state() const override { return state_; }
    bool is_consuming() const override;
    void publish(Message message, OnPublished on_published) override;
    std::size_t in_flight() const override { return outstanding_.size() + unsent_; }
    void ask_depth(const std::string& queue, OnDepth on_depth) override;
    void subscribe(std::string queue, std::uint16_t prefetch, OnDelivery on_delivery) override;
    void subscribe_own(OwnQueue queue, OnDelivery on_delivery) override;
    void unsubscribe(const std::string& queue) override;
    void ack(const DeliveryTag& tag) override;
    void stop(std::function<void()> on_stopped) override;

    /// Any thread. The network fails: what is unacknowledged goes back, what is unanswered is lost.
    void cut();

private:
    struct Subscription {
        std::uint16_t prefetch = 0;
        OnDelivery on_delivery;
        OwnQueue own;                  // with a name when the queue is our own
        std::uint64_t generation = 0;  // 0: not established
    };

    void post(std::function<void()> task) override;
    void on_connected(std::uint64_t connection) override;
    void on_disconnected(std::uint64_t connection) override;
    void on_blocked(bool blocked) override;
    void on_answer(std::uint64_t connection, std::uint64_t tag, Published what) override;
    void on_consuming(const std::string& queue, std::uint64_t generation) override;
    void on_delivery(Delivery delivery) override;

    void establish(const std::string& queue, const Subscription& subscription);
    void lose_outstanding();
    void change(State state);

    runtime::Loop& loop_;
    std::shared_ptr<MemoryServer> server_;
    std::string user_;
    std::function<void(State)> on_state_;
    State state_ = State::connecting;
    bool stopped_ = false;
    std::uint64_t connection_ = 0;  // 0: none
    std::uint64_t next_tag_ = 1;
    std::size_t unsent_ = 0;  // refused, answer still to be called
    std::map<std::uint64_t, OnPublished> outstanding_;
    std::map<std::string, Subscription> subscriptions_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace itn::messaging
