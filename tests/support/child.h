#pragma once

// A long-running program started by a test. It dies with the test program, however that ends.

#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace itn::tests {

class Child final {
public:
    /// Starts `arguments[0]` (a path) with these variables added to the environment; both outputs
    /// go to the end of `log_file`. Throws std::system_error when it cannot be started.
    Child(const std::vector<std::string>& arguments,
          const std::map<std::string, std::string>& environment, const std::string& log_file);
    /// Kills it when it still runs.
    ~Child();
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;

    void signal(int number) const;
    /// Waits for its end; -1 when the deadline passed first. Exit code, or 128 + the signal.
    int wait(std::chrono::milliseconds deadline);
    bool is_running();
    pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    int status_ = -1;
};

/// Waits until `holds` is true, looking often; false when the deadline passed first.
template <class Condition>
bool eventually(Condition holds, std::chrono::milliseconds deadline = std::chrono::seconds(10));

void rest();  // a short pause between two looks

template <class Condition>
bool eventually(Condition holds, std::chrono::milliseconds deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    while (!holds()) {
        if (std::chrono::steady_clock::now() >= until) return false;
        rest();
    }
    return true;
}

}  // namespace itn::tests
