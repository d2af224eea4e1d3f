#pragma once

// Whose addresses are whose: a household or a host has all of an IPv6 /64, so what is counted by
// address is counted by these.

#include <string>

namespace itn::api {

/// An IPv6 address as its /64 ("2001:db8:0:7::/64"); one that only carries an IPv4 address as that;
/// anything else as it is.
std::string network_of(const std::string& address);

}  // namespace itn::api
