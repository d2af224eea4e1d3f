#include "workers/start.h"

#include <chrono>
#include <stdexcept>
#include <thread>

#include "common/base/limits.h"
#include "common/messaging/topology_declare.h"
#include "common/runtime/log.h"
#include "common/storage/store.h"

namespace itn::workers {

ConnectionSettings::ConnectionSettings(runtime::Config& config) {
    config.secret("database-url", database_url, "Postgres, as a postgresql:// URL.");
    config.secret("amqp-url", amqp_url, "RabbitMQ, as an amqp:// or amqps:// URL.");
    config.text("amqp-ca-file", tls.ca_file, "Authorities that may sign the broker (PEM).");
    config.text("amqp-certificate-file", tls.certificate_file, "Our client certificate (PEM).");
    config.text("amqp-key-file", tls.key_file, "The key of our client certificate (PEM).");
}

messaging::ConnectionSettings ConnectionSettings::broker(const std::string& program) const {
    const auto url = messaging::parse_broker_url(amqp_url);
    if (!url.ok()) throw std::runtime_error("amqp-url: " + url.problem().detail);
    return messaging::settings_for(*url, tls, program);
}

storage::Settings wait_for_schema(const std::string& database_url) {
    for (;;) {
        try {
            const auto settings = storage::read_settings(database_url);
            if (!settings) throw std::runtime_error("the database is empty: run itn-migrate");
            const auto fault = storage::schema_fault(
                database_url, settings->shards, messaging::topology_fingerprint(settings->shards));
            if (fault) throw std::runtime_error(*fault);
            return *settings;
        } catch (const storage::MachineFailure& failure) {
            runtime::log_limited(runtime::Level::warning, "waiting for postgres",
                                 {{"reason", failure.what()}});
            std::this_thread::sleep_for(limits::reconnect_first);
        }
    }
}

void wait_for_topology(const messaging::ConnectionSettings& broker, std::uint16_t shards) {
    for (;;) {
        try {
            return messaging::verify_topology(broker, messaging::topology(shards));
        } catch (const messaging::BrokerUnreachable& failure) {
            runtime::log_limited(runtime::Level::warning, "waiting for rabbitmq",
                                 {{"reason", failure.what()}});
            std::this_thread::sleep_for(limits::reconnect_first);
        }
    }
}

messaging::LogSink broker_log() {
    return [](messaging::Severity severity, std::string text) {
        switch (severity) {
            case messaging::Severity::info:
                return runtime::log_info(text);
            case messaging::Severity::warning:
                return runtime::log_warning(text);
            case messaging::Severity::error:
                return runtime::log_error(text);
        }
    };
}

std::optional<std::string> broker_trouble(const messaging::Broker& broker) {
    if (broker.state() == messaging::State::blocked) return "blocked by an alarm";
    if (broker.state() != messaging::State::open) return "not connected";
    if (!broker.is_consuming()) return "not consuming";
    return std::nullopt;
}

}  // namespace itn::workers
