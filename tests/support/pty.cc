#include "tests/support/pty.h"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace itn::tests {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

/// Ours, with these instead of what bears the same names.
std::vector<std::string> variables_with(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> all;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string text = *variable;
        if (!environment.contains(text.substr(0, text.find('=')))) all.push_back(text);
    }
    for (const auto& [name, value] : environment)
        all.push_back(name + '=' + value);
    return all;
}

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

}  // namespace

Pty::Pty(const std::vector<std::string>& arguments,
         const std::map<std::string, std::string>& environment) {
    // Made before the fork: other threads may hold the heap's lock at that moment.
    const auto variables = variables_with(environment);
    const auto words = pointers_to(arguments), settings = pointers_to(variables);
    pid_ = forkpty(&fd_, nullptr, nullptr, nullptr);
    if (pid_ < 0) throw_errno("forkpty");
    if (pid_ > 0) return;
    execve(words.front(), words.data(), settings.data());
    _exit(127);
}

Pty::~Pty() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    close(fd_);
}

bool Pty::read_some(Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left.count()))) <= 0)
        return false;
    std::array<char, 4096> chunk{};
    const ssize_t count = read(fd_, chunk.data(), chunk.size());
    // EIO: nobody has the terminal open any more.
    if (count <= 0) return false;
    screen_.append(chunk.data(), static_cast<std::size_t>(count));
    return true;
}

bool Pty::shows(const std::string& text) {
    const auto deadline = Clock::now() + patience;
    while (screen_.find(text) == screen_.npos)
        if (!read_some(deadline)) return false;
    return true;
}

void Pty::type(const std::string& keys) const {
    if (write(fd_, keys.data(), keys.size()) < 0) throw_errno("the terminal takes no keys");
}

bool Pty::echoes() const {
    termios settings{};
    if (tcgetattr(fd_, &settings) != 0) throw_errno("tcgetattr");
    return (settings.c_lflag & ECHO) != 0;
}

int Pty::wait() {
    const auto deadline = Clock::now() + patience;
    while (read_some(deadline)) {
    }
    if (Clock::now() >= deadline) return -1;
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace itn::tests
