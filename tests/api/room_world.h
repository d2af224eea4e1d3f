#pragma once

// The whole api room behind a real front, without a database and with a broker in memory: what a
// client sends can be seen on the lane queues, or not. The broker's loop has a thread of its own,
// as in the program.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/front/front.h"
#include "api/room.h"
#include "common/identity/token.h"
#include "common/messaging/broker_memory.h"
#include "common/wire/notice.h"
#include "tests/support/http_client.h"

namespace itn::api::tests {

using itn::tests::Headers;
using itn::tests::HttpClient;
using itn::tests::HttpReply;

inline constexpr std::uint16_t shards = 4;

/// Who asks, as an access token says it.
struct Who {
    Principal principal{};
    identity::Roles roles{};
    std::vector<StationId> stations{};
    identity::Scopes scopes = identity::all_scopes;
};
/// May do everything that belongs to no single caller; asks when nobody else is named.
const Who& an_admin();

/// Tests do in a second what people do in an hour: plenty of sign-ins and account work.
gateway::Rates patient_rates();

/// Where nobody listens: every read fails at once.
inline constexpr const char* no_database = "postgresql://itn@127.0.0.1:1/none";

class RoomWorld final {
public:
    /// `pending` is how many calls may wait. A catalogue of ceres, mars, ice and iron is set when
    /// there is no database; with one the keeper is started.
    explicit RoomWorld(const std::string& database_url = no_database,
                       std::size_t pending = limits::max_pending_calls,
                       std::chrono::milliseconds read_deadline = limits::read_deadline,
                       const gateway::Rates& rates = patient_rates());
    ~RoomWorld();
    RoomWorld(const RoomWorld&) = delete;
    RoomWorld& operator=(const RoomWorld&) = delete;

    HttpClient client() const { return HttpClient(server_->port(), std::chrono::seconds(20)); }
    /// One request on a connection of its own; a body is application/json unless headers say
    /// otherwise, and an_admin() asks unless they have an Authorization (an empty one is not sent).
    HttpReply ask(std::string_view method, std::string_view target, std::string_view body = {},
                  Headers headers = {}) const;
    std::uint16_t port() const { return server_->port(); }
    /// A good access token, and the header that carries it.
    std::string token(const Who& who) const;
    Headers authorization(const Who& who) const { return {bearer(token(who))}; }
    static Headers::value_type bearer(const std::string& secret) {
        return {"Authorization", "Bearer " + secret};
    }
    gateway::Doorkeeper& doorkeeper() { return *doorkeeper_; }
    gateway::Audit& audit() { return audit_; }

    /// Messages on all lane queues.
    std::size_t queued() const;
    /// The commands that reached the queues, as rendered envelopes in no order.
    std::vector<std::string> commands() const;
    /// Plays the worker: takes the command that is queued first and replies this outcome to its
    /// replyTo.
    void reply_outcome(wire::OutcomeKind kind, const std::string& code = {},
                       const std::string& detail = {});

    const std::string& database_url() const { return database_url_; }
    messaging::MemoryServer& broker() { return *memory_; }
    gateway::CatalogueKeeper& catalogue() { return catalogue_; }
    runtime::Metrics& metrics() { return metrics_; }
    Reads& reads() { return reads_; }
    gateway::Waiters& waiters() { return *waiters_; }
    /// Runs on the loop thread, and returns when it ran.
    void on_loop(std::function<void()> task);
    /// Ends the http server, as the program does first.
    void stop_server() { server_->stop(std::chrono::seconds(5)); }

private:
    void start_broker();

    std::string database_url_;
    runtime::Metrics metrics_;
    runtime::Health health_;
    runtime::SystemClock clock_;
    Pending pending_;
    std::optional<gateway::Doorkeeper> doorkeeper_;
    gateway::Budgets budgets_;
    gateway::Audit audit_{"", "test"};
    std::string admins_token_;
    gateway::RememberedKeys remembered_;
    std::shared_ptr<messaging::MemoryServer> memory_ = std::make_shared<messaging::MemoryServer>();
    runtime::Loop loop_;
    std::optional<messaging::MemoryBroker> broker_;
    std::optional<gateway::Dispatch> dispatch_;
    std::optional<gateway::Waiters> waiters_;
    gateway::CatalogueKeeper catalogue_;
    Reads reads_;
    PasswordDesk passwords_;
    Summaries summaries_{reads_, clock_};
    std::optional<Room> room_;
    std::unique_ptr<front::Server> server_;
    std::thread thread_;
};

/// Waits until `holds`, at most ten seconds; whether it came to hold.
bool eventually(const std::function<bool()>& holds);
/// A trade wish that is right in everything.
std::string good_trade();
/// The "type" of a problem without its path, "" when the body is no problem.
std::string slug_of(const HttpReply& reply);

}  // namespace itn::api::tests
