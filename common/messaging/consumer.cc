#include "common/messaging/consumer.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace itn::messaging {

/// What is wanted; outlives channels and connections.
struct Consumer::Subscription {
    std::string queue;
    std::uint16_t prefetch = 0;
    std::optional<OwnQueue> own;  // consumed without acks
    OnDelivery on_delivery;
    std::uint16_t channel = 0;  // 0: none
    bool established = false;
    Backoff backoff;
    std::unique_ptr<runtime::Timer> again;
};

/// What stands now. `subscription` is null while the channel waits for its close-ok.
struct Consumer::Channel {
    std::uint16_t number = 0;
    std::uint64_t generation = 0;
    std::shared_ptr<Subscription> subscription;
    AckWindow acks;
    bool has_acks = false;
};

Consumer::Consumer(runtime::Loop& loop, ConnectionSettings settings, LogSink log,
                   std::function<void()> on_consuming)
    : loop_(loop),
      on_consuming_(std::move(on_consuming)),
      session_(loop, std::move(settings), handlers(), std::move(log)) {}

Consumer::~Consumer() = default;

Connection::Handlers Consumer::handlers() {
    return {.on_open =
                [this] {
                    for (const auto& [queue, subscription] : subscriptions_)
                        open_channel(subscription);
                    if (subscriptions_.empty()) on_consuming_();
                },
            .on_blocked = [](bool, const std::string&) {},
            .on_method = [this](auto channel, const auto& method) { take(channel, method); },
            .on_content = [this](Content content) { take_delivery(std::move(content)); },
            .before_flush = [this] { send_all_acks(); },
            .on_closed = [this](const std::string&) { connection_lost(); }};
}

bool Consumer::is_consuming() const {
    return session_.open() != nullptr && std::ranges::all_of(subscriptions_, [](const auto& named) {
               return named.second->established;
           });
}

void Consumer::subscribe(std::string queue, std::uint16_t prefetch, OnDelivery on_delivery) {
    auto subscription = std::make_shared<Subscription>();
    subscription->queue = std::move(queue);
    subscription->prefetch = prefetch;
    subscription->on_delivery = std::move(on_delivery);
    add(subscription->queue, subscription);
}

void Consumer::subscribe_own(OwnQueue queue, OnDelivery on_delivery) {
    auto subscription = std::make_shared<Subscription>();
    subscription->queue = queue.name;
    subscription->own = std::move(queue);
    subscription->on_delivery = std::move(on_delivery);
    add(subscription->queue, subscription);
}

void Consumer::add(const std::string& queue, std::shared_ptr<Subscription> subscription) {
    unsubscribe(queue);
    std::weak_ptr<Subscription> weak = subscription;
    subscription->again = std::make_unique<runtime::Timer>(loop_, [this, weak] {
        if (const auto wanted = weak.lock()) open_channel(wanted);
    });
    subscriptions_[queue] = subscription;
    open_channel(subscription);
}

std::uint16_t Consumer::free_channel() {
    if (channels_.empty()) channels_.emplace_back();  // channel 0 is the connection's own
    for (std::size_t i = 1; i < channels_.size(); ++i) {
        if (!channels_[i]) return static_cast<std::uint16_t>(i);
    }
    if (channels_.size() > session_.open()->channel_max()) return 0;
    channels_.emplace_back();
    return static_cast<std::uint16_t>(channels_.size() - 1);
}

// Everything is sent at once; when one step fails the broker closes the channel and ignores the
// rest.
void Consumer::open_channel(const std::shared_ptr<Subscription>& subscription) {
    auto* connection = session_.open();
    if (connection == nullptr || stopping_ || subscription->channel != 0) return;
    const std::uint16_t number = free_channel();
    if (number == 0) {
        session_.log(Severity::error, "no channel is left for queue " + subscription->queue);
        retry(*subscription);
        return;
    }
    auto channel = std::make_unique<Channel>();
    channel->number = number;
    channel->generation = next_generation_++;
    channel->subscription = subscription;
    channels_[number] = std::move(channel);
    subscription->channel = number;

    auto& frames = connection->frames();
    frames.method(number, AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t{});
    if (subscription->own) declare_own(frames, number, *subscription->own);
    if (subscription->prefetch > 0) {
        frames.method(
            number, AMQP_BASIC_QOS_METHOD,
            amqp_basic_qos_t{
                .prefetch_size = 0, .prefetch_count = subscription->prefetch, .global = 0});
    }
    amqp_basic_consume_t consume{};
    consume.queue = amqp_view(subscription->queue);
    consume.no_ack = subscription->own.has_value();
    frames.method(number, AMQP_BASIC_CONSUME_METHOD, consume);
}

