#include "common/messaging/broker_users.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "common/messaging/partner_queues.h"
#include "common/messaging/topology.h"

namespace itn::messaging {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* nothing = "^$";

/// Far more than the network and its partners need. An idle one costs some 75 KB: all together,
/// which a single partner could make, they raise no alarm of memory on a machine of 1 GB.
constexpr std::int64_t max_broker_queues = 4'000;

BrokerUser worker(const std::string& family) {
    return {.name = "itn_" + family,
            .configure = nothing,
            .write = R"(^(itn\.commands|itn\.events|amq\.default)$)",
            .read = R"(^itn\.)" + family + R"(\.)"};
}

/// Partners make their reply queues themselves, as they like: the broker bounds them all the same,
/// with the smaller of the two bounds.
Json bounds_of_replies(std::string_view vhost) {
    constexpr std::int64_t unused_ms = std::chrono::milliseconds(std::chrono::hours(24)).count();
    return {{"component", "operator_policy"},
            {"vhost", vhost},
            {"name", "itn-replies"},
            {"value",
             {{"pattern", R"(^itn\.reply\.)"},
              {"apply-to", "queues"},
              {"priority", 0},
              {"definition",
               {{"max-length", limits::max_watch_queue},
                {"max-length-bytes", limits::max_partner_command_bytes},
                {"expires", unused_ms}}}}}};
}

Json bounds_of_host(std::string_view vhost) {
    return {{"component", "vhost-limits"},
            {"vhost", vhost},
            {"name", "limits"},
            {"value", {{"max-queues", max_broker_queues}}}};
}

Json limits_of(const BrokerUser& user) {
    Json limits = Json::object();
    if (user.max_connections > 0) limits["max-connections"] = user.max_connections;
    if (user.max_channels > 0) limits["max-channels"] = user.max_channels;
    return limits;
}

}  // namespace

std::vector<BrokerUser> component_users() {
    return {
        {.name = "itn_migrate",
         .configure = R"(^itn\.)",
         .write = R"(^itn\.)",
         .read = R"(^itn\.)"},
        {.name = "itn_api",
         .configure = R"(^itn\.(reply|watch)\.api\.)",
         .write = R"(^(itn\.commands|itn\.(reply|watch)\.api\..*)$)",
         .read = R"(^itn\.(events|(reply|watch)\.api\..*)$)"},
        {.name = "itn_ingress",
         .configure = R"(^itn\.reply\.ingress\.)",
         .write = R"(^(itn\.commands|itn\.reply\.ingress\..*|amq\.default)$)",
         .read = R"(^itn\.(partner\..*\.commands|reply\.ingress\..*)$)"},
        worker("trade"),
        worker("cargo"),
        worker("inventory"),
        {.name = "itn_notifier",
         .configure = R"(^itn\.watch\.)",
         .write = R"(^(itn\.watch\..*|itn\.partner\..*\.events|amq\.default)$)",
         .read = R"(^itn\.(events|watch\..*)$)"},
    };
}

BrokerUser partner_user(std::string_view partner) {
    const std::string name(partner);
    return {.name = name,
            .configure = R"(^itn\.reply\.)" + name + R"(\.)",
            .write = R"(^itn\.partner\.)" + name + "$",
            .read = R"(^itn\.(reply\.)" + name + R"(\..*|partner\.)" + name + R"(\.events)$)",
            .topics = {{.exchange = partner_exchange(partner),
                        .write = "^" + name + R"(\.commands$)",
                        .read = nothing}},
            .max_connections = limits::max_partner_connections,
            .max_channels = limits::max_partner_channels};
}

std::string render_definitions(std::span<const BrokerUser> users, std::string_view vhost) {
    Json document{{"users", Json::array()},
                  {"permissions", Json::array()},
                  {"topic_permissions", Json::array()}};
    for (const auto& user : users) {
        document["users"].push_back({{"name", user.name},
                                     {"hashing_algorithm", "rabbit_password_hashing_sha256"},
                                     {"tags", Json::array()},
                                     {"limits", limits_of(user)}});
        document["permissions"].push_back({{"user", user.name},
                                           {"vhost", vhost},
                                           {"configure", user.configure},
                                           {"write", user.write},
                                           {"read", user.read}});
        for (const auto& topic : user.topics)
            document["topic_permissions"].push_back({{"user", user.name},
                                                     {"vhost", vhost},
                                                     {"exchange", topic.exchange},
                                                     {"write", topic.write},
                                                     {"read", topic.read}});
    }
    document["parameters"] = {bounds_of_replies(vhost), bounds_of_host(vhost)};
    return document.dump(1);
}

}  // namespace itn::messaging
