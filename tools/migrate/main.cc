// itn-migrate: brings the database and the broker up to date, once per start of the network.
// Repeatable: what stands already is left alone.

#include <iostream>

#include "common/base/limits.h"
#include "common/messaging/broker_url.h"
#include "common/messaging/broker_users.h"
#include "common/messaging/topology_declare.h"
#include "common/runtime/config.h"
#include "common/runtime/log.h"
#include "common/runtime/supervise.h"
#include "common/storage/migrate.h"
#include "common/storage/schema.h"

namespace {

using namespace itn;

struct Settings {
    explicit Settings(runtime::Config& config) {
        config.secret("database-url", database_url, "Postgres; its user owns the schema.");
        config.secret("amqp-url", amqp_url,
                      "RabbitMQ; its user has configure rights. Empty: the queues are left alone.");
        config.text("amqp-ca-file", tls.ca_file, "CA certificates for amqps.");
        config.text("amqp-certificate-file", tls.certificate_file, "Client certificate for amqps.");
        config.text("amqp-key-file", tls.key_file, "Key of the client certificate.");
        config.integer("shards", shards, 0, limits::max_shards,
                       "Lanes per family; fixed at the first run. 0: as stored, else 16.");
        config.text("print-broker-users", printed_vhost,
                    "Prints the broker's users and their rights in this virtual host, as RabbitMQ "
                    "definitions without passwords, and does nothing else.");
    }
    std::string database_url;
    std::string amqp_url;
    messaging::TlsOptions tls;
    std::uint16_t shards = 0;
    std::string printed_vhost;
};

/// The number asked for, else the stored one, else the default.
std::uint16_t shards_for(const Settings& settings) {
    if (settings.shards != 0) return settings.shards;
    const auto stored = storage::read_settings(settings.database_url);
    return stored && stored->shards != 0 ? stored->shards : limits::default_shards;
}

void declare_queues(const Settings& settings, std::uint16_t shards) {
    const auto url = messaging::parse_broker_url(settings.amqp_url);
    if (!url) throw std::runtime_error("amqp-url: " + url.problem().detail);
    messaging::declare_topology(messaging::settings_for(*url, settings.tls, "itn-migrate"),
                                messaging::topology(shards));
    storage::store_topology_fingerprint(settings.database_url,
                                        messaging::topology_fingerprint(shards));
    runtime::log_info("queues declared", {{"shards", shards}});
}

/// A network whose processes are all the owner needs no other roles.
void give_rights(const std::string& database_url) {
    std::string missing;
    for (const std::string& role : storage::apply_rights(database_url))
        (missing += missing.empty() ? "" : " ") += role;
    if (!missing.empty())
        runtime::log_info("roles without rights, since they are missing", {{"roles", missing}});
}

int run(const Settings& settings) {
    if (!settings.printed_vhost.empty()) {
        std::cout << messaging::render_definitions(messaging::component_users(),
                                                   settings.printed_vhost)
                  << '\n';
        return 0;
    }
    if (settings.database_url.empty()) {
        runtime::log_error("database-url is not set");
        return 2;
    }
    const std::uint16_t shards = shards_for(settings);
    const auto done = storage::migrate(settings.database_url, storage::embedded_migrations(),
                                       shards, {.rights = storage::embedded_rights()});
    for (const std::string& line : done)
        runtime::log_info("database changed", {{"step", line}});
    if (done.empty()) runtime::log_info("database is up to date");
    give_rights(settings.database_url);
    if (!settings.amqp_url.empty()) declare_queues(settings, shards);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    runtime::Config config("itn-migrate", "Brings the database and the queues up to date.");
    const runtime::ProcessSettings process(config);
    const Settings settings(config);
    return runtime::supervise(config, process, argc, argv, [&] { return run(settings); });
}
