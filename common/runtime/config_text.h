#pragma once

// How settings look as text: the values a person writes, and the TOML that --print-config writes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace itn::runtime {

/// A TOML basic string.
std::string toml_string(std::string_view text);
std::string joined(const std::vector<std::string>& words, std::string_view between);
/// The whole of `text` as a decimal number; nullopt else and on overflow.
std::optional<std::int64_t> parse_integer(std::string_view text);
/// true, false, 1, 0, yes, no, on, off
std::optional<bool> parse_bool(std::string_view text);

}  // namespace itn::runtime
