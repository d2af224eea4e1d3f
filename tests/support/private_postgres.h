#pragma once

// A Postgres of the test program's own, on a free loopback port, made for speed: nothing is ever
// synced to disk. It never touches the machine's server. The server and its files go when the test
// program ends, however it ends: a Reaper waits for that. Works as root (the server
// then runs as the user postgres) and as anybody else.

#include <cstdint>
#include <functional>
#include <string>

#include "tests/support/process.h"

namespace itn::tests {

/// One thread at a time. Every function throws std::runtime_error with the server's last log lines
/// when it fails.
class PrivatePostgres final {
public:
    /// Fills an empty database; must have closed its connections when it returns.
    using Migrate = std::function<void(const std::string& url)>;

    /// Makes and starts a server; takes about a second.
    PrivatePostgres();
    PrivatePostgres(const PrivatePostgres&) = delete;
    PrivatePostgres& operator=(const PrivatePostgres&) = delete;

    /// The URL of a new, empty database. Its owner is the role itn, which is no superuser: what is
    /// forbidden to the system is forbidden to its tests.
    std::string fresh_database();
    /// The URL of a new database as `migrate` leaves it. It runs once per server: every call must
    /// pass the same one.
    std::string fresh_database(const Migrate& migrate);

    /// A role that may sign in, without a password and without rights, made where there is none.
    void add_role(const std::string& name);
    /// The URL of the same database as that role.
    static std::string url_as(const std::string& url, const std::string& role);

    /// Ends the server as an operator does: sessions are cut, everything committed stays.
    void stop();
    /// Ends the server as a power cut would: it has to recover at its next start.
    void crash();
    /// Starts it again on the same port with the same databases; returns when it takes sessions.
    void start();

    std::uint16_t port() const { return port_; }

private:
    std::string url(const std::string& database) const;
    void execute(const std::string& statement);
    std::string create_database(const std::string& from_template);
    void initialise();
    void configure();
    void pg_ctl(const std::string& action, const std::string& mode);

    std::string directory_;
    std::string data_;
    Reaper reaper_;
    std::uint16_t port_ = 0;
    int databases_ = 0;
    bool has_template_ = false;
};

/// The one server of this test program, started when it is first asked for.
PrivatePostgres& private_postgres();

}  // namespace itn::tests
