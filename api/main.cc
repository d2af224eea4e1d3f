// itn-api: the REST door. Http threads parse and stamp, the loop thread talks to RabbitMQ, a few
// threads read Postgres; this file wires them and ends them in order.

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "api/doc_pages.h"
#include "api/front/front.h"
#include "api/gauges.h"
#include "api/room.h"
#include "api/routes.h"
#include "common/gateway/sweeper.h"
#include "common/gateway/token_settings.h"
#include "common/identity/password.h"
#include "common/messaging/broker_rabbitmq.h"
#include "common/messaging/topology.h"
#include "common/runtime/log.h"
#include "common/runtime/supervise.h"
#include "common/runtime/uuid.h"
#include "workers/start.h"

namespace {

using namespace itn;

constexpr const char* program = "itn-api";

struct ApiSettings {
    explicit ApiSettings(runtime::Config& config) : connections(config), tokens(config) {
        config.listen("api-listen", listen, "Where clients connect.");
        config.text("notifier-url", notifier_url, "Where clients find real-time updates.");
        config.text("docs-dir", docs_dir, "Where docs/site/build left the pages of /docs.");
        config.addresses("trusted-proxies", trusted_proxies,
                         "Addresses (no networks), with commas between, whose X-Forwarded-For "
                         "names the client.");
        config.text("common-passwords", common_passwords,
                    "File of passwords that nobody may choose, one a line, # begins a comment.");
        config.duration("audit-retention", audit_retention, gateway::Sweeper::min_audit_retention,
                        gateway::Sweeper::max_audit_retention,
                        "How long lines of the audit trail are kept, at least.");
        config.integer("http-threads", http_threads, 1, 64, "Threads that serve HTTP.");
        config.integer("read-threads", read_threads, 1, 64,
                       "Threads that read Postgres, a connection each.");
    }

    workers::ConnectionSettings connections;
    gateway::TokenSettings tokens;
    runtime::Endpoint listen{.host = "127.0.0.1", .port = 8080};
    std::string notifier_url;
    std::string docs_dir;
    std::vector<std::string> trusted_proxies;
    std::string common_passwords;
    std::chrono::milliseconds audit_retention = gateway::Sweeper::audit_retention;
    unsigned http_threads = 2;
    unsigned read_threads = 4;
};

void add_checks(runtime::Health& health, const gateway::Dispatch& dispatch,
                const gateway::Doorkeeper& doorkeeper, const gateway::CatalogueKeeper& catalogue) {
    using Trouble = std::optional<std::string>;
    health.add("rabbitmq", [&dispatch] {
        return dispatch.is_available() ? Trouble() : Trouble("commands cannot be published");
    });
    health.add("postgres", [&catalogue] {
        return catalogue.is_current() ? Trouble() : Trouble("the catalogue cannot be read");
    });
    health.add("accounts", [&doorkeeper] {
        return doorkeeper.is_current() ? Trouble() : Trouble("accounts cannot be read");
    });
}

/// The queue on which this process hears that the catalogue changed.
messaging::OwnQueue catalogue_queue(const std::string& instance) {
    const std::string events(messaging::events_exchange);
    return {.name = "itn.watch.api." + instance,
            .max_length = limits::max_watch_queue,
            .bindings = {{events, "station.*"}, {events, "product.*"}}};
}

int run(const ApiSettings& settings, const runtime::ProcessSettings& process) {
    const auto keys = settings.tokens.load(identity::KeyUse::sign);
    if (!settings.common_passwords.empty())
        identity::add_common_passwords(settings.common_passwords);
    const auto broker_settings = settings.connections.broker(program);
    const auto schema = workers::wait_for_schema(settings.connections.database_url);
    workers::wait_for_topology(broker_settings, schema.shards);

    const auto instance = runtime::uuid_v7();
    const runtime::SystemClock clock;
    runtime::Metrics metrics;
    runtime::Health health;
    runtime::add_process_metrics(metrics);
    api::Pending pending;
    gateway::RememberedKeys remembered;
    runtime::Loop loop;
    messaging::RabbitBroker broker(loop, broker_settings, workers::broker_log());
    gateway::Dispatch dispatch(loop, broker);
    gateway::Waiters waiters(loop, broker, "api", instance);
    gateway::CatalogueKeeper catalogue(settings.connections.database_url);
    api::Reads reads(
        {.database_url = settings.connections.database_url, .threads = settings.read_threads});
    api::PasswordDesk passwords(settings.connections.database_url);
    api::Summaries summaries(reads, clock);
    const auto doc_pages = api::load_doc_pages(settings.docs_dir);
    const auto& database_url = settings.connections.database_url;
    gateway::Budgets budgets(database_url, program);
    gateway::Audit audit(database_url, program);
    const gateway::Sweeper sweeper(database_url, program,
                                   std::chrono::floor<std::chrono::days>(settings.audit_retention));
    gateway::Doorkeeper doorkeeper({.database_url = database_url,
                                    .application = program,
                                    .keys = keys,
                                    .issuer = settings.tokens.issuer,
                                    .audience = settings.tokens.audience});
    const api::Room room{.shards = schema.shards,
                         .notifier_url = settings.notifier_url,
                         .doorkeeper = doorkeeper,
                         .budgets = budgets,
                         .audit = audit,
                         .dispatch = dispatch,
                         .waiters = waiters,
                         .remembered = remembered,
                         .catalogue = catalogue,
                         .reads = reads,
                         .passwords = passwords,
                         .summaries = summaries,
                         .clock = clock,
                         .health = health,
                         .metrics = metrics,
                         .pending = pending,
                         .doc_pages = &doc_pages};
    api::front::Server server({.host = settings.listen.host,
                               .port = settings.listen.port,
                               .threads = settings.http_threads,
                               .trusted_proxies = settings.trusted_proxies},
                              api::routes(room), api::error_page);
    api::add_gauges(room, server);
    add_checks(health, dispatch, doorkeeper, catalogue);
    catalogue.start();
    doorkeeper.start();
    broker.subscribe_own(catalogue_queue(instance),
                         [&catalogue](const messaging::Delivery&) { catalogue.nudge(); });
    broker.start([&dispatch](messaging::State state) { dispatch.on_state(state); });
    server.start();
    runtime::write_port_file(process.port_file, {{"port", server.port()}});
    runtime::log_info("api started", {{"port", server.port()}, {"shards", schema.shards}});

    // Answers that are pending need the loop, so the server ends beside it, and the loop last.
    std::jthread ending;
    const runtime::Signals signals(loop, [&](int) {
        if (ending.joinable()) return;
        health.start_draining();
        ending = std::jthread([&] {
            server.stop(limits::api_drain);
            loop.post([&] { dispatch.drain([&] { broker.stop([&] { loop.stop(); }); }); });
        });
    });
    loop.run();
    passwords.stop();
    reads.stop();
    runtime::log_info("api ended");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    runtime::Config config(program, "The REST door of the network.");
    const runtime::ProcessSettings process(config);
    const ApiSettings settings(config);
    return runtime::supervise(config, process, argc, argv, [&] { return run(settings, process); });
}
