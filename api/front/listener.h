#pragma once

// Listening sockets. Every worker has one of its own on the same port (SO_REUSEPORT), so it accepts
// on its own thread and no connection is ever handed over.

#include <cstdint>
#include <string>
#include <vector>

namespace itn::api::front {

struct Listeners {
    std::vector<int> descriptors;  // the caller's to close
    std::uint16_t port = 0;
};

/// `port` 0 takes any free one. Throws std::system_error when the address cannot be had, also when
/// another process listens there, of whatever user.
Listeners open_listeners(const std::string& host, std::uint16_t port, unsigned count, int backlog);

}  // namespace itn::api::front
