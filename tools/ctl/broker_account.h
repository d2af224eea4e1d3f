#pragma once

// A partner at the broker, through RabbitMQ's management API: its user with rights and limits, its
// exchange and queues, as messaging/broker_users.h and partner_queues.h say. Repeatable: what is
// missing is made, what differs in rights is put right, what stands stays.

#include <string>

#include "tools/http/client.h"

namespace itn::ctl {

class BrokerAccount final {
public:
    /// `management_url` with a user and password in it. Throws Trouble(Exit::usage) for none.
    BrokerAccount(const std::string& management_url, std::string vhost);

    /// Exchange and queues first, so that whoever can sign in finds them. `password` becomes the
    /// new one, as soon as it is in force, when the user is new or `rotate` asks for another; else
    /// it stays as it is. Throws Trouble.
    void provide(const std::string& partner, bool rotate, std::string& password);
    /// Takes the user away, with its connections and with what it made under the names of its
    /// replies; its exchange, its two queues and what waits in them stay. Throws Trouble.
    void remove(const std::string& partner);
    bool has_user(const std::string& partner);

private:
    tools::Response must(const std::string& method, const std::string& path,
                         const nlohmann::json& body);
    void provide_topology(const std::string& partner);
    void give_rights(const std::string& partner);
    /// What is there of a kind ("/api/queues/") under names that begin so.
    void remove_all(const std::string& kind, const std::string& columns, const std::string& prefix);

    tools::Client client_;
    std::string vhost_;  // percent-encoded
};

}  // namespace itn::ctl
