#pragma once

// base64url without padding (RFC 7515 §2), in its one canonical form: what decodes, encodes to the
// same text again. Refused are padding, blanks, other alphabets and bits that stand for nothing.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace itn::identity {

std::string base64url(std::span<const std::uint8_t> bytes);
std::string base64url(std::string_view bytes);

/// Total over all texts.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace itn::identity
