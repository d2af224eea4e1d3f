#pragma once

// The World of broker_contract.h on a real RabbitMQ, and what fault tests need besides.

#include <memory>
#include <string>
#include <vector>

#include "common/base/limits.h"
#include "common/messaging/broker_rabbitmq.h"
#include "common/messaging/topology_declare.h"
#include "tests/support/private_rabbitmq.h"

namespace itn::messaging {

inline ConnectionSettings test_settings(const std::string& url = tests::private_rabbitmq().url(),
                                        const TlsOptions& tls = {}) {
    return settings_for(parse_broker_url(url).value(), tls, "messaging_mqtest");
}

/// A queue like a lane's.
inline Queue test_queue(const std::string& name, std::int64_t max_length) {
    auto queue = topology(1).queues[0];
    queue.name = name;
    for (auto& [key, value] : queue.arguments) {
        if (key == "x-max-length" && max_length > 0) value = max_length;
    }
    return queue;
}

struct RabbitWorld {
    /// What the brokers made here had to say.
    std::shared_ptr<std::vector<std::string>> log = std::make_shared<std::vector<std::string>>();

    RabbitWorld() {
        auto table = topology(1);
        table.queues.clear();
        table.bindings.clear();
        declare_topology(test_settings(), table);
    }
    std::unique_ptr<Broker> broker(runtime::Loop& loop) { return broker(loop, test_settings()); }
    std::unique_ptr<Broker> broker(runtime::Loop& loop, const ConnectionSettings& settings) {
        return std::make_unique<RabbitBroker>(
            loop, settings, [kept = log](Severity, std::string text) { kept->push_back(text); });
    }
    std::string queue(const std::string& text, std::int64_t max_length) {
        const auto queue = name(text);
        declare_topology(
            test_settings(),
            {.exchanges = {}, .queues = {test_queue(queue, max_length)}, .bindings = {}});
        return queue;
    }
    std::string name(const std::string& text) {
        return tests::private_rabbitmq().unique_name(text);
    }
    void cut() {
        tests::private_rabbitmq().remember_queues();
        tests::private_rabbitmq().kill();
        tests::private_rabbitmq().start();
    }
    std::string user() { return parse_broker_url(tests::private_rabbitmq().url()).value().user; }
    bool logged(const std::string& words) const {
        for (const auto& line : *log) {
            if (line.find(words) != std::string::npos) return true;
        }
        return false;
    }
};

}  // namespace itn::messaging
