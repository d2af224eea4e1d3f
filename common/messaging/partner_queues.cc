#include "common/messaging/partner_queues.h"

#include "common/base/limits.h"
#include "common/wire/account.h"

namespace itn::messaging {

namespace {

constexpr std::string_view own_prefix = "itn.partner.";
constexpr std::string_view commands_suffix = ".commands";

Queue command_queue(std::string_view partner) {
    return {.name = partner_command_queue(partner),
            .arguments = {
                {"x-queue-type", std::string("quorum")},
                {"x-single-active-consumer", true},
                {"x-overflow", std::string("reject-publish")},
                {"x-max-length", limits::max_partner_commands},
                {"x-max-length-bytes", limits::max_partner_command_bytes},
                {"x-delivery-limit", limits::lane_delivery_limit},
                {"x-consumer-timeout", std::int64_t(limits::consumer_timeout.count())},
            }};
}

Queue event_queue(std::string_view partner) {
    return {.name = partner_event_queue(partner),
            .arguments = {
                {"x-queue-type", std::string("classic")},
                {"x-overflow", std::string("drop-head")},
                {"x-max-length", limits::max_partner_events},
                {"x-max-length-bytes", limits::max_partner_event_bytes},
            }};
}

}  // namespace

std::string partner_exchange(std::string_view partner) {
    return std::string(own_prefix).append(partner);
}

std::string partner_command_queue(std::string_view partner) {
    return partner_exchange(partner).append(commands_suffix);
}

std::string partner_command_key(std::string_view partner) {
    return std::string(partner).append(commands_suffix);
}

std::optional<std::string_view> partner_of_command_queue(std::string_view queue) {
    if (!queue.starts_with(own_prefix) || !queue.ends_with(commands_suffix)) return std::nullopt;
    queue.remove_prefix(own_prefix.size());
    if (queue.size() < commands_suffix.size()) return std::nullopt;
    queue.remove_suffix(commands_suffix.size());
    if (!wire::is_partner_name(queue)) return std::nullopt;
    return queue;
}

std::string partner_event_queue(std::string_view partner) {
    return partner_exchange(partner).append(".events");
}

std::string partner_reply_prefix(std::string_view partner) {
    return std::string("itn.reply.").append(partner).append(".");
}

Topology partner_topology(std::string_view partner) {
    return {.exchanges = {{.name = partner_exchange(partner), .type = "topic"}},
            .queues = {command_queue(partner), event_queue(partner)},
            .bindings = {{.exchange = partner_exchange(partner),
                          .queue = partner_command_queue(partner),
                          .key = partner_command_key(partner)}}};
}

}  // namespace itn::messaging
