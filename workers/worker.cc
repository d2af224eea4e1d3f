#include "workers/worker.h"

#include <unistd.h>

#include <memory>
#include <string>

#include "common/base/limits.h"
#include "common/messaging/broker_rabbitmq.h"
#include "common/runtime/admin.h"
#include "common/runtime/log.h"
#include "common/runtime/supervise.h"
#include "common/runtime/uuid.h"
#include "common/storage/schema.h"
#include "common/storage/store_postgres.h"
#include "workers/pump.h"
#include "workers/start.h"

namespace itn::workers {

namespace {

constexpr auto drain_grace = std::chrono::seconds(5);

struct WorkerSettings {
    explicit WorkerSettings(runtime::Config& config) : connections(config) {
        config.listen("admin-listen", admin_listen,
                      "Where /livez, /readyz and /metrics are served.");
        config.integer("oversized-trade-lines", oversized_trade_lines, 1, 100,
                       "A trade with more lines than this raises a critical event.");
        config.integer(
            "oversized-cargo-lines", oversized_cargo_lines, 1, 100,
            "A shipment with more lines of own goods than this raises a critical event.");
        config.integer("low-stock-below", low_stock_below, 0, limits::max_quantity,
                       "Available stock below this raises a critical event; 0: only where a stock "
                       "row has a threshold of its own.");
    }

    domain::Settings domain() const {
        return {.oversized_trade_lines = oversized_trade_lines,
                .oversized_cargo_lines = oversized_cargo_lines,
                .low_stock_below = Quantity(low_stock_below)};
    }

    ConnectionSettings connections;
    runtime::Endpoint admin_listen{};
    std::size_t oversized_trade_lines = domain::Settings{}.oversized_trade_lines;
    std::size_t oversized_cargo_lines = domain::Settings{}.oversized_cargo_lines;
    std::int64_t low_stock_below = 0;
};

std::string host_name() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

int run(Family family, const std::string& program, const WorkerSettings& settings,
        const runtime::ProcessSettings& process) {
    const storage::Settings schema = wait_for_schema(settings.connections.database_url);
    const runtime::SystemClock clock;
    runtime::Loop loop;
    runtime::Metrics metrics;
    runtime::Health health;
    runtime::add_process_metrics(metrics);
    const messaging::ConnectionSettings connection = settings.connections.broker(program);
    wait_for_topology(connection, schema.shards);
    messaging::RabbitBroker broker(loop, connection, broker_log());
    const auto store = [&](const std::string& role) {
        return std::make_unique<storage::PostgresStore>(settings.connections.database_url, family,
                                                        program + ' ' + role);
    };
    auto pump =
        std::make_unique<Pump>(loop, broker, store("batches"), store("clerk"), clock, metrics,
                               PumpOptions{.family = family,
                                           .shards = schema.shards,
                                           .epoch = schema.epoch,
                                           .instance = runtime::uuid_v7(),
                                           .host = host_name(),
                                           .committer = {.settings = settings.domain()}});
    health.add("postgres", [&] { return pump->trouble(); });
    health.add("rabbitmq", [&] { return broker_trouble(broker); });
    runtime::Admin admin(loop, settings.admin_listen, health, metrics);
    runtime::write_port_file(process.port_file, {{"admin_port", admin.port()}});

    broker.start([&](messaging::State state) { pump->on_broker_state(state); });
    pump->start();
    runtime::log_info("worker started", {{"family", name(family)}, {"lanes", schema.shards}});

    bool is_ending = false;
    const runtime::Signals signals(loop, [&](int) {
        if (std::exchange(is_ending, true)) return;
        runtime::log_info("draining");
        health.start_draining();
        pump->drain(drain_grace, [&] { broker.stop([&] { loop.stop(); }); });
    });
    loop.run();
    pump.reset();
    runtime::log_info("worker ended");
    return 0;
}

}  // namespace

int run_worker(Family family, int argc, const char* const* argv) {
    const std::string program = "itn-" + std::string(name(family)) + "-worker";
    runtime::Config config(program, "Decides and commits the commands of the " +
                                        std::string(name(family)) +
                                        " family. Start more of them to scale out.");
    const runtime::ProcessSettings process(config);
    const WorkerSettings settings(config);
    return runtime::supervise(config, process, argc, argv,
                              [&] { return run(family, program, settings, process); });
}

}  // namespace itn::workers
