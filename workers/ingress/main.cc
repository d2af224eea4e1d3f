// itn-ingress: the queue door. Takes what partners' systems publish, each to an exchange of its
// own, judges it by the same code as the api and hands it to the lanes.

#include <string>
#include <utility>

#include "common/gateway/gauges.h"
#include "common/messaging/broker_rabbitmq.h"
#include "common/runtime/admin.h"
#include "common/runtime/log.h"
#include "common/runtime/supervise.h"
#include "workers/ingress/ingress.h"
#include "workers/ingress/partner_watch.h"
#include "workers/start.h"

namespace {

using namespace itn;
using namespace itn::workers::ingress;

constexpr const char* program = "itn-ingress";
constexpr auto drain_grace = std::chrono::seconds(5);

struct IngressSettings {
    explicit IngressSettings(runtime::Config& config) : connections(config) {
        config.listen("admin-listen", admin_listen,
                      "Where /livez, /readyz and /metrics are served.");
    }

    workers::ConnectionSettings connections;
    runtime::Endpoint admin_listen{};
};

void add_checks(runtime::Health& health, const Ingress& ingress, const PartnerWatch& watch,
                const messaging::Broker& broker) {
    using Trouble = std::optional<std::string>;
    health.add("postgres", [&watch] {
        return watch.is_reachable() ? Trouble() : Trouble("partners cannot be read");
    });
    health.add("partners", [&ingress] {
        return ingress.is_current() ? Trouble() : Trouble("not known who may come in");
    });
    health.add("rabbitmq", [&broker] {
        return broker.state() == messaging::State::open ? Trouble() : Trouble("cannot publish");
    });
}

void add_gauges(runtime::Metrics& metrics, const Ingress& ingress,
                const gateway::Dispatch& dispatch) {
    metrics.gauge_from("itn_ingress_queues", "Partners' queues that are consumed.",
                       [&ingress] { return double(ingress.open_queues()); });
    gateway::add_dispatch_gauges(metrics, dispatch);
}

int run(const IngressSettings& settings, const runtime::ProcessSettings& process) {
    const auto& database_url = settings.connections.database_url;
    const auto broker_settings = settings.connections.broker(program);
    const auto schema = workers::wait_for_schema(database_url);
    workers::wait_for_topology(broker_settings, schema.shards);
    const runtime::SystemClock clock;
    runtime::Loop loop;
    runtime::Metrics metrics;
    runtime::Health health;
    runtime::add_process_metrics(metrics);
    gateway::CatalogueKeeper catalogue(database_url, "itn-ingress-catalogue");
    catalogue.start();
    gateway::Audit audit(database_url, "itn-ingress-audit");
    gateway::Budgets budgets(database_url, program);
    messaging::RabbitBroker broker(loop, broker_settings, workers::broker_log());
    gateway::Dispatch dispatch(loop, broker);
    Ingress ingress(Room{.loop = loop,
                         .broker = broker,
                         .dispatch = dispatch,
                         .catalogue = catalogue,
                         .budgets = budgets,
                         .audit = audit,
                         .clock = clock,
                         .metrics = metrics,
                         .shards = schema.shards});
    const PartnerWatch watch(loop, database_url,
                             [&](auto partners) { ingress.know(std::move(partners)); });
    add_checks(health, ingress, watch, broker);
    add_gauges(metrics, ingress, dispatch);
    runtime::Admin admin(loop, settings.admin_listen, health, metrics);
    runtime::write_port_file(process.port_file, {{"admin_port", admin.port()}});
    broker.start([&](messaging::State state) { dispatch.on_state(state); });
    runtime::log_info("ingress started");

    bool is_ending = false;
    const runtime::Signals signals(loop, [&](int) {
        if (std::exchange(is_ending, true)) return;
        runtime::log_info("draining");
        health.start_draining();
        ingress.drain(drain_grace,
                      [&] { dispatch.drain([&] { broker.stop([&] { loop.stop(); }); }); });
    });
    loop.run();
    runtime::log_info("ingress ended");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    runtime::Config config(program, "Takes the commands of partners' systems from their queues.");
    const runtime::ProcessSettings process(config);
    const IngressSettings settings(config);
    return runtime::supervise(config, process, argc, argv, [&] { return run(settings, process); });
}
