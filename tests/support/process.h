#pragma once

// Running other programs from tests.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace itn::tests {

struct Ran {
    /// The exit code, or 128 + the signal.
    int code = 0;
    /// Standard output and standard error.
    std::string output;
};

/// Runs `arguments[0]` (looked up in PATH) to its end, with an empty standard input. Throws
/// std::system_error when it cannot be started.
Ran run_program(const std::vector<std::string>& arguments);

/// A loopback port that was free a moment ago.
std::uint16_t free_port();

}  // namespace itn::tests
