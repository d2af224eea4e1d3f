#pragma once

// A RabbitMQ of the test program's own, on free loopback ports, with a private epmd. It never
// touches the machine's broker. Server and files go when the test program ends, however it ends: a
// Reaper waits for that. Works as root and as anybody else.
// Tests of one program share it: queue names come from unique_name().

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace itn::tests {

/// One thread at a time. Every function throws std::runtime_error with the server's last log lines
/// when it fails.
class PrivateRabbitmq final {
public:
    /// Makes and starts a server; takes some seconds.
    PrivateRabbitmq();
    PrivateRabbitmq(const PrivateRabbitmq&) = delete;
    PrivateRabbitmq& operator=(const PrivateRabbitmq&) = delete;

    /// As the administrator.
    std::string url() const;
    std::string url_for(const std::string& user, const std::string& password) const;
    /// amqps://localhost:...; its certificate is signed by certificate("ca.pem").
    std::string tls_url() const;
    /// Path of a file of write_test_certificates().
    std::string certificate(const std::string& file) const { return directory_ + "/" + file; }
    /// "itn.test.<process>.<n>.<name>"
    std::string unique_name(const std::string& name);

    /// Makes RabbitMQ 3.10 write down which quorum queues exist. By itself it does so at a graceful
    /// stop or after three idle minutes; a crash before that leaves new queues empty and dead.
    void remember_queues();
    /// SIGKILL, as a crash; returns when the server is gone.
    void kill();
    /// Starts it again on the same ports with the same data; returns when it takes connections.
    void start();
    /// SIGSTOP and SIGCONT: it is there and does not answer.
    void pause();
    void resume();
    void raise_memory_alarm();
    void clear_memory_alarm();
    /// Switches the management API on, at the first call, and tells its URL with the
    /// administrator's name and password in it. Takes some seconds.
    std::string management_url();
    /// Imports a definitions document (users, permissions); whom it gives no password gets
    /// "secret".
    void import_definitions(const std::string& document);
    /// Runs rabbitmqctl; its output.
    std::string control(const std::vector<std::string>& arguments);
    /// A user with these rights (regular expressions) in the one vhost.
    void add_user(const std::string& name, const std::string& password,
                  const std::string& configure, const std::string& write, const std::string& read);

private:
    void write_files() const;
    void wait_until_open() const;
    int server_pid() const;
    [[noreturn]] void fail(const std::string& what) const;

    std::string directory_;
    std::uint16_t port_;
    std::uint16_t tls_port_;
    std::uint16_t epmd_port_;
    Reaper reaper_;
    std::uint16_t management_port_ = 0;
    int names_ = 0;
};

/// The one server of this test program, started when it is first asked for.
PrivateRabbitmq& private_rabbitmq();

}  // namespace itn::tests
