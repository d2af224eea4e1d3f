#include "common/runtime/endpoint.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace itn::runtime {

namespace {

bool is_address(int family, const std::string& host) {
    std::array<std::byte, sizeof(in6_addr)> address{};
    return inet_pton(family, host.c_str(), address.data()) == 1;
}

}  // namespace

std::string Endpoint::text() const {
    const bool is_v6 = host.find(':') != std::string::npos;
    return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Endpoint::is_loopback() const {
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::optional<Endpoint> Endpoint::from(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    Endpoint endpoint;
    const auto digits = text.substr(colon + 1);
    const auto* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, endpoint.port);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    const auto host = text.substr(0, colon);
    if (host.empty() || host == "localhost") return endpoint;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        endpoint.host = host.substr(1, host.size() - 2);
        return is_address(AF_INET6, endpoint.host) ? std::optional(endpoint) : std::nullopt;
    }
    endpoint.host = host;
    return is_address(AF_INET, endpoint.host) ? std::optional(endpoint) : std::nullopt;
}

}  // namespace itn::runtime
