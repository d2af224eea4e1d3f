#pragma once

// Who may do what at the broker, as one table: a user for each component and one for each partner,
// with no more than it needs. itn-migrate prints the components' as RabbitMQ definitions, itnctl
// makes the partners'. Nobody has a tag, so nobody may impersonate or administer.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace itn::messaging {

/// Which routing keys may be published to, and bound at, a topic exchange. RabbitMQ allows all of
/// them where no rule stands.
struct TopicRule {
    std::string exchange{};
    std::string write{};
    std::string read{};
    friend bool operator==(const TopicRule&, const TopicRule&) = default;
};

/// Rights are regular expressions over the names of exchanges and queues; "^$" is none. The default
/// exchange goes by the name amq.default.
struct BrokerUser {
    std::string name{};
    std::string configure{};
    std::string write{};
    std::string read{};
    std::vector<TopicRule> topics{};
    std::int64_t max_connections = 0;  // 0: as many as the broker takes
    std::int64_t max_channels = 0;
    friend bool operator==(const BrokerUser&, const BrokerUser&) = default;
};

/// itn_migrate, itn_api, itn_ingress, itn_trade, itn_cargo, itn_inventory, itn_notifier.
std::vector<BrokerUser> component_users();
/// `partner` is a wire::is_partner_name().
BrokerUser partner_user(std::string_view partner);

/// A definitions document for that virtual host, to be imported or merged: users without passwords
/// (who imports it adds password_hash to each), permissions and topic_permissions; and for the
/// whole host an operator policy that bounds every reply queue, and the number of queues.
std::string render_definitions(std::span<const BrokerUser> users, std::string_view vhost);

}  // namespace itn::messaging
