// itn-notifier: tells everybody who watches what happened, over WebSocket and server-sent events,
// and feeds the queues of partners.

#include <string>
#include <utility>

#include "common/gateway/audit.h"
#include "common/gateway/budgets.h"
#include "common/gateway/doorkeeper.h"
#include "common/gateway/token_settings.h"
#include "common/messaging/broker_rabbitmq.h"
#include "common/rights/rights.h"
#include "common/runtime/admin.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "common/runtime/supervise.h"
#include "common/runtime/uuid.h"
#include "common/storage/reader.h"
#include "workers/notifier/door_calls.h"
#include "workers/notifier/partner_feed.h"
#include "workers/notifier/room.h"
#include "workers/notifier/socket.h"
#include "workers/start.h"

namespace {

using namespace itn;
using namespace itn::workers::notifier;

constexpr const char* program = "itn-notifier";

struct NotifierSettings {
    explicit NotifierSettings(runtime::Config& config) : connections(config), tokens(config) {
        config.listen_on_loopback("notifier-listen", listen, "Where clients connect.");
        config.listen("admin-listen", admin_listen,
                      "Where /livez, /readyz and /metrics are served.");
        config.text("allowed-origins", allowed_origins,
                    "Origins whose pages may connect, separated by commas; loopback stands for all "
                    "pages of this machine.");
        config.addresses("trusted-proxies", trusted_proxies,
                         "Addresses (no networks), with commas between, whose X-Forwarded-For "
                         "names the client.");
    }

    Origins origins() const {
        Origins origins;
        for (std::size_t at = 0; at < allowed_origins.size();) {
            const std::size_t comma =
                std::min(allowed_origins.find(',', at), allowed_origins.size());
            if (comma > at) origins.push_back(allowed_origins.substr(at, comma - at));
            at = comma + 1;
        }
        return origins;
    }

    workers::ConnectionSettings connections;
    gateway::TokenSettings tokens;
    runtime::Endpoint listen{};
    runtime::Endpoint admin_listen{};
    std::string allowed_origins = "loopback";
    std::vector<std::string> trusted_proxies;
};

/// Whether the topic's trade or shipment is there and the caller may hear of it. The journal tells:
/// that is all this process may read.
bool may_read(storage::Reader& reader, const identity::Caller& caller, const Topic& topic) {
    const Family family = topic.kind == TopicKind::trade_id ? Family::trade : Family::cargo;
    const auto first = reader.first_event(family, topic.id);
    return first &&
           rights::may_hear(caller, rights::stake_of(first->kind, first->subject, first->body));
}

JournalCalls journal_calls(storage::Reader& reader) {
    return {.position = [&reader] { return reader.position(); },
            .read = [&reader](Lane lane, std::int64_t after,
                              std::size_t limit) { return reader.journal(lane, after, limit); },
            .may_read = [&reader](const identity::Caller& caller,
                                  const Topic& topic) { return may_read(reader, caller, topic); }};
}

void add_checks(runtime::Health& health, const Feed& feed, const JournalThread& journal,
                const messaging::Broker& broker) {
    using Trouble = std::optional<std::string>;
    health.add("feed", [&feed] {
        return feed.has_begun() ? Trouble() : Trouble("does not know yet where it stands");
    });
    health.add("postgres", [&journal] {
        return journal.is_reachable() ? Trouble() : Trouble("the journal cannot be read");
    });
    health.add("rabbitmq",
               [&broker] { return broker.is_consuming() ? Trouble() : Trouble("not consuming"); });
}

int run(const NotifierSettings& settings, const runtime::ProcessSettings& process) {
    const auto keys = settings.tokens.load(identity::KeyUse::verify);
    const auto broker_settings = settings.connections.broker(program);
    const auto schema = workers::wait_for_schema(settings.connections.database_url);
    workers::wait_for_topology(broker_settings, schema.shards);
    runtime::Loop loop;
    runtime::Metrics metrics;
    runtime::Health health;
    runtime::add_process_metrics(metrics);
    storage::Reader reader(settings.connections.database_url, program);
    JournalThread journal(loop, journal_calls(reader));
    messaging::RabbitBroker broker(loop, broker_settings, workers::broker_log());
    Feed feed(loop, broker, journal, runtime::uuid_v7(), metrics);
    Room room(feed, journal, metrics);
    gateway::Audit audit(settings.connections.database_url, program);
    gateway::Doorkeeper keeper({.database_url = settings.connections.database_url,
                                .application = program,
                                .keys = keys,
                                .issuer = settings.tokens.issuer,
                                .audience = settings.tokens.audience});
    keeper.start();
    gateway::Budgets budgets(settings.connections.database_url, program);
    Entrance entrance(loop, door_calls(keeper, budgets, audit));
    Socket socket(loop,
                  {.listen = settings.listen,
                   .origins = settings.origins(),
                   .trusted_proxies = settings.trusted_proxies},
                  room, entrance, metrics);
    PartnerFeed partner_feed(settings.connections.database_url, program, loop, broker, metrics);
    room.set_spend([&budgets](const Principal& principal, std::int64_t reads) {
        const auto now = runtime::SystemClock().now();
        return budgets.spend(principal.text(), gateway::RateClass::read, now, reads).ok;
    });
    room.set_on_moved([&partner_feed] { partner_feed.wake(); });
    room.set_clients([&socket](ClientId id) { return socket.client(id); });
    add_checks(health, feed, journal, broker);
    runtime::Admin admin(loop, settings.admin_listen, health, metrics);
    feed.start(room);
    runtime::write_port_file(process.port_file,
                             {{"port", socket.port()}, {"admin_port", admin.port()}});
    runtime::log_info("notifier started", {{"port", socket.port()}});

    bool is_ending = false;
    const runtime::Signals signals(loop, [&](int) {
        if (std::exchange(is_ending, true)) return;
        health.start_draining();
        socket.stop([&] { broker.stop([&] { loop.stop(); }); });
    });
    loop.run();
    runtime::log_info("notifier ended");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    runtime::Config config(program, "Tells everybody who watches what happened.");
    const runtime::ProcessSettings process(config);
    const NotifierSettings settings(config);
    return runtime::supervise(config, process, argc, argv, [&] { return run(settings, process); });
}