void Consumer::declare_own(FrameWriter& frames, std::uint16_t channel, const OwnQueue& own) {
    std::array<amqp_table_entry_t, 2> arguments{};
    arguments[0].key = amqp_view("x-max-length");
    arguments[0].value.kind = AMQP_FIELD_KIND_I64;
    arguments[0].value.value.i64 = own.max_length;
    arguments[1].key = amqp_view("x-overflow");
    arguments[1].value.kind = AMQP_FIELD_KIND_UTF8;
    arguments[1].value.value.bytes = amqp_view("drop-head");
    amqp_queue_declare_t declare{};
    declare.queue = amqp_view(own.name);
    declare.exclusive = 1;
    declare.auto_delete = 1;
    declare.arguments = {int(arguments.size()), arguments.data()};
    frames.method(channel, AMQP_QUEUE_DECLARE_METHOD, declare);
    for (const auto& [exchange, key] : own.bindings) {
        amqp_queue_bind_t bind{};
        bind.queue = amqp_view(own.name);
        bind.exchange = amqp_view(exchange);
        bind.routing_key = amqp_view(key);
        frames.method(channel, AMQP_QUEUE_BIND_METHOD, bind);
    }
}

void Consumer::take(std::uint16_t number, const amqp_method_t& method) {
    if (number >= channels_.size() || !channels_[number]) return;
    auto& channel = *channels_[number];
    switch (method.id) {
        case AMQP_BASIC_CONSUME_OK_METHOD:
            return established(channel);
        case AMQP_CHANNEL_CLOSE_METHOD:
            return channel_closed_by_broker(
                number, *static_cast<const amqp_channel_close_t*>(method.decoded));
        case AMQP_CHANNEL_CLOSE_OK_METHOD:
            channels_[number].reset();
            return;
        case AMQP_BASIC_CANCEL_METHOD:
            return cancelled_by_broker(number);
        default:
            return;
    }
}

void Consumer::established(Channel& channel) {
    if (!channel.subscription) return;
    channel.subscription->established = true;
    if (is_consuming()) on_consuming_();
}

void Consumer::take_delivery(Content content) {
    if (content.channel >= channels_.size() || content.returned) return;
    auto* channel = channels_[content.channel].get();
    if (channel == nullptr || !channel->subscription) return;
    const auto subscription = channel->subscription;
    subscription->backoff.reset();
    if (!subscription->own) channel->acks.delivered(content.delivery_tag);
    content.delivery.tag = {.queue = subscription->queue,
                            .tag = content.delivery_tag,
                            .generation = channel->generation};
    subscription->on_delivery(std::move(content.delivery));
}

void Consumer::ack(const DeliveryTag& tag) {
    const auto found = subscriptions_.find(tag.queue);
    if (found == subscriptions_.end() || found->second->channel == 0) return;
    auto& channel = *channels_[found->second->channel];
    if (channel.generation != tag.generation || !channel.acks.acked(tag.tag)) return;
    if (!std::exchange(channel.has_acks, true)) with_acks_.push_back(channel.number);
}

void Consumer::send_acks(Channel& channel) {
    channel.has_acks = false;
    auto& frames = session_.open()->frames();
    for (const auto& ack : channel.acks.take())
        frames.ack(channel.number, ack.tag, ack.multiple);
}

void Consumer::send_all_acks() {
    for (const auto number : std::exchange(with_acks_, {})) {
        if (channels_[number] && channels_[number]->subscription) send_acks(*channels_[number]);
    }
}

void Consumer::unsubscribe(const std::string& queue) {
    const auto node = subscriptions_.extract(queue);
    if (!node) return;
    const auto subscription = node.mapped();
    subscription->again->stop();
    if (subscription->channel != 0) give_up(subscription->channel);
}

/// Acknowledges what is to be acknowledged and closes the channel; its number is free again when
/// the broker has answered.
void Consumer::give_up(std::uint16_t number) {
    auto& channel = *channels_[number];
    auto* connection = session_.open();
    if (connection != nullptr) {
        send_acks(channel);
        connection->frames().close_channel(number);
    }
    channel.subscription->channel = 0;
    channel.subscription->established = false;
    channel.subscription = nullptr;
}

void Consumer::cancelled_by_broker(std::uint16_t number) {
    const auto subscription = channels_[number]->subscription;
    if (!subscription) return;
    session_.log(Severity::warning,
                 "the broker cancelled the consumer of queue " + subscription->queue);
    give_up(number);
    retry(*subscription);
}

void Consumer::channel_closed_by_broker(std::uint16_t number, const amqp_channel_close_t& close) {
    session_.open()->frames().method(number, AMQP_CHANNEL_CLOSE_OK_METHOD,
                                     amqp_channel_close_ok_t{});
    const auto channel = std::move(channels_[number]);
    const auto subscription = channel->subscription;
    if (!subscription) return;
    session_.log(Severity::error, "the broker closed the channel of queue " + subscription->queue +
                                      ": " + std::to_string(close.reply_code) + " " +
                                      std::string(text_of(close.reply_text)));
    subscription->channel = 0;
    subscription->established = false;
    retry(*subscription);
}

void Consumer::retry(Subscription& subscription) {
    subscription.again->start(subscription.backoff.next());
}

void Consumer::connection_lost() {
    channels_.clear();
    with_acks_.clear();
    for (const auto& [queue, subscription] : subscriptions_) {
        subscription->channel = 0;
        subscription->established = false;
        subscription->again->stop();
    }
}

void Consumer::stop(std::function<void()> done) {
    stopping_ = true;
    for (const auto& [queue, subscription] : subscriptions_)
        subscription->again->stop();
    session_.stop(std::move(done));
}

}  // namespace itn::messaging
