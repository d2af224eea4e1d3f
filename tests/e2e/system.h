#pragma once

// The whole network on real parts, for one test: a private Postgres and RabbitMQ (shared by the
// test program), and our own processes as they are shipped, each on a port of its own and each with
// no more rights in the database and at the broker than it is shipped with.

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/http_client.h"

namespace itn::tests {

struct Answer {
    int status = 0;  // 0: no reply
    nlohmann::json body{};
    std::map<std::string, std::string> headers{};  // names in lower case
};

class System final {
public:
    /// Migrates a fresh database, declares the queues, makes the first administrator and starts one
    /// of each process but itn-ingress. Throws std::runtime_error with the last log lines when
    /// something does not become ready.
    System();
    ~System();
    System(const System&) = delete;
    System& operator=(const System&) = delete;

    using Settings = std::map<std::string, std::string>;  // environment variables

    /// Starts one more process of that name ("itn-trade-worker", "itn-ingress"), with these
    /// settings in place of its usual ones, and waits until it is ready; returns its index among
    /// those of its name. From then on api_port() and notifier_port() are those of the newest.
    std::size_t start(const std::string& program, const Settings& settings = {});
    Child& process(const std::string& program, std::size_t index = 0);
    /// A series of its /metrics, with its labels; 0 while it is not there.
    double metric(const std::string& program, const std::string& series, std::size_t index = 0);
    /// Asks it to end, and waits; throws std::runtime_error when it does not end well.
    void stop(const std::string& program, std::size_t index = 0);
    /// kill -9, and its end awaited.
    void kill(const std::string& program, std::size_t index = 0);

    // Requests are the administrator's unless `headers` say who it is: as(token), or as("") for
    // nobody.
    Answer get(const std::string& path, const Headers& headers = {});
    Answer send(const std::string& method, const std::string& path, const nlohmann::json& body,
                const Headers& headers = {});
    /// As send(), with the bytes as they are.
    Answer send_text(const std::string& method, const std::string& path, const std::string& body,
                     const Headers& headers = {});

    /// Of the administrator and of everybody whom add_user() makes.
    static constexpr const char* password = "correct horse battery staple of the tests";

    /// An access token for that user; throws std::runtime_error when the sign-in is refused.
    std::string sign_in(const std::string& email, const std::string& password);
    /// Makes a user "<name>@itn.example" who acts for these stations in that role; their access
    /// token, and the same as headers.
    std::string add_user(const std::string& name, const std::string& role,
                         const std::vector<std::string>& stations = {});
    static Headers as(const std::string& token);
    const std::string& admin_token() const { return admin_token_; }
    /// Makes the partner, its user, exchange and queues at the broker; its AMQP URL.
    std::string add_partner(const std::string& name, const std::vector<std::string>& stations);

    /// Creates the station, or the product at the price, through the API.
    void add_station(const std::string& id);
    void add_product(const std::string& id, std::int64_t unit_price = 10);
    /// Adds stock and waits until it is there.
    void add_stock(const std::string& station, const std::string& product, std::int64_t quantity);
    /// The stations ceres and europa, and the product ice, of which ceres has 1,000.
    void add_market();
    /// Makes directory()/<name>.pem, a key that signs access tokens, and directory()/public/
    /// <name>.pem, its public half. Nobody uses it before their settings say so.
    void add_key(const std::string& name);
    nlohmann::json trade_body(const std::string& seller, const std::string& buyer,
                              const std::string& product, std::int64_t quantity) const;

    /// The first column of the first row, as text; "" when there is none.
    std::string sql(const std::string& query);
    /// Every lane's watermarks have reached its last seq, and for a moment nothing was added. A
    /// worker that stalls for longer than that may still have a command.
    bool is_settled();
    /// Runs itn-audit, with a file of accepted command ids; its output when it found fault.
    std::optional<std::string> audit(const std::vector<std::string>& accepted = {});

    std::uint16_t api_port() const { return api_port_; }
    std::uint16_t notifier_port() const { return notifier_port_; }
    /// As the administrator of the broker, or as a component ("itn_api").
    const std::string& amqp_url() const { return amqp_url_; }
    std::string amqp_url_of(const std::string& user) const;
    /// As the owner of the schema, or as a component's role.
    const std::string& database_url() const { return database_url_; }
    std::string database_url_of(const std::string& role) const;
    const std::string& directory() const { return directory_; }

private:
    struct Process {
        Child child;
        std::string port_file;
    };
    void admit_components();
    void add_admin();
    Settings environment_of(const std::string& program) const;
    void await_ready(const std::string& program, Process& process);
    std::string last_lines(const std::string& program) const;

    std::string directory_;
    std::string database_url_;
    std::string amqp_url_;
    std::string admin_token_;
    std::uint16_t api_port_ = 0;
    std::uint16_t notifier_port_ = 0;
    int started_ = 0;
    std::map<std::string, std::vector<Process>> processes_;
};

}  // namespace itn::tests
