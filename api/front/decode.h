#pragma once

// Percent-encoding and UTF-8: what stands in a target, turned into text. What comes out is valid
// UTF-8 without NUL, or nothing.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itn::api::front {

/// False for overlong forms, surrogates and everything above U+10FFFF.
bool is_utf8(std::string_view text);

/// Decodes %XX. Nothing when an escape is malformed or the result is no UTF-8 or contains NUL.
std::optional<std::string> percent_decoded(std::string_view text);

/// Splits at '&' and the first '=' of each part and decodes both sides; '+' is a blank. Empty parts
/// are skipped, a part without '=' has the value "". Nothing when a part cannot be decoded.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace itn::api::front
