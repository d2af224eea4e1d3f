#pragma once

// Where the broker is and as whom we come:
//
//     amqp[s]://[user[:password]@]host[:port][/vhost]
//
// User, password and vhost are percent-encoded; the host may be an IPv6 address in brackets. No
// path means the vhost "/", and so does "/%2f"; a lone "/" means the same, since no broker of ours
// has a vhost without a name. amqps means TLS (port 5671 instead of 5672).

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"

namespace itn::messaging {

struct BrokerUrl {
    bool tls = false;
    std::string user = "guest";
    std::string password = "guest";
    std::string host;
    std::uint16_t port = 5672;
    std::string vhost = "/";

    /// "amqp://itn_api@127.0.0.1:5672/%2F": for logs, without the password.
    std::string text_without_password() const;

    friend bool operator==(const BrokerUrl&, const BrokerUrl&) = default;
};

/// The Problem's detail says what is wrong and never repeats the password.
Result<BrokerUrl> parse_broker_url(std::string_view text);

}  // namespace itn::messaging
