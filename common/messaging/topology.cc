#include "common/messaging/topology.h"

#include <openssl/evp.h>

#include <array>

#include "common/base/ensure.h"
#include "common/base/limits.h"

namespace itn::messaging {

namespace {

constexpr std::string_view queue_prefix = "itn.";
/// All partners published to it, so one could send copies (CC, BCC) into another's queue.
constexpr const char* shared_partner_exchange = "itn.partner";
constexpr std::array families = {Family::trade, Family::cargo, Family::inventory};

std::string text_of(const Argument& argument) {
    if (const auto* flag = std::get_if<bool>(&argument)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<std::int64_t>(&argument)) return std::to_string(*number);
    return std::get<std::string>(argument);
}

Queue lane_queue(const Lane& lane) {
    return {.name = queue_name(lane),
            .arguments = {
                {"x-queue-type", std::string("quorum")},
                {"x-single-active-consumer", true},
                {"x-overflow", std::string("reject-publish")},
                {"x-max-length", limits::max_lane_queue},
                {"x-delivery-limit", limits::lane_delivery_limit},
                {"x-consumer-timeout", std::int64_t(limits::consumer_timeout.count())},
            }};
}

}  // namespace

std::string queue_name(const Lane& lane) {
    return std::string(queue_prefix) + lane.text();
}

std::optional<Lane> lane_of_queue(std::string_view queue) {
    if (!queue.starts_with(queue_prefix)) return std::nullopt;
    const auto lane = Lane::from(queue.substr(queue_prefix.size()));
    if (!lane || lane->family == Family::catalogue) return std::nullopt;
    return lane;
}

std::vector<Lane> lanes_with_queue(std::uint16_t shards) {
    ENSURE(shards >= 1 && shards <= limits::max_shards);
    std::vector<Lane> lanes;
    for (const auto family : families) {
        for (std::uint16_t shard = 0; shard < shards; ++shard)
            lanes.push_back({.family = family, .shard = shard});
    }
    return lanes;
}

Topology topology(std::uint16_t shards) {
    Topology table;
    table.exchanges = {{.name = std::string(commands_exchange), .type = "direct"},
                       {.name = std::string(events_exchange), .type = "topic"}};
    for (const auto& lane : lanes_with_queue(shards)) {
        table.queues.push_back(lane_queue(lane));
        table.bindings.push_back({.exchange = std::string(commands_exchange),
                                  .queue = queue_name(lane),
                                  .key = lane.text()});
    }
    table.retired_exchanges = {shared_partner_exchange};
    return table;
}

std::string render(const Topology& topology) {
    std::string text;
    for (const auto& exchange : topology.exchanges)
        text += "exchange " + exchange.name + " " + exchange.type + " durable\n";
    for (const auto& queue : topology.queues) {
        text += "queue " + queue.name + " durable";
        for (const auto& [key, value] : queue.arguments)
            text += " " + key + "=" + text_of(value);
        text += "\n";
    }
    for (const auto& binding : topology.bindings)
        text += "bind " + binding.exchange + " " + binding.key + " -> " + binding.queue + "\n";
    for (const auto& exchange : topology.retired_exchanges)
        text += "no exchange " + exchange + "\n";
    return text;
}

std::string topology_fingerprint(std::uint16_t shards) {
    const std::string text = render(topology(shards));
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    ENSURE(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        hex += digits[digest[i] >> 4];
        hex += digits[digest[i] & 15];
    }
    return hex;
}

}  // namespace itn::messaging
