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

/// Tidies up when the test program has ended, however it ended. It waits as nobody's child, in a
/// session of its own: CTest kills a program that takes too long with all that descends from it,
/// and Ctrl-C goes to everybody at the terminal.
class Reaper final {
public:
    /// `script` is for sh, `arguments` are its $1, $2, ...; it has this program's environment of
    /// now and its outputs go nowhere. Throws std::system_error or std::runtime_error when it
    /// cannot be started.
    Reaper(const std::string& script, const std::vector<std::string>& arguments);
    /// Lets the script begin, without waiting for its end.
    ~Reaper();
    Reaper(const Reaper&) = delete;
    Reaper& operator=(const Reaper&) = delete;

private:
    int pipe_ = -1;
};

/// A loopback port that was free a moment ago, and below those that the kernel gives to connections
/// that go out: none of them takes it before its owner listens.
std::uint16_t free_port();

}  // namespace itn::tests
