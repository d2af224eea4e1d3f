#include "tests/support/private_postgres.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <pqxx/pqxx>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace itn::tests {

namespace {

namespace fs = std::filesystem;

constexpr const char* settings = R"(
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
autovacuum = off
jit = off
max_connections = 100
shared_buffers = 64MB
min_wal_size = 80MB
max_wal_size = 1GB
max_parallel_workers_per_gather = 0
logging_collector = off
)";

/// Removes the server whose directory is $1.
constexpr const char* removal = R"(
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null; then
    tries=0
    while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
fi
rm -rf "$1"
)";

fs::path programs() {
    std::vector<fs::path> found;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql"))
        if (fs::exists(version.path() / "bin/initdb")) found.push_back(version.path() / "bin");
    if (found.empty()) throw std::runtime_error("Postgres is not installed: postgresql-15");
    return *std::max_element(found.begin(), found.end());
}

/// A new directory that the server's user can enter, in memory where there is room.
std::string make_directory() {
    std::error_code error;
    const auto shared_memory = fs::space("/dev/shm", error);
    const bool has_room = !error && shared_memory.available > (std::uintmax_t{1} << 30);
    auto path = (has_room ? fs::path("/dev/shm") : fs::path("/var/tmp")) / "itn-postgres-XXXXXX";
    auto name = path.string();
    if (mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
    chmod(name.c_str(), 0711);
    return name;
}

bool is_root() {
    return geteuid() == 0;
}

/// Runs a program of Postgres, which refuses to run as root.
Ran run_postgres(std::vector<std::string> arguments) {
    arguments.front() = programs() / arguments.front();
    if (is_root()) {
        const std::vector<std::string> prefix{"runuser", "-u", "postgres", "--"};
        arguments.insert(arguments.begin(), prefix.begin(), prefix.end());
    }
    return run_program(arguments);
}

std::string tail(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    std::string text;
    for (auto i = lines.size() > 20 ? lines.size() - 20 : 0; i < lines.size(); ++i)
        text += lines[i] + "\n";
    return text;
}

}  // namespace

PrivatePostgres::PrivatePostgres()
    : directory_(make_directory()), data_(directory_ + "/data"), reaper_(removal, {directory_}) {
    initialise();
    constexpr int attempts = 5;  // another program may take the port between asking and listening
    for (int attempt = 1;; ++attempt) {
        port_ = free_port();
        configure();
        try {
            start();
            execute("CREATE ROLE itn LOGIN");
            return;
        } catch (const std::runtime_error&) {
            if (attempt == attempts) throw;
        }
    }
}

void PrivatePostgres::initialise() {
    fs::create_directory(data_);
    chmod(data_.c_str(), 0700);
    if (is_root()) {
        const auto* user = getpwnam("postgres");
        if (user == nullptr) throw std::runtime_error("there is no user postgres");
        if (chown(data_.c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::system_error(errno, std::generic_category(), "chown " + data_);
    }
    const auto ran = run_postgres({"initdb", "-D", data_, "-U", "postgres", "-A", "trust", "-E",
                                   "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"});
    if (ran.code != 0) throw std::runtime_error("initdb failed: " + ran.output);
}

void PrivatePostgres::configure() {
    std::ofstream(data_ + "/postgresql.auto.conf") << settings << "port = " << port_ << "\n";
}

void PrivatePostgres::pg_ctl(const std::string& action, const std::string& mode) {
    const auto log = data_ + "/log";
    const auto ran = run_postgres(
        {"pg_ctl", action, "-D", data_, "-m", mode, "-w", "-t", "60", "-s", "-l", log});
    if (ran.code != 0)
        throw std::runtime_error("pg_ctl " + action + ": " + ran.output + "\n" + tail(log));
}

void PrivatePostgres::start() {
    pg_ctl("start", "fast");
}

void PrivatePostgres::stop() {
    pg_ctl("stop", "fast");
}

void PrivatePostgres::crash() {
    pg_ctl("stop", "immediate");
}

std::string PrivatePostgres::url(const std::string& database) const {
    return "postgresql://itn@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

void PrivatePostgres::add_role(const std::string& name) {
    execute("DO $$ BEGIN IF to_regrole('" + name + "') IS NULL THEN CREATE ROLE " + name +
            " LOGIN; END IF; END $$");
}

std::string PrivatePostgres::url_as(const std::string& url, const std::string& role) {
    const std::string mark = "//itn@";
    const auto at = url.find(mark);
    return url.substr(0, at) + "//" + role + url.substr(at + mark.size() - 1);
}

void PrivatePostgres::execute(const std::string& statement) {
    pqxx::connection connection("postgresql://postgres@127.0.0.1:" + std::to_string(port_) +
                                "/postgres");
    pqxx::nontransaction work(connection);
    work.exec(statement);
}

std::string PrivatePostgres::create_database(const std::string& from_template) {
    const auto name = "test_" + std::to_string(++databases_);
    execute("CREATE DATABASE " + name + " OWNER itn TEMPLATE " + from_template);
    return url(name);
}

std::string PrivatePostgres::fresh_database() {
    return create_database("template0");
}

std::string PrivatePostgres::fresh_database(const Migrate& migrate) {
    if (!has_template_) {
        execute("CREATE DATABASE migrated OWNER itn TEMPLATE template0");
        migrate(url("migrated"));
        has_template_ = true;
    }
    return create_database("migrated");
}

PrivatePostgres& private_postgres() {
    static PrivatePostgres server;
    return server;
}

}  // namespace itn::tests
