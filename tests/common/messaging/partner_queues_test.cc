#include "common/messaging/partner_queues.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "common/messaging/broker_users.h"
#include "common/wire/account.h"

namespace itn::messaging {
namespace {

TEST(partner_queues, are_this_text) {
    EXPECT_EQ(render(partner_topology("acme")),
              "exchange itn.partner.acme topic durable\n"
              "queue itn.partner.acme.commands durable x-queue-type=quorum"
              " x-single-active-consumer=true x-overflow=reject-publish x-max-length=10000"
              " x-max-length-bytes=67108864 x-delivery-limit=1000000 x-consumer-timeout=86400000\n"
              "queue itn.partner.acme.events durable x-queue-type=classic x-overflow=drop-head"
              " x-max-length=100000 x-max-length-bytes=134217728\n"
              "bind itn.partner.acme acme.commands -> itn.partner.acme.commands\n");
}

TEST(partner_queues, names_are_short_plain_and_not_the_networks_own) {
    for (const char* good : {"acme", "abc", "x11", "0123456789abcdef0123456789abcdef"})
        EXPECT_TRUE(wire::is_partner_name(good)) << good;
    for (const char* bad : {"", "ab", "Acme", "ac-me", "ac.me", "a*b", "itn_api", "api", "ingress",
                            "guest", "itn", "0123456789abcdef0123456789abcdef0"})
        EXPECT_FALSE(wire::is_partner_name(bad)) << bad;
}

TEST(partner_queues, and_partners_are_two_ways_of_saying_it) {
    EXPECT_EQ(partner_of_command_queue(partner_command_queue("acme")), "acme");
    for (const char* other : {"itn.partner.acme.events", "itn.partner..commands", "itn.trade.00",
                              "itn.partner.commands", "itn.partner.a.b.commands"})
        EXPECT_FALSE(partner_of_command_queue(other)) << other;
}

TEST(broker_users, no_component_reaches_into_a_partners_replies) {
    for (const auto& user : component_users()) {
        if (user.name == "itn_migrate") continue;
        EXPECT_FALSE(std::regex_search("itn.reply.acme.1", std::regex(user.configure)));
        EXPECT_FALSE(std::regex_search("itn.reply.acme.1", std::regex(user.read)));
    }
}

/// Whether the user has any right at all to that exchange or queue.
bool reaches(const BrokerUser& user, const std::string& name) {
    return std::ranges::any_of(
        std::vector{user.configure, user.write, user.read},
        [&](const std::string& right) { return std::regex_search(name, std::regex(right)); });
}

TEST(broker_users, a_partners_exchange_and_queues_are_nobody_elses) {
    const std::vector<std::string> partners = {"acme",   "acme2", "cme",   "commands",
                                               "events", "reply", "watch", "partner"};
    for (const auto& partner : partners) {
        ASSERT_TRUE(wire::is_partner_name(partner)) << partner;
        const auto exchange = partner_exchange(partner);
        const auto user = partner_user(partner);
        EXPECT_TRUE(std::regex_search(exchange, std::regex(user.write)));
        EXPECT_FALSE(std::regex_search(exchange, std::regex(user.configure)));
        EXPECT_FALSE(std::regex_search(exchange, std::regex(user.read)));
        for (const auto& other : partners) {
            if (other == partner) continue;
            for (const auto& name :
                 {exchange, partner_command_queue(partner), partner_event_queue(partner),
                  partner_reply_prefix(partner) + "1"})
                EXPECT_FALSE(reaches(partner_user(other), name)) << other << " " << name;
        }
        for (const auto& component : component_users())
            EXPECT_EQ(reaches(component, exchange), component.name == "itn_migrate")
                << component.name << " " << exchange;
    }
}

TEST(broker_users, are_rendered_as_definitions_without_a_secret) {
    const std::vector users = {partner_user("acme")};
    const auto document = nlohmann::json::parse(render_definitions(users, "itn"));
    EXPECT_EQ(document, nlohmann::json::parse(R"json({
        "users": [{"name": "acme", "hashing_algorithm": "rabbit_password_hashing_sha256",
                   "tags": [], "limits": {"max-connections": 5, "max-channels": 10}}],
        "permissions": [{"user": "acme", "vhost": "itn", "configure": "^itn\\.reply\\.acme\\.",
                         "write": "^itn\\.partner\\.acme$",
                         "read": "^itn\\.(reply\\.acme\\..*|partner\\.acme\\.events)$"}],
        "topic_permissions": [{"user": "acme", "vhost": "itn", "exchange": "itn.partner.acme",
                               "write": "^acme\\.commands$", "read": "^$"}],
        "parameters": [{"component": "operator_policy", "vhost": "itn", "name": "itn-replies",
                        "value": {"pattern": "^itn\\.reply\\.", "apply-to": "queues",
                                  "priority": 0,
                                  "definition": {"max-length": 10000, "max-length-bytes": 67108864,
                                                 "expires": 86400000}}},
                       {"component": "vhost-limits", "vhost": "itn", "name": "limits",
                        "value": {"max-queues": 4000}}]})json"));
}

}  // namespace
}  // namespace itn::messaging
