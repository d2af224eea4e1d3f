#pragma once

// Hex digits, of which ours are all in lower case.

#include <algorithm>
#include <string_view>

namespace itn {

constexpr bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// Whether all of it is; the empty text is.
constexpr bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return is_hex(c); });
}

}  // namespace itn
