// Who is who in the network of a test: components, the administrator, users and partners.

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/messaging/broker_url.h"
#include "common/messaging/broker_users.h"
#include "common/messaging/partner_queues.h"
#include "common/messaging/topology_declare.h"
#include "tests/e2e/system.h"
#include "tests/support/private_postgres.h"
#include "tests/support/private_rabbitmq.h"
#include "tests/support/process.h"

namespace itn::tests {

namespace {

using nlohmann::json;

void run(const std::vector<std::string>& arguments) {
    const Ran ran = run_program(arguments);
    if (ran.code != 0) throw std::runtime_error(arguments.front() + ": " + ran.output);
}

/// "itn-trade-worker" is itn_trade at the broker.
std::string user_of(const std::string& program) {
    std::string name = program.substr(0, program.find("-worker"));
    name.replace(name.find('-'), 1, "_");
    return name;
}

std::string role_of(const std::string& program) {
    return program.ends_with("-worker") ? "itn_worker" : user_of(program);
}

}  // namespace

void System::admit_components() {
    for (const char* role : {"itn_worker", "itn_api", "itn_ingress", "itn_notifier", "itn_audit"}) {
        private_postgres().add_role(role);
    }
    private_rabbitmq().import_definitions(
        messaging::render_definitions(messaging::component_users(), "/"));
}

void System::add_key(const std::string& name) {
    const std::string file = '/' + name + ".pem";
    run({"openssl", "genpkey", "-algorithm", "ed25519", "-out", directory_ + file});
    run({"openssl", "pkey", "-in", directory_ + file, "-pubout", "-out",
         directory_ + "/public" + file});
}

std::string System::amqp_url_of(const std::string& user) const {
    return private_rabbitmq().url_for(user, "secret");
}

std::string System::database_url_of(const std::string& role) const {
    return PrivatePostgres::url_as(database_url_, role);
}

System::Settings System::environment_of(const std::string& program) const {
    const bool signs = program == "itn-api";
    return {{"ITN_DATABASE_URL", database_url_of(role_of(program))},
            {"ITN_AMQP_URL", amqp_url_of(user_of(program))},
            {"ITN_API_LISTEN", "127.0.0.1:0"},
            {"ITN_NOTIFIER_LISTEN", "127.0.0.1:0"},
            {"ITN_ADMIN_LISTEN", "127.0.0.1:0"},
            {"ITN_TOKEN_KEYS", directory_ + (signs ? "/signing.pem" : "/public/signing.pem")}};
}

void System::add_admin() {
    setenv("ITN_PASSWORD", password, 1);
    setenv("XDG_STATE_HOME", (directory_ + "/nobody").c_str(), 1);
    run({std::string(ITN_BIN_DIR) + "/itnctl", "user", "add", "--role", "admin", "--name",
         "Administrator", "--email", "admin@itn.example", "--if-missing"});
    admin_token_ = sign_in("admin@itn.example", password);
}

std::string System::sign_in(const std::string& email, const std::string& secret) {
    const Answer answer =
        send("POST", "/api/auth/login", {{"email", email}, {"password", secret}}, as(""));
    if (answer.status != 200) throw std::runtime_error("sign-in: " + answer.body.dump());
    return answer.body.at("accessToken");
}

std::string System::add_user(const std::string& name, const std::string& role,
                             const std::vector<std::string>& stations) {
    const std::string email = name + "@itn.example";
    const Answer made = send("POST", "/api/auth/register",
                             {{"name", name}, {"email", email}, {"password", password}}, as(""));
    if (made.status != 201) throw std::runtime_error("user: " + made.body.dump());
    const std::string id = made.body.at("userId");
    const Answer changed =
        send("PUT", "/api/users/" + id + "/role", {{"role", role}, {"stations", stations}});
    if (changed.status != 200) throw std::runtime_error("role: " + changed.body.dump());
    return sign_in(email, password);
}

Headers System::as(const std::string& token) {
    return {{"Authorization", token.empty() ? token : "Bearer " + token}};
}

std::string System::add_partner(const std::string& name, const std::vector<std::string>& stations) {
    const Answer made = send("POST", "/api/partners", {{"name", name}, {"stations", stations}});
    if (made.status != 201) throw std::runtime_error("partner: " + made.body.dump());
    const std::vector<messaging::BrokerUser> users = {messaging::partner_user(name)};
    private_rabbitmq().import_definitions(messaging::render_definitions(users, "/"));
    const auto broker = messaging::parse_broker_url(amqp_url_);
    messaging::declare_topology(messaging::settings_for(*broker, {}, "e2e"),
                                messaging::partner_topology(name));
    return amqp_url_of(name);
}

}  // namespace itn::tests
