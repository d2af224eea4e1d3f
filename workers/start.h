#pragma once

// What every process behind the doors needs to begin: where its database and its broker are, that
// both fit this program, and how their state becomes readiness.

#include <optional>
#include <string>

#include "common/messaging/broker_rabbitmq.h"
#include "common/runtime/config.h"
#include "common/storage/schema.h"

namespace itn::workers {

struct ConnectionSettings {
    /// Declares database-url, amqp-url and the amqp-* TLS files.
    explicit ConnectionSettings(runtime::Config& config);

    /// Throws std::runtime_error when the URL or a TLS file is unusable.
    messaging::ConnectionSettings broker(const std::string& program) const;

    std::string database_url{};
    std::string amqp_url{};
    messaging::TlsOptions tls{};
};

/// Waits until the database can be reached, then reads its settings. Throws std::runtime_error with
/// what to do when it does not fit this program.
storage::Settings wait_for_schema(const std::string& database_url);

/// Waits until the broker can be reached, then compares its exchanges and queues with what this
/// program expects. Throws messaging::TopologyError naming each object and what to do.
void wait_for_topology(const messaging::ConnectionSettings& broker, std::uint16_t shards);

/// Broker messages into the process's log.
messaging::LogSink broker_log();

/// For readiness: what keeps the broker from being of use. Loop thread.
std::optional<std::string> broker_trouble(const messaging::Broker& broker);

}  // namespace itn::workers
