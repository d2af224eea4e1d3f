#include "tools/ctl/broker_account.h"

#include <type_traits>
#include <variant>

#include "common/identity/secret_text.h"
#include "common/messaging/broker_users.h"
#include "common/messaging/partner_queues.h"
#include "tools/ctl/exit_codes.h"

namespace itn::ctl {

namespace {

using nlohmann::json;

json arguments_of(const messaging::Queue& queue) {
    json arguments = json::object();
    for (const auto& [name, value] : queue.arguments)
        std::visit([&, &key = name](const auto& held) { arguments[key] = held; }, value);
    return arguments;
}

const std::string& checked(const std::string& management_url) {
    if (management_url.empty())
        throw Trouble(Exit::usage,
                      "ITN_RABBITMQ_MANAGEMENT_URL is not set: the broker's management "
                      "API, with a user and password in it");
    return management_url;
}

}  // namespace

BrokerAccount::BrokerAccount(const std::string& management_url, std::string vhost)
    : client_(checked(management_url)), vhost_(tools::escaped(vhost)) {}

tools::Response BrokerAccount::must(const std::string& method, const std::string& path,
                                    const json& body) {
    auto response = client_.send(method, path, body);
    const bool is_gone = method == "DELETE" && response.status == 404;
    if (response.is_success() || is_gone) return response;
    const std::string what = "the broker's management API, " + method + ' ' + path + ": ";
    if (response.status == 0) throw Trouble(Exit::unreachable, what + response.fault);
    // 401 there is about the URL's user, not about whoever is signed in to the network.
    const Exit exit = response.status == 401 ? Exit::usage : exit_of(response.status);
    throw Trouble(exit, what + std::to_string(response.status) + ' ' + response.text);
}

bool BrokerAccount::has_user(const std::string& partner) {
    const auto response = client_.get("/api/users/" + tools::escaped(partner));
    if (response.status == 404) return false;
    return must("GET", "/api/users/" + tools::escaped(partner), nullptr).is_success();
}

void BrokerAccount::provide(const std::string& partner, bool rotate, std::string& password) {
    provide_topology(partner);
    if (rotate || !has_user(partner)) {
        const std::string fresh = identity::base62(identity::random_256());
        must("PUT", "/api/users/" + tools::escaped(partner), {{"password", fresh}, {"tags", ""}});
        password = fresh;
    }
    give_rights(partner);
}

void BrokerAccount::provide_topology(const std::string& partner) {
    const auto topology = messaging::partner_topology(partner);
    for (const auto& exchange : topology.exchanges)
        must("PUT", "/api/exchanges/" + vhost_ + '/' + tools::escaped(exchange.name),
             {{"type", exchange.type}, {"durable", true}, {"auto_delete", false}});
    for (const auto& queue : topology.queues)
        must("PUT", "/api/queues/" + vhost_ + '/' + tools::escaped(queue.name),
             {{"durable", true}, {"auto_delete", false}, {"arguments", arguments_of(queue)}});
    for (const auto& binding : topology.bindings)
        must("POST",
             "/api/bindings/" + vhost_ + "/e/" + tools::escaped(binding.exchange) + "/q/" +
                 tools::escaped(binding.queue),
             {{"routing_key", binding.key}, {"arguments", json::object()}});
}

void BrokerAccount::give_rights(const std::string& partner) {
    const messaging::BrokerUser user = messaging::partner_user(partner);
    const std::string name = tools::escaped(user.name);
    // Limits and topics first: without a row of its own everything would be allowed.
    must("PUT", "/api/user-limits/" + name + "/max-connections", {{"value", user.max_connections}});
    must("PUT", "/api/user-limits/" + name + "/max-channels", {{"value", user.max_channels}});
    for (const auto& topic : user.topics)
        must("PUT", "/api/topic-permissions/" + vhost_ + '/' + name,
             {{"exchange", topic.exchange}, {"write", topic.write}, {"read", topic.read}});
    must("PUT", "/api/permissions/" + vhost_ + '/' + name,
         {{"configure", user.configure}, {"write", user.write}, {"read", user.read}});
}

void BrokerAccount::remove(const std::string& partner) {
    must("DELETE", "/api/users/" + tools::escaped(partner), nullptr);
    const std::string prefix = messaging::partner_reply_prefix(partner);
    remove_all("/api/queues/", "?columns=name,exclusive", prefix);
    remove_all("/api/exchanges/", "?columns=name", prefix);
}

void BrokerAccount::remove_all(const std::string& kind, const std::string& columns,
                               const std::string& prefix) {
    for (const json& one : must("GET", kind + vhost_ + columns, nullptr).body) {
        const std::string name = one.value("name", "");
        // An exclusive queue goes with its connection.
        if (!name.starts_with(prefix) || one.value("exclusive", false)) continue;
        must("DELETE", kind + vhost_ + '/' + tools::escaped(name), nullptr);
    }
}

}  // namespace itn::ctl
