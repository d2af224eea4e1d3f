#pragma once

// Fresh ids and randomness from the kernel.

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace itn::runtime {

/// Fills `out` from getrandom(2). Any thread.
void random_bytes(std::span<std::byte> out);

/// A fresh UUIDv7 (RFC 9562) in lower case. Any thread; within one process every id sorts after
/// those made before it, also when the wall clock goes back.
std::string uuid_v7();

/// The 36 characters of 16 bytes, lower case.
std::string uuid_text(const std::array<std::byte, 16>& bytes);

}  // namespace itn::runtime
