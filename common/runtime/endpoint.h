#pragma once

// Where a process listens: a numeric address and a port.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace itn::runtime {

struct Endpoint {
    std::string host = "127.0.0.1";
    /// 0 asks the kernel for a free one.
    std::uint16_t port = 0;

    /// "127.0.0.1:8080", "[::1]:8080"
    std::string text() const;
    /// Whether only this machine can reach it: 127.0.0.0/8 or ::1.
    bool is_loopback() const;
    /// Accepts what text() makes, "localhost:8080" and ":8080" (loopback); names are not resolved.
    static std::optional<Endpoint> from(std::string_view text);

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace itn::runtime
