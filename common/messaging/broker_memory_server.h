#pragma once

// The model of a RabbitMQ in memory: exchanges, bindings, queues with a single active consumer,
// and the switches with which a test makes it misbehave. MemoryBroker (broker_memory.h) is a
// connection to it. It keeps what the real one promises and our code relies on: order, requeue at
// the head when a channel closes, delivery counts, refusal when full, returns.
//
// Every function may be called on any thread. What the model has to tell a connection it posts to
// that connection's loop, so nothing is ever called back from inside a call.

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/messaging/broker.h"
#include "common/messaging/topology.h"

namespace itn::messaging {

/// What a connection hears. `post` may be called on any thread and must run the task on the
/// connection's loop unless the connection was destroyed; the others run on that loop.
struct MemoryPeer {
    virtual ~MemoryPeer() = default;
    virtual void post(std::function<void()> task) = 0;
    virtual void on_connected(std::uint64_t connection) = 0;
    virtual void on_disconnected(std::uint64_t connection) = 0;
    virtual void on_blocked(bool blocked) = 0;
    virtual void on_answer(std::uint64_t connection, std::uint64_t tag, Published what) = 0;
    virtual void on_consuming(const std::string& queue, std::uint64_t generation) = 0;
    virtual void on_delivery(Delivery delivery) = 0;
};

class MemoryServer final {
public:
    /// Declares a whole table: exchanges, queues with their limits, bindings. Repeatable.
    void declare(const Topology& topology);
    void declare_exchange(const std::string& name, const std::string& type);
    /// `max_length` 0 is unbounded. A full queue refuses the newest, or drops the oldest.
    void declare_queue(const std::string& name, std::int64_t max_length = 0,
                       bool single_active = true, bool drop_head = false);
    void bind(const std::string& exchange, const std::string& queue, const std::string& key);
    void delete_queue(const std::string& name);

    /// Puts a message into a queue as if someone else had published it; the tag is ignored.
    void put(const std::string& queue, Delivery delivery);
    /// Messages in the queue, delivered and unacknowledged ones included.
    std::size_t depth(const std::string& queue) const;
    /// Those of them that are delivered and not acknowledged.
    std::size_t unacked(const std::string& queue) const;
    /// Those that wait; nullopt when there is no such queue.
    std::optional<std::uint64_t> ready(const std::string& queue) const;
    /// The bodies that wait in the queue, in order.
    std::vector<std::string> waiting(const std::string& queue) const;

    /// The memory alarm: publishers are told and stop, consumers go on.
    void block();
    void unblock();
    /// While held, messages are taken but nobody hears of it; release answers in order.
    void hold_confirms();
    void release_confirms();
    /// The next `count` published messages vanish and are never answered.
    void swallow(std::size_t count);
    /// Drops every connection, as kill -9 would; connections wait until up().
    void down();
    void up();

    // The conversation with MemoryBroker.
    void connect(MemoryPeer& peer);
    /// Also withdraws a wish to connect. Unacknowledged messages go back; silent.
    void disconnect(MemoryPeer& peer);
    /// Drops one connection as a network fault would: disconnect, then tells the peer.
    void cut(MemoryPeer& peer);
    void publish(MemoryPeer& peer, std::uint64_t tag, Message message, const std::string& user);
    void subscribe(MemoryPeer& peer, const std::string& queue, std::uint16_t prefetch);
    void subscribe_own(MemoryPeer& peer, const OwnQueue& queue);
    void close_channel(MemoryPeer& peer, const std::string& queue);
    void ack(MemoryPeer& peer, const DeliveryTag& tag);

private:
    struct Stored {
        Delivery delivery;
        std::uint64_t number = 0;  // order of arrival in its queue
    };
    struct Consumer {
        MemoryPeer* peer = nullptr;
        std::uint16_t prefetch = 0;  // 0: no acks, no bound
        std::uint64_t generation = 0;
        std::uint64_t next_tag = 1;
        std::map<std::uint64_t, Stored> unacked;
    };
    struct Kept {
        std::int64_t max_length = 0;
        bool single_active = true;
        bool drop_head = false;
        MemoryPeer* owner = nullptr;  // of an exclusive queue
        std::uint64_t next_number = 1;
        std::deque<Stored> ready;
        std::list<Consumer> consumers;
    };
    struct Wish {
        std::string queue;
        std::uint16_t prefetch = 0;
    };
    struct Connection {
        std::uint64_t number = 0;
        std::vector<Wish> waiting;  // subscriptions to queues that do not exist yet
    };
    struct Answer {
        MemoryPeer* peer = nullptr;
        std::uint64_t connection = 0;
        std::uint64_t tag = 0;
        Published what = Published::confirmed;
    };

    std::set<std::string> route(const std::string& exchange, const std::string& key) const;
    bool exchange_exists(const std::string& exchange) const;
    Published store(const std::set<std::string>& queues, const Delivery& delivery);
    void answer(Answer answer);
    void send(const Answer& answer);
    void consume(MemoryPeer& peer, const std::string& name, std::uint16_t prefetch);
    void dispatch(const std::string& name);
    bool hand_out(const std::string& name, Kept& queue, Consumer& consumer);
    void requeue(Kept& queue, Consumer& consumer);
    void drop(MemoryPeer& peer);
    void accept(MemoryPeer& peer);

    mutable std::mutex mutex_;
    std::map<std::string, std::string> exchanges_;  // name → type
    std::vector<Binding> bindings_;
    std::map<std::string, Kept> queues_;
    std::map<MemoryPeer*, Connection> connections_;
    std::vector<MemoryPeer*> knocking_;  // want to connect while the server is down
    std::deque<Answer> held_;
    bool holding_ = false;
    bool blocked_ = false;
    bool up_ = true;
    std::size_t to_swallow_ = 0;
    std::uint64_t next_connection_ = 1;
    std::uint64_t next_generation_ = 1;
};

/// Whether a topic binding key ("trade.*", "#", "*.07") matches a routing key.
bool topic_matches(std::string_view pattern, std::string_view key);

}  // namespace itn::messaging
