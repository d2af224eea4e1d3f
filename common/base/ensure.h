#pragma once

// ENSURE is for our own errors only: a broken invariant aborts the process, the broker redelivers
// what was not settled and the supervisor restarts us. It is never a check of outside input.

namespace itn {

/// Prints the broken claim to stderr and aborts. Never returns.
[[noreturn]] void ensure_failed(const char* claim, const char* file, int line);

}  // namespace itn

#define ENSURE(claim) \
    (static_cast<bool>(claim) ? void(0) : ::itn::ensure_failed(#claim, __FILE__, __LINE__))
