#pragma once

// What every process behind the doors needs to begin: where its database and its broker are, that
// the database fits, and how the broker's state becomes readiness.

#include <atomic>
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

/// Broker messages into the process's log.
messaging::LogSink broker_log();

/// The broker's state for the readiness check, which asks from any thread.
class ReadyBroker final {
public:
    explicit ReadyBroker(const messaging::Broker& broker) : broker_(broker) {}

    /// Loop thread.
    void on_state(messaging::State state);
    /// Loop thread, or the thread of the admin endpoint, which is the same.
    std::optional<std::string> trouble() const;

private:
    const messaging::Broker& broker_;
};

}  // namespace itn::workers
