#pragma once

// A program at a terminal of its own, as a person has it: what it prints can be read, keys can be
// pressed.

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace itn::tests {

class Pty final {
public:
    /// Starts `arguments[0]` (a path) as the only program at a new terminal, with these variables
    /// added to the environment. Throws std::system_error when it cannot be started.
    Pty(const std::vector<std::string>& arguments,
        const std::map<std::string, std::string>& environment);
    /// Kills it when it still runs.
    ~Pty();
    Pty(const Pty&) = delete;
    Pty& operator=(const Pty&) = delete;

    /// Reads until the terminal has shown `text`; false when it ended, or 10 seconds passed, first.
    bool shows(const std::string& text);
    void type(const std::string& keys) const;
    /// Whether the terminal shows what is typed.
    bool echoes() const;
    /// Reads to the end; the exit code, or 128 + the signal, or -1 when 10 seconds passed first.
    int wait();
    /// All that was shown so far; its lines end in CR LF.
    const std::string& screen() const { return screen_; }

private:
    using Clock = std::chrono::steady_clock;
    /// False at the end, or at the deadline.
    bool read_some(Clock::time_point deadline);

    pid_t pid_ = -1;
    int fd_ = -1;
    std::string screen_;
};

}  // namespace itn::tests
