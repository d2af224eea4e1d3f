#pragma once

// Addresses of clients: who comes through proxies of ours, and whose addresses are whose. Anybody
// may send X-Forwarded-For, so it is believed only as far as addresses that we trust wrote it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itn {

/// The address behind the proxies: what the last X-Forwarded-For names, from its end, before the
/// first address that is none of `trusted`. `peer` itself when it is not trusted, or when what a
/// trusted proxy wrote is no address.
std::string client_behind(const std::string& peer, const std::vector<std::string>& trusted,
                          const std::vector<std::pair<std::string, std::string>>& headers);

/// "127.0.0.1,10.0.0.7" as addresses; empty parts are skipped.
std::vector<std::string> addresses_in(std::string_view list);

/// What is counted by address is counted by these: an IPv6 address as its /64
/// ("2001:db8:0:7::/64"), all of which a household or a host has; one that only carries an IPv4
/// address as that; anything else as it is.
std::string network_of(const std::string& address);

}  // namespace itn
