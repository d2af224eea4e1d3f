#pragma once

// A galaxy on a real Postgres: the whole api room, and the worker's part played by its committer,
// command by command as they stand on the lane queues in memory. What the worker would publish
// stays in the journal.

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "common/storage/store_postgres.h"
#include "tests/api/room_world.h"
#include "workers/committer.h"

namespace itn::api::tests {

using Json = nlohmann::json;

class PlayedGalaxy final {
public:
    /// Stations ceres and mars, products ice and iron, all made over REST.
    PlayedGalaxy();

    RoomWorld& world() { return world_; }
    /// Decides what is queued and replies to who waits; how many commands that were.
    std::size_t work();
    /// POSTs and works; the body of the 202.
    Json submit(std::string_view method, std::string_view target, const Json& body,
                Headers headers = {});
    /// The same with "Prefer: wait", worked on meanwhile.
    HttpReply submit_and_wait(std::string_view method, std::string_view target, const Json& body);
    /// The same for whoever the headers say, and for what may be refused before.
    HttpReply submit_and_wait(std::string_view method, std::string_view target,
                              const std::string& body, Headers headers);
    /// Gives who asks an account, or a partner's row, so that workers know them, too.
    void enrol(const Who& who);
    void add_station(const std::string& id);

    /// Gives ceres so much ice.
    void restock(std::int64_t quantity);
    /// A trade of ice from ceres to mars; its transactionId.
    std::string trade(std::int64_t quantity, const Headers& headers = {});
    HttpReply get(std::string_view target, Headers headers = {}) const {
        return world_.ask("GET", target, {}, std::move(headers));
    }
    Json json(std::string_view target) const;

private:
    RoomWorld world_;
    runtime::SystemClock clock_;
    workers::StopFlag stop_;
    std::map<Family, std::unique_ptr<storage::PostgresStore>> stores_;
    std::set<std::string> done_;
};

}  // namespace itn::api::tests
