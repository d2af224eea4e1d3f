#include "common/base/address.h"

#include <arpa/inet.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace itn {

namespace {

bool is_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
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

std::string client_behind(const std::string& peer, const std::vector<std::string>& trusted,
                          const std::vector<std::pair<std::string, std::string>>& headers) {
    const auto is_trusted = [&](const std::string& address) {
        return std::ranges::find(trusted, address) != trusted.end();
    };
    if (!is_trusted(peer)) return peer;
    const auto last = std::find_if(headers.rbegin(), headers.rend(), [](const auto& header) {
        return is_forwarded_for(header.first);
    });
    if (last == headers.rend()) return peer;
    auto named = addresses_in(last->second);
    while (!named.empty() && is_trusted(named.back()) && named.size() > 1)
        named.pop_back();
    return named.empty() || !is_address(named.back()) ? peer : named.back();
}

std::string network_of(const std::string& address) {
    in6_addr bytes{};
    if (address.find(':') == std::string::npos || inet_pton(AF_INET6, address.c_str(), &bytes) != 1)
        return address;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (IN6_IS_ADDR_V4MAPPED(&bytes))
        return inet_ntop(AF_INET, &bytes.s6_addr[12], text.data(), text.size());
    std::fill(std::begin(bytes.s6_addr) + 8, std::end(bytes.s6_addr), std::uint8_t{0});
    return inet_ntop(AF_INET6, &bytes, text.data(), text.size()) + std::string("/64");
}

}  // namespace itn
