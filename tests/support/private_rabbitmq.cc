#include "tests/support/private_rabbitmq.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/test_certificates.h"

namespace itn::tests {

namespace {

namespace fs = std::filesystem;

constexpr auto start_deadline = std::chrono::seconds(90);
constexpr const char* programs = "/usr/lib/rabbitmq/bin/";

/// Removes the server whose directory is $1, and its epmd at port $2.
constexpr const char* removal = R"sh(
kill -9 "$(cat "$1/pid")"
export ERL_EPMD_PORT="$2"
for i in 1 2 3 4 5 6 7 8 9; do epmd -kill && break; sleep 0.2; done
rm -rf "$1"
)sh";

std::string make_directory() {
    std::string pattern = (fs::temp_directory_path() / "itn-rabbitmq-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
    return pattern;
}

void write_file(const fs::path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string read_file(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// Looks again every 20 ms until `reached` or the deadline.
template <class Condition>
bool wait_for(Condition&& reached) {
    const auto deadline = std::chrono::steady_clock::now() + start_deadline;
    while (!reached()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        poll(nullptr, 0, 20);
    }
    return true;
}

/// Whether a broker answers the protocol header; it listens before it serves.
bool speaks_amqp(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    constexpr std::array<char, 8> hello = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
    char first = 0;
    const bool answered = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                          send(fd, hello.data(), hello.size(), MSG_NOSIGNAL) > 0 &&
                          recv(fd, &first, 1, 0) == 1;
    close(fd);
    return answered;
}

}  // namespace

PrivateRabbitmq::PrivateRabbitmq()
    : directory_(make_directory()),
      port_(free_port()),
      tls_port_(free_port()),
      epmd_port_(free_port()),
      reaper_(removal, {directory_, std::to_string(epmd_port_)}) {
    write_files();
    start();
}

void PrivateRabbitmq::write_files() const {
    const fs::path directory = directory_;
    fs::create_directories(directory / "log");
    write_test_certificates(directory_);
    write_file(directory / ".erlang.cookie", "ITNTEST" + std::to_string(getpid()));
    fs::permissions(directory / ".erlang.cookie", fs::perms::owner_read);
    write_file(directory / "env.conf", "");
    write_file(directory / "enabled_plugins", "[].");
    write_file(directory / "rabbitmq.conf",
               "listeners.tcp.default = 127.0.0.1:" + std::to_string(port_) +
                   "\nlisteners.ssl.default = 127.0.0.1:" + std::to_string(tls_port_) +
                   "\nssl_options.cacertfile = " + directory_ + "/ca.pem" +
                   "\nssl_options.certfile = " + directory_ + "/server.pem" +
                   "\nssl_options.keyfile = " + directory_ + "/server.key" +
                   "\nssl_options.verify = verify_peer"
                   "\nssl_options.fail_if_no_peer_cert = false"
                   "\ndefault_user = itn\ndefault_pass = secret\nloopback_users = none"
                   "\ndisk_free_limit.absolute = 50MB\nvm_memory_high_watermark.absolute = 2GB"
                   "\nlog.console = false\nlog.file.level = info\n");
    const auto node = std::to_string(port_);
    // With `start` the server is left running in the background, else the arguments are a command.
    write_file(
        directory / "run",
        "cd '" + directory_ + "' || exit 1\nunset NOTIFY_SOCKET\nexport LANG=C.UTF-8 HOME='" +
            directory_ + "' RABBITMQ_CONF_ENV_FILE=\"$PWD/env.conf\" RABBITMQ_NODENAME=itn" + node +
            "@localhost RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT=" + node +
            " RABBITMQ_DIST_PORT=" + std::to_string(free_port()) +
            "\nexport RABBITMQ_MNESIA_BASE=\"$PWD/mnesia\" RABBITMQ_LOG_BASE=\"$PWD/log\""
            " RABBITMQ_PID_FILE=\"$PWD/pid\" RABBITMQ_CONFIG_FILE=\"$PWD/rabbitmq.conf\""
            " RABBITMQ_ADVANCED_CONFIG_FILE=\"$PWD/advanced.config\""
            " RABBITMQ_ENABLED_PLUGINS_FILE=\"$PWD/enabled_plugins\""
            "\nexport ERL_EPMD_PORT=" +
            std::to_string(epmd_port_) +
            " ERL_EPMD_ADDRESS=127.0.0.1"
            " RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'"
            " RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="
            "'-kernel inet_dist_use_interface {127,0,0,1}'\n"
            "if [ \"$1\" = start ]; then rm -f pid; setsid " +
            programs + "rabbitmq-server </dev/null >>log/stdout 2>&1 &\nelse exec \"$@\"; fi\n");
}

void PrivateRabbitmq::start() {
    const auto started = run_program({"/bin/sh", directory_ + "/run", "start"});
    if (started.code != 0) fail("cannot start rabbitmq-server: " + started.output);
    wait_until_open();
}

void PrivateRabbitmq::wait_until_open() const {
    if (!wait_for([this] { return speaks_amqp(port_); })) fail("the broker does not start");
}

int PrivateRabbitmq::server_pid() const {
    int pid = 0;
    std::ifstream(directory_ + "/pid") >> pid;
    if (pid <= 1) fail("no process id");
    return pid;
}

void PrivateRabbitmq::kill() {
    const int pid = server_pid();
    ::kill(pid, SIGKILL);
    if (!wait_for([&] { return ::kill(pid, 0) != 0 || !speaks_amqp(port_); }))
        fail("the broker survives SIGKILL");
}

void PrivateRabbitmq::remember_queues() {
    control({"eval", "ok = dets:sync(ra_directory_reverse)."});
}

void PrivateRabbitmq::pause() {
    ::kill(server_pid(), SIGSTOP);
}

void PrivateRabbitmq::resume() {
    ::kill(server_pid(), SIGCONT);
}

void PrivateRabbitmq::raise_memory_alarm() {
    control({"set_vm_memory_high_watermark", "0"});
}

void PrivateRabbitmq::clear_memory_alarm() {
    control({"set_vm_memory_high_watermark", "absolute", "2GB"});
}

std::string PrivateRabbitmq::control(const std::vector<std::string>& arguments) {
    std::vector<std::string> command = {"/bin/sh", directory_ + "/run",
                                        std::string(programs) + "rabbitmqctl", "-q"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto ran = run_program(command);
    if (ran.code != 0) fail("rabbitmqctl " + arguments.front() + ": " + ran.output);
    return ran.output;
}

std::string PrivateRabbitmq::management_url() {
    if (management_port_ == 0) {
        const std::uint16_t port = free_port();
        control({"eval",
                 "application:set_env(rabbitmq_management, tcp_config, "
                 "[{ip, \"127.0.0.1\"}, {port, " +
                     std::to_string(port) + "}], [{persistent, true}])."});
        const auto ran =
            run_program({"/bin/sh", directory_ + "/run", std::string(programs) + "rabbitmq-plugins",
                         "-q", "enable", "rabbitmq_management"});
        if (ran.code != 0) fail("rabbitmq-plugins: " + ran.output);
        management_port_ = port;
    }
    return "http://itn:secret@127.0.0.1:" + std::to_string(management_port_);
}

void PrivateRabbitmq::import_definitions(const std::string& document) {
    // base64(salt, SHA-256(salt, "secret")), as RabbitMQ keeps passwords.
    constexpr const char* secret = "AQIDBDB9kM21iEUzN1lZ+6VReCsdNqS0sERdAQTcY6Xs3PMz";
    const std::string mark = R"("hashing_algorithm": "rabbit_password_hashing_sha256")";
    std::string text = document;
    for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
        const std::string hash = std::string(R"("password_hash": ")") + secret + R"(", )";
        text.insert(at, hash);
        at += hash.size();
    }
    const std::string file = directory_ + "/definitions.json";
    write_file(file, text);
    control({"import_definitions", file});
}

void PrivateRabbitmq::add_user(const std::string& name, const std::string& password,
                               const std::string& configure, const std::string& write,
                               const std::string& read) {
    control({"add_user", name, password});
    control({"set_permissions", name, configure, write, read});
}

std::string PrivateRabbitmq::url() const {
    return url_for("itn", "secret");
}

std::string PrivateRabbitmq::url_for(const std::string& user, const std::string& password) const {
    return "amqp://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) + "/";
}

std::string PrivateRabbitmq::tls_url() const {
    return "amqps://itn:secret@localhost:" + std::to_string(tls_port_) + "/";
}

std::string PrivateRabbitmq::unique_name(const std::string& name) {
    return "itn.test." + std::to_string(getpid()) + "." + std::to_string(++names_) + "." + name;
}

void PrivateRabbitmq::fail(const std::string& what) const {
    std::string log = read_file(directory_ + "/log/stdout");
    if (log.size() > 2000) log.erase(0, log.size() - 2000);
    throw std::runtime_error("private RabbitMQ: " + what + "\n" + log);
}

PrivateRabbitmq& private_rabbitmq() {
    static PrivateRabbitmq server;
    return server;
}

}  // namespace itn::tests
