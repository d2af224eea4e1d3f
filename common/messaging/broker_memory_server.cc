#include "common/messaging/broker_memory_server.h"

#include <algorithm>

#include "common/base/ensure.h"

namespace itn::messaging {

void MemoryServer::connect(MemoryPeer& peer) {
    const std::lock_guard lock(mutex_);
    if (up_) {
        accept(peer);
    } else {
        knocking_.push_back(&peer);
    }
}

void MemoryServer::accept(MemoryPeer& peer) {
    const std::uint64_t number = next_connection_++;
    connections_[&peer] = {.number = number, .waiting = {}};
    peer.post([&peer, number, blocked = blocked_] {
        peer.on_connected(number);
        if (blocked) peer.on_blocked(true);
    });
}

void MemoryServer::disconnect(MemoryPeer& peer) {
    const std::lock_guard lock(mutex_);
    drop(peer);
}

void MemoryServer::cut(MemoryPeer& peer) {
    const std::lock_guard lock(mutex_);
    const auto connection = connections_.find(&peer);
    if (connection == connections_.end()) return;
    peer.post([&peer, number = connection->second.number] { peer.on_disconnected(number); });
    drop(peer);
}

void MemoryServer::down() {
    const std::lock_guard lock(mutex_);
    up_ = false;
    while (!connections_.empty()) {
        auto& [peer, connection] = *connections_.begin();
        peer->post([p = peer, n = connection.number] { p->on_disconnected(n); });
        drop(*peer);
    }
}

void MemoryServer::up() {
    const std::lock_guard lock(mutex_);
    up_ = true;
    for (auto* peer : std::exchange(knocking_, {}))
        accept(*peer);
}

void MemoryServer::drop(MemoryPeer& peer) {
    std::erase(knocking_, &peer);
    std::erase_if(held_, [&](const Answer& answer) { return answer.peer == &peer; });
    connections_.erase(&peer);
    std::erase_if(queues_, [&](const auto& named) { return named.second.owner == &peer; });
    std::erase_if(bindings_, [&](const Binding& b) { return !queues_.contains(b.queue); });
    for (auto& [name, queue] : queues_) {
        for (auto& consumer : queue.consumers) {
            if (consumer.peer == &peer) requeue(queue, consumer);
        }
        std::erase_if(queue.consumers, [&](const Consumer& c) { return c.peer == &peer; });
        dispatch(name);
    }
}

void MemoryServer::block() {
    const std::lock_guard lock(mutex_);
    blocked_ = true;
    for (auto& [peer, connection] : connections_)
        peer->post([p = peer] { p->on_blocked(true); });
}

void MemoryServer::unblock() {
    const std::lock_guard lock(mutex_);
    blocked_ = false;
    for (auto& [peer, connection] : connections_)
        peer->post([p = peer] { p->on_blocked(false); });
}

void MemoryServer::hold_confirms() {
    const std::lock_guard lock(mutex_);
    holding_ = true;
}

void MemoryServer::release_confirms() {
    const std::lock_guard lock(mutex_);
    holding_ = false;
    for (const auto& kept : std::exchange(held_, {}))
        send(kept);
}

void MemoryServer::swallow(std::size_t count) {
    const std::lock_guard lock(mutex_);
    to_swallow_ = count;
}

void MemoryServer::answer(Answer answer) {
    if (holding_) {
        held_.push_back(answer);
    } else {
        send(answer);
    }
}

void MemoryServer::send(const Answer& answer) {
    answer.peer->post(
        [answer] { answer.peer->on_answer(answer.connection, answer.tag, answer.what); });
}

void MemoryServer::publish(MemoryPeer& peer, std::uint64_t tag, Message message,
                           const std::string& user) {
    const std::lock_guard lock(mutex_);
    const auto connection = connections_.find(&peer);
    if (connection == connections_.end()) return;
    if (to_swallow_ > 0) {
        --to_swallow_;
        return;
    }
    Answer answered{.peer = &peer, .connection = connection->second.number, .tag = tag};
    if (!exchange_exists(message.exchange)) {
        answered.what = Published::lost;
        answer(answered);
        return;
    }
    const auto targets = route(message.exchange, message.routing_key);
    Delivery delivery;
    delivery.exchange = std::move(message.exchange);
    delivery.routing_key = std::move(message.routing_key);
    delivery.body = std::move(message.body);
    delivery.message_id = std::move(message.message_id);
    delivery.content_type = std::move(message.content_type);
    delivery.user_id = user;
    delivery.reply_to = std::move(message.reply_to);
    answered.what =
        targets.empty() && message.mandatory ? Published::returned : store(targets, delivery);
    answer(answered);
}

void MemoryServer::put(const std::string& queue, Delivery delivery) {
    const std::lock_guard lock(mutex_);
    ENSURE(queues_.contains(queue));
    store({queue}, delivery);
}

Published MemoryServer::store(const std::set<std::string>& queues, const Delivery& delivery) {
    Published what = Published::confirmed;
    for (const auto& name : queues) {
        auto& queue = queues_.at(name);
        const bool full =
            queue.max_length > 0 && std::int64_t(queue.ready.size()) >= queue.max_length;
        if (full && !queue.drop_head) {
            what = Published::nacked;
            continue;
        }
        if (full) queue.ready.pop_front();
        queue.ready.push_back({.delivery = delivery, .number = queue.next_number++});
        dispatch(name);
    }
    return what;
}

void MemoryServer::subscribe(MemoryPeer& peer, const std::string& queue, std::uint16_t prefetch) {
    const std::lock_guard lock(mutex_);
    const auto connection = connections_.find(&peer);
    if (connection == connections_.end()) return;
    if (queues_.contains(queue)) {
        consume(peer, queue, prefetch);
    } else {
        connection->second.waiting.push_back({.queue = queue, .prefetch = prefetch});
    }
}

void MemoryServer::subscribe_own(MemoryPeer& peer, const OwnQueue& own) {
    const std::lock_guard lock(mutex_);
    if (!connections_.contains(&peer)) return;
    auto& queue = queues_[own.name];
    queue.max_length = own.max_length;
    queue.drop_head = true;
    queue.owner = &peer;
    for (const auto& [exchange, key] : own.bindings)
        bindings_.push_back({.exchange = exchange, .queue = own.name, .key = key});
    consume(peer, own.name, 0);
}

void MemoryServer::consume(MemoryPeer& peer, const std::string& name, std::uint16_t prefetch) {
    const std::uint64_t generation = next_generation_++;
    queues_.at(name).consumers.push_back(
        {.peer = &peer, .prefetch = prefetch, .generation = generation, .unacked = {}});
    peer.post([&peer, name, generation] { peer.on_consuming(name, generation); });
    dispatch(name);
}

void MemoryServer::close_channel(MemoryPeer& peer, const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (const auto connection = connections_.find(&peer); connection != connections_.end())
        std::erase_if(connection->second.waiting, [&](const Wish& w) { return w.queue == name; });
    const auto found = queues_.find(name);
    if (found == queues_.end()) return;
    auto& queue = found->second;
    for (auto& consumer : queue.consumers) {
        if (consumer.peer == &peer) requeue(queue, consumer);
    }
    std::erase_if(queue.consumers, [&](const Consumer& c) { return c.peer == &peer; });
    if (queue.owner == &peer) {
        queues_.erase(found);
        std::erase_if(bindings_, [&](const Binding& b) { return b.queue == name; });
    } else {
        dispatch(name);
    }
}

void MemoryServer::ack(MemoryPeer& peer, const DeliveryTag& tag) {
    const std::lock_guard lock(mutex_);
    const auto queue = queues_.find(tag.queue);
    if (queue == queues_.end()) return;
    for (auto& consumer : queue->second.consumers) {
        if (consumer.peer == &peer && consumer.generation == tag.generation)
            consumer.unacked.erase(tag.tag);
    }
    dispatch(tag.queue);
}

void MemoryServer::requeue(Kept& queue, Consumer& consumer) {
    for (auto& [tag, stored] : consumer.unacked) {
        stored.delivery.redelivered = true;
        ++stored.delivery.delivery_count;
        const auto place =
            std::ranges::upper_bound(queue.ready, stored.number, {}, &Stored::number);
        queue.ready.insert(place, std::move(stored));
    }
    consumer.unacked.clear();
}

void MemoryServer::dispatch(const std::string& name) {
    auto& queue = queues_.at(name);
    bool progress = true;
    while (progress && !queue.ready.empty()) {
        progress = false;
        for (auto& consumer : queue.consumers) {
            progress = hand_out(name, queue, consumer) || progress;
            if (queue.single_active) break;
        }
    }
}

bool MemoryServer::hand_out(const std::string& name, Kept& queue, Consumer& consumer) {
    const bool acks = consumer.prefetch > 0;
    if (queue.ready.empty() || (acks && consumer.unacked.size() >= consumer.prefetch)) return false;
    Stored stored = std::move(queue.ready.front());
    queue.ready.pop_front();
    Delivery delivery = stored.delivery;
    delivery.tag = {.queue = name, .tag = consumer.next_tag++, .generation = consumer.generation};
    if (acks) consumer.unacked.emplace(delivery.tag.tag, std::move(stored));
    auto* peer = consumer.peer;
    peer->post(
        [peer, moved = std::move(delivery)]() mutable { peer->on_delivery(std::move(moved)); });
    return true;
}

}  // namespace itn::messaging
