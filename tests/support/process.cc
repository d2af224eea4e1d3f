#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace itn::tests {

namespace {

[[noreturn]] void throw_errno(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

/// Everything until the last writer closes; a daemon that keeps the pipe open would hold us, so
/// programs that leave one behind must redirect its output.
std::string read_all(int fd) {
    std::string all;
    std::array<char, 4096> chunk{};
    for (;;) {
        const auto count = read(fd, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return all;
        all.append(chunk.data(), static_cast<std::size_t>(count));
    }
}

/// Closed at the end of its scope.
struct Descriptor {
    int fd = -1;
    explicit Descriptor(int opened) : fd(opened) {}
    ~Descriptor() { shut(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    void shut() {
        if (fd >= 0) close(std::exchange(fd, -1));
    }
};

std::array<int, 2> make_pipe() {
    std::array<int, 2> pipe{};
    if (pipe2(pipe.data(), O_CLOEXEC) != 0) throw_errno(errno, "pipe2");
    return pipe;
}

/// Starts `arguments[0]` (looked up in PATH) with these for its input and both its outputs.
pid_t spawn(const std::vector<std::string>& arguments, int in, int out) {
    std::vector<char*> argv;
    for (const auto& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
    pid_t pid = 0;
    const int error = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw_errno(error, "cannot run " + arguments.front());
    return pid;
}

/// The exit code, or 128 + the signal.
int end_of(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Where the kernel begins to look for the port of a connection that goes out.
int first_outgoing_port() {
    int first = 32'768;
    std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
    return first;
}

bool can_be_bound(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) throw_errno(errno, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return is_bound;
}

}  // namespace

Ran run_program(const std::vector<std::string>& arguments) {
    const auto pipe = make_pipe();
    const Descriptor ours(pipe[0]), nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
    Descriptor theirs(pipe[1]);
    const pid_t pid = spawn(arguments, nothing.fd, theirs.fd);
    theirs.shut();
    Ran ran;
    ran.output = read_all(ours.fd);
    ran.code = end_of(pid);
    return ran;
}

Reaper::Reaper(const std::string& script, const std::vector<std::string>& arguments) {
    // setsid ends as soon as it has forked, so nobody's tree of processes leads to the script.
    std::vector<std::string> words = {
        "setsid", "--fork", "sh", "-c", "trap '' HUP INT TERM\ncat >/dev/null\n" + script, "sh"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto pipe = make_pipe();
    const Descriptor theirs(pipe[0]), nothing(open("/dev/null", O_WRONLY | O_CLOEXEC));
    Descriptor ours(pipe[1]);
    if (end_of(spawn(words, theirs.fd, nothing.fd)) != 0)
        throw std::runtime_error("setsid --fork failed");
    pipe_ = std::exchange(ours.fd, -1);
}

Reaper::~Reaper() {
    close(pipe_);
}

std::uint16_t free_port() {
    thread_local std::mt19937 random{std::random_device{}()};
    std::uniform_int_distribution<int> any(10'000, std::max(12'000, first_outgoing_port()) - 1);
    for (int tries = 0; tries < 1'000; ++tries) {
        const auto port = static_cast<std::uint16_t>(any(random));
        if (can_be_bound(port)) return port;
    }
    throw std::runtime_error("no port is free");
}

}  // namespace itn::tests
