#pragma once

// What another company's engineers need to begin, as JSON and as text. Pure.

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

#include "common/messaging/broker_url.h"

namespace itn::ctl {

/// A key that is good, and until when.
struct GoodKey {
    std::string id{};
    std::string expires_at{};  // RFC 3339
};

struct PartnerAccess {
    std::string name{};
    std::vector<std::string> stations{};
    messaging::BrokerUrl broker{};  // of the network; its user and password are not passed on
    std::string api_url{};
    std::string password{};            // at the broker; "": the one they have goes on
    std::string api_key{};             // the same
    std::string api_key_expires_at{};  // of api_key
    std::vector<GoodKey> kept_keys{};  // API keys that go on
    bool is_whole = true;              // false: the making of it broke off
};

/// {"partner","stations","amqpUrl","exchange","routingKey","replyQueue","eventsQueue","apiUrl",
///  "apiKey"?,"apiKeyExpiresAt"?,"keptApiKeys"?: [{"keyId","expiresAt"}],"incomplete"?,"example"}.
/// Without a new password it is missing in amqpUrl, too.
nlohmann::json access_json(const PartnerAccess& access);
std::string access_text(const PartnerAccess& access);

/// A python3 program with pika that asks for a trade of the partner's first station and prints the
/// outcome. Without a password it takes the URL from ITN_AMQP_URL.
std::string python_example(const PartnerAccess& access);

}  // namespace itn::ctl
