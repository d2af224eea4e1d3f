#pragma once

// Addresses of clients: who comes through proxies of ours, and whose addresses are whose. Anybody
// may send X-Forwarded-For, so it is believed only as far as addresses that we trust wrote it.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itn {

/// The one form of an address in which addresses are compared: IPv6 as inet_ntop() writes it, and
/// as IPv4 where it only carries one (::ffff:10.0.0.7, as a listener for both sees it). nullopt for
/// what is no numeric address.
std::optional<std::string> plain_address(const std::string& text);

/// The plain address behind the proxies: what the last X-Forwarded-For names, from its end, before
/// the first address that is none of `trusted`, which are plain_address()es. `peer` itself when it
/// is not trusted, or when what a trusted proxy wrote is no address.
std::string client_behind(const std::string& peer, const std::vector<std::string>& trusted,
                          const std::vector<std::pair<std::string, std::string>>& headers);
/// The same where only the value of the last X-Forwarded-For was kept, "" for none.
std::string client_behind(const std::string& peer, const std::vector<std::string>& trusted,
                          std::string_view forwarded_for);

/// "127.0.0.1,10.0.0.7" as addresses; empty parts are skipped.
std::vector<std::string> addresses_in(std::string_view list);

/// What is counted by address is counted by these: an IPv6 address as its /64
/// ("2001:db8:0:7::/64"), all of which a household or a host has; one that only carries an IPv4
/// address as that; anything else as it is.
std::string network_of(const std::string& address);

}  // namespace itn
