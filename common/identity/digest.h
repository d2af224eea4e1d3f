#pragma once

// Hashes and randomness, as everything in this room needs them. Any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace itn::identity {

/// A SHA-256.
using Digest = std::array<std::uint8_t, 32>;

/// Takes about half a microsecond for an access token.
Digest sha256(std::string_view bytes);

/// Takes the same time wherever the two differ.
bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

/// 256 bits from OpenSSL's generator. Throws std::runtime_error when it has none.
Digest random_256();

/// Overwrites a secret before its memory is given back.
void wipe(std::string& secret);

/// A digest is evenly spread already: its first bytes are its hash.
struct DigestHash {
    std::size_t operator()(const Digest& digest) const noexcept;
};

}  // namespace itn::identity
