#pragma once

// The seam to RabbitMQ. A Broker is one process's conversation: a confirming publisher and a
// consumer, on connections of their own (a blocked publisher must not stop consumption). It
// reconnects for ever with backoff and re-establishes everything; whoever uses it sees that only
// as lost publishes, as deliveries of a new generation and as state changes.
//
// Loop thread only. Callbacks come on the loop thread, never from inside the call that caused them.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace itn::messaging {

struct Message {
    std::string exchange{};  // "" is the default exchange
    std::string routing_key{};
    std::string body{};
    std::string message_id{};
    bool mandatory = true;
    bool persistent = true;
    std::string reply_to{};  // of the AMQP property
    std::string content_type = "application/vnd.itn+json";
};

/// What became of a published message.
enum class Published {
    confirmed,  // the broker has it, and when it was mandatory a queue has it
    returned,   // no queue was bound to the key
    nacked,     // the queue refused it (full)
    lost,       // the connection went away or was blocked first: unknown, may have arrived
};
using OnPublished = std::function<void(Published)>;

/// Messages that wait in a queue, delivered ones not counted; nullopt when that is not known.
using OnDepth = std::function<void(std::optional<std::uint64_t>)>;

/// Names one delivery until it is settled. Worthless once its generation ended: settling it then is
/// a no-op, the broker has requeued it.
struct DeliveryTag {
    std::string queue;
    std::uint64_t tag = 0;
    std::uint64_t generation = 0;
};

struct Delivery {
    DeliveryTag tag;
    std::string exchange;
    std::string routing_key;
    std::string body;
    std::string message_id;
    std::string content_type;
    std::string user_id;   // validated by the broker when present
    std::string reply_to;  // of the AMQP property
    bool redelivered = false;
    /// x-delivery-count of a quorum queue: how often it was delivered before; 0 for the first time.
    std::int64_t delivery_count = 0;
    /// Names of headers other than x-delivery-count; "CC", "BCC" and "expiration" among them.
    std::vector<std::string> other_headers;
};
using OnDelivery = std::function<void(Delivery)>;

/// A queue of this process's own: declared exclusive, auto-delete and bounded (drop-head) at each
/// (re)connect, then bound.
struct OwnQueue {
    std::string name;
    std::int64_t max_length = 0;
    /// (exchange, binding key)
    std::vector<std::pair<std::string, std::string>> bindings;
};

enum class State {
    connecting,
    open,
    blocked,  // the broker raised an alarm: consuming goes on, publishing does not
};

class Broker {
public:
    virtual ~Broker() = default;

    /// Starts connecting. `on_state` hears every change of the publisher's state and, once more
    /// with the unchanged state, each time the consumer came (back) into being.
    virtual void start(std::function<void(State)> on_state) = 0;

    /// The publisher's state.
    virtual State state() const = 0;
    /// Whether the consumer's connection is up and all its subscriptions are established.
    virtual bool is_consuming() const = 0;

    /// Publishes in call order per connection; `on_published` is called exactly once. When the
    /// state is not open it is called with `lost` without anything having been sent.
    virtual void publish(Message message, OnPublished on_published) = 0;
    /// Messages published and not yet answered.
    virtual std::size_t in_flight() const = 0;

    /// Asks how many messages wait in `queue`; `on_depth` is called exactly once. Unknown when
    /// there is no such queue, the state is not open, or the connection goes before the answer.
    virtual void ask_depth(const std::string& queue, OnDepth on_depth) = 0;

    /// Consumes `queue` on a channel of its own with manual acks. Deliveries arrive in queue order.
    virtual void subscribe(std::string queue, std::uint16_t prefetch, OnDelivery on_delivery) = 0;
    /// Same for a queue of our own, without acks (the queue is only a fast path).
    virtual void subscribe_own(OwnQueue queue, OnDelivery on_delivery) = 0;
    /// Closes the channel: what is unacknowledged goes back to the head of the queue, in order.
    virtual void unsubscribe(const std::string& queue) = 0;
    /// Acknowledges this delivery alone.
    virtual void ack(const DeliveryTag& tag) = 0;

    /// Closes both connections politely; then calls `on_stopped`. Unanswered publishes are `lost`.
    virtual void stop(std::function<void()> on_stopped) = 0;
};

}  // namespace itn::messaging
