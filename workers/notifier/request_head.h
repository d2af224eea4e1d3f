#pragma once

// One parsed request head: http-parser's work, copied out and bounded.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itn::workers::notifier {

struct RequestHead {
    std::string method{};
    std::string target{};
    int major = 0;
    int minor = 0;
    std::vector<std::pair<std::string, std::string>> headers{};  // names in lower case

    /// The only one of that name; nullopt when there is none or several.
    std::optional<std::string_view> only(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    /// The last one of that name, "" when there is none.
    std::string_view last(std::string_view name) const;
    /// Whether a comma-separated header holds the token; case does not matter.
    bool has_token(std::string_view name, std::string_view token) const;
    std::string_view path() const;
    /// nullopt when a %-escape is broken.
    std::optional<std::vector<std::pair<std::string, std::string>>> query() const;
};

/// nullopt for anything that is not a well-formed HTTP/1 head within the limits.
std::optional<RequestHead> parse_head(std::string_view bytes);

}  // namespace itn::workers::notifier
