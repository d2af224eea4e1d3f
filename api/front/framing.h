#pragma once

// Where an HTTP/1.x request begins and ends, decided strictly: whatever two parsers could read in
// two ways is refused. Pure functions over bytes; nothing here knows sockets or Pistache.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace itn::api::front {

/// Why the bytes are no request: an HTTP status and a sentence for the client.
struct FramingFault {
    int status = 400;
    std::string_view detail;
    bool operator==(const FramingFault&) const = default;
};

/// A request head. All views point into the bytes that were parsed.
struct Head {
    std::string_view method;
    std::string_view path;   // percent-encoded, begins with one '/'
    std::string_view query;  // after the '?', percent-encoded
    std::vector<std::pair<std::string_view, std::string_view>> headers;  // values trimmed
    std::uint64_t body_size = 0;
    bool is_1_0 = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Looks for the end of a head that grows while bytes arrive, and reads every byte once.
class HeadScanner {
public:
    /// Bytes of the head including its empty line, or 0 while it is incomplete. `bytes` begins
    /// where the request begins and only ever grows between calls.
    std::variant<std::size_t, FramingFault> find_end(std::string_view bytes);
    void reset() { *this = {}; }

private:
    std::size_t scanned_ = 0;
    std::size_t line_start_ = 0;
};

/// `head` is what HeadScanner found, whole.
std::variant<Head, FramingFault> parse_head(std::string_view head);

/// Names of headers and methods are compared without regard to case of ASCII letters.
bool same_name(std::string_view a, std::string_view b);
/// One or more of the characters of a method or header name.
bool is_token(std::string_view text);

}  // namespace itn::api::front
