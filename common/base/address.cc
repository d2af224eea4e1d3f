#include "common/base/address.h"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace itn {

namespace {

/// `bytes` are an in_addr or an in6_addr.
std::string text_of(int family, const void* bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return inet_ntop(family, bytes, text.data(), text.size());
}

bool is_forwarded_for(const std::string& name) {
    return strcasecmp(name.c_str(), "X-Forwarded-For") == 0;
}

}  // namespace

std::vector<std::string> addresses_in(std::string_view list) {
    std::vector<std::string> all;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        const std::string_view part = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        const auto begin = part.find_first_not_of(" \t");
        if (begin == part.npos) continue;
        all.emplace_back(part.substr(begin, part.find_last_not_of(" \t") + 1 - begin));
    }
    return all;
}

std::optional<std::string> plain_address(const std::string& text) {
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return text_of(AF_INET, &v4);
    in6_addr v6{};
    if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return std::nullopt;
    return IN6_IS_ADDR_V4MAPPED(&v6) ? text_of(AF_INET, &v6.s6_addr[12]) : text_of(AF_INET6, &v6);
}

std::string client_behind(const std::string& peer, const std::vector<std::string>& trusted,
                          std::string_view forwarded_for) {
    const auto is_trusted = [&](const std::string& address) {
        return std::ranges::find(trusted, address) != trusted.end();
    };
    const std::string from = plain_address(peer).value_or(peer);
    if (!is_trusted(from)) return from;
    auto named = addresses_in(forwarded_for);
    for (; !named.empty(); named.pop_back()) {
        const auto hop = plain_address(named.back());
        if (!hop) return from;
        if (!is_trusted(*hop) || named.size() == 1) return *hop;
    }
    return from;
}

std::string client_behind(const std::string& peer, const std::vector<std::string>& trusted,
                          const std::vector<std::pair<std::string, std::string>>& headers) {
    const auto last = std::find_if(headers.rbegin(), headers.rend(), [](const auto& header) {
        return is_forwarded_for(header.first);
    });
    return client_behind(peer, trusted, last == headers.rend() ? std::string_view() : last->second);
}

std::string network_of(const std::string& address) {
    const std::string plain = plain_address(address).value_or(address);
    in6_addr bytes{};
    if (inet_pton(AF_INET6, plain.c_str(), &bytes) != 1) return plain;
    std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
    return text_of(AF_INET6, &bytes) + "/64";
}

}  // namespace itn
