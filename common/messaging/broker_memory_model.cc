// The declaring and looking side of MemoryServer: what exists, and where a message would go.

#include <algorithm>

#include "common/messaging/broker_memory_server.h"

namespace itn::messaging {

namespace {

std::pair<std::string_view, std::string_view> split_word(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return {text, {}};
    return {text.substr(0, dot), text.substr(dot + 1)};
}

bool matches(std::string_view pattern, bool pattern_ended, std::string_view key, bool key_ended) {
    if (pattern_ended) return key_ended;
    const auto [want, rest] = split_word(pattern);
    const bool rest_ended = want.size() == pattern.size();
    if (want == "#" && matches(rest, rest_ended, key, key_ended)) return true;
    if (key_ended) return false;
    const auto [word, tail] = split_word(key);
    const bool tail_ended = word.size() == key.size();
    if (want == "#") return matches(pattern, false, tail, tail_ended);
    return (want == "*" || want == word) && matches(rest, rest_ended, tail, tail_ended);
}

}  // namespace

bool topic_matches(std::string_view pattern, std::string_view key) {
    return matches(pattern, false, key, false);
}

void MemoryServer::declare(const Topology& topology) {
    for (const auto& exchange : topology.exchanges)
        declare_exchange(exchange.name, exchange.type);
    for (const auto& queue : topology.queues) {
        std::int64_t max_length = 0;
        bool single_active = false;
        bool drop_head = false;
        for (const auto& [key, value] : queue.arguments) {
            if (key == "x-max-length") max_length = std::get<std::int64_t>(value);
            if (key == "x-single-active-consumer") single_active = std::get<bool>(value);
            if (key == "x-overflow") drop_head = std::get<std::string>(value) == "drop-head";
        }
        declare_queue(queue.name, max_length, single_active, drop_head);
    }
    for (const auto& binding : topology.bindings)
        bind(binding.exchange, binding.queue, binding.key);
}

void MemoryServer::declare_exchange(const std::string& name, const std::string& type) {
    const std::lock_guard lock(mutex_);
    exchanges_[name] = type;
}

void MemoryServer::declare_queue(const std::string& name, std::int64_t max_length,
                                 bool single_active, bool drop_head) {
    const std::lock_guard lock(mutex_);
    auto& queue = queues_[name];
    queue.max_length = max_length;
    queue.single_active = single_active;
    queue.drop_head = drop_head;
    for (auto& [peer, connection] : connections_) {
        for (const auto& wish : connection.waiting) {
            if (wish.queue == name) consume(*peer, name, wish.prefetch);
        }
        std::erase_if(connection.waiting, [&](const Wish& wish) { return wish.queue == name; });
    }
}

void MemoryServer::bind(const std::string& exchange, const std::string& queue,
                        const std::string& key) {
    const std::lock_guard lock(mutex_);
    const Binding binding{.exchange = exchange, .queue = queue, .key = key};
    if (std::ranges::find(bindings_, binding) == bindings_.end()) bindings_.push_back(binding);
}

void MemoryServer::delete_queue(const std::string& name) {
    const std::lock_guard lock(mutex_);
    queues_.erase(name);
    std::erase_if(bindings_, [&](const Binding& binding) { return binding.queue == name; });
}

bool MemoryServer::exchange_exists(const std::string& exchange) const {
    return exchange.empty() || exchanges_.contains(exchange);
}

std::set<std::string> MemoryServer::route(const std::string& exchange,
                                          const std::string& key) const {
    std::set<std::string> targets;
    if (exchange.empty()) {
        if (queues_.contains(key)) targets.insert(key);
        return targets;
    }
    const bool topic = exchanges_.at(exchange) == "topic";
    for (const auto& binding : bindings_) {
        if (binding.exchange != exchange) continue;
        if (topic ? topic_matches(binding.key, key) : binding.key == key)
            targets.insert(binding.queue);
    }
    return targets;
}

std::size_t MemoryServer::depth(const std::string& queue) const {
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(queue);
    if (found == queues_.end()) return 0;
    std::size_t sum = found->second.ready.size();
    for (const auto& consumer : found->second.consumers)
        sum += consumer.unacked.size();
    return sum;
}

std::size_t MemoryServer::unacked(const std::string& queue) const {
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(queue);
    std::size_t sum = 0;
    if (found == queues_.end()) return sum;
    for (const auto& consumer : found->second.consumers)
        sum += consumer.unacked.size();
    return sum;
}

std::optional<std::uint64_t> MemoryServer::ready(const std::string& queue) const {
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(queue);
    if (found == queues_.end()) return std::nullopt;
    return found->second.ready.size();
}

std::vector<std::string> MemoryServer::waiting(const std::string& queue) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> bodies;
    const auto found = queues_.find(queue);
    if (found == queues_.end()) return bodies;
    for (const auto& stored : found->second.ready)
        bodies.push_back(stored.delivery.body);
    return bodies;
}

}  // namespace itn::messaging
