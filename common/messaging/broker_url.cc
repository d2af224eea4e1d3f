#include "common/messaging/broker_url.h"

#include <charconv>
#include <optional>

namespace itn::messaging {

namespace {

Problem problem(std::string detail) {
    return {
        .slug = "invalid_broker_url", .detail = "broker URL: " + std::move(detail), .faults = {}};
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~").find(c) != std::string_view::npos;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        if (is_plain(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[byte >> 4];
        encoded += digits[byte & 15];
    }
    return encoded;
}

/// Reads "user", "user:" or "user:password"; false when an escape is broken.
bool read_credentials(std::string_view text, BrokerUrl& url) {
    const auto colon = text.find(':');
    const auto user = percent_decoded(text.substr(0, colon));
    if (!user) return false;
    url.user = *user;
    if (colon == std::string_view::npos) return true;
    const auto password = percent_decoded(text.substr(colon + 1));
    if (password) url.password = *password;
    return password.has_value();
}

/// Reads "host", "host:port", "[v6]" or "[v6]:port"; the text of what is wrong, else "".
std::string read_authority(std::string_view text, BrokerUrl& url) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return "'[' of an IPv6 address is not closed";
        url.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else {
        const auto colon = text.find(':');
        url.host = text.substr(0, colon);
        if (colon != std::string_view::npos) rest = text.substr(colon);
    }
    if (url.host.empty()) return "the host is missing";
    if (rest.empty()) return {};
    if (!rest.starts_with(':')) return "expected ':' and a port after the host";
    rest.remove_prefix(1);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), url.port);
    if (error != std::errc{} || end != rest.data() + rest.size() || url.port == 0)
        return "the port must be a number from 1 to 65535, not '" + std::string(rest) + "'";
    return {};
}

}  // namespace

std::string BrokerUrl::text_without_password() const {
    const bool v6 = host.find(':') != std::string::npos;
    return (tls ? "amqps://" : "amqp://") + percent_encoded(user) + "@" +
           (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) + "/" +
           percent_encoded(vhost);
}

Result<BrokerUrl> parse_broker_url(std::string_view text) {
    BrokerUrl url;
    const auto scheme_end = text.find("://");
    const auto scheme = text.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos || (scheme != "amqp" && scheme != "amqps"))
        return problem("must start with amqp:// or amqps://");
    url.tls = scheme == "amqps";
    url.port = url.tls ? 5671 : 5672;
    text.remove_prefix(scheme_end + 3);
    if (text.find_first_of("?#") != std::string_view::npos)
        return problem("'?' and '#' are not understood; write them as %3F and %23");

    const auto slash = text.find('/');
    std::string_view authority = text.substr(0, slash);
    const auto at = authority.rfind('@');
    if (at != std::string_view::npos) {
        if (!read_credentials(authority.substr(0, at), url))
            return problem("user or password has a broken percent escape");
        if (url.user.empty()) return problem("the user is empty");
        authority.remove_prefix(at + 1);
    }
    if (auto wrong = read_authority(authority, url); !wrong.empty())
        return problem(std::move(wrong));

    if (slash == std::string_view::npos || slash + 1 == text.size()) return url;
    const auto vhost = percent_decoded(text.substr(slash + 1));
    if (!vhost) return problem("the vhost has a broken percent escape");
    if (vhost->size() > 255) return problem("the vhost is longer than 255 bytes");
    url.vhost = *vhost;
    return url;
}

}  // namespace itn::messaging
