#include "api/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace itn::api {

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

}  // namespace itn::api
