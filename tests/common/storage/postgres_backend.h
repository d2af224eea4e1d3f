#pragma once

// Databases for the tests of this folder: migrated, with the catalogue that samples.h names.

#include <atomic>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <thread>
#include <vector>

#include "common/storage/migrate.h"
#include "common/storage/store_postgres.h"
#include "tests/common/storage/samples.h"
#include "tests/support/private_postgres.h"

namespace itn::storage::contract {

inline constexpr std::uint16_t test_shards = 4;

inline std::string migrated_database() {
    return tests::private_postgres().fresh_database(
        [](const std::string& url) { migrate(url, embedded_migrations(), test_shards); });
}

/// Runs `work(n)` on as many threads as said, each begun before any works.
template <class Work>
void race(int threads, Work work) {
    std::atomic<int> ready = 0;
    std::vector<std::jthread> running;
    for (int n = 0; n < threads; ++n) {
        running.emplace_back([&, n] {
            ++ready;
            while (ready < threads)
                std::this_thread::yield();
            work(n);
        });
    }
}

class PostgresBackend {
public:
    PostgresBackend() {
        execute(
            "INSERT INTO station VALUES ('ceres', 'Ceres', 'planet', 1, 2, 3, 1),"
            " ('vesta', 'Vesta', 'space_station', 4, 5, 6, 1);"
            "INSERT INTO product VALUES ('ice', 'Ice', '', '', '', 7, 2, '{}', 1),"
            " ('ore', 'Ore', '', '', '', 5, 0, '{}', 1)");
    }
    std::unique_ptr<Store> open(Family family) {
        return std::make_unique<PostgresStore>(url_, family, "store-test");
    }
    std::size_t parked() { return count("parked"); }
    std::size_t instances() { return count("instance"); }

    /// An account "user:<id>" or a partner "partner:<name>" with these rights.
    void set_rights(const Rights& rights) {
        const std::string& principal = rights.principal.text();
        const bool is_partner = principal.starts_with("partner:");
        const std::string key = "'" + principal.substr(principal.find(':') + 1) + "'";
        const std::string state = std::string(rights.disabled ? "true, " : "false, ") +
                                  std::to_string(rights.version) + ", now(), now())";
        if (is_partner) {
            execute(
                "INSERT INTO partner (name, disabled, version, created_at, changed_at) VALUES (" +
                key + ", " + state);
        } else {
            std::string role;
            rights.roles.each([&](identity::Role one) { role = name(one); });
            execute(
                "INSERT INTO account (id, name, email, password, role, disabled, version, "
                "created_at, changed_at) VALUES (" +
                key + ", 'Nova', " + key + ", '', '" + role + "', " + state);
        }
        for (const StationId& station : rights.stations)
            execute((is_partner ? "INSERT INTO partner_station VALUES ("
                                : "INSERT INTO membership VALUES (") +
                    key + ", '" + station.text() + "')");
    }

    const std::string& url() const { return url_; }
    pqxx::result execute(const std::string& sql) {
        pqxx::connection connection(url_);
        pqxx::work work(connection);
        pqxx::result result = work.exec(sql);
        work.commit();
        return result;
    }

private:
    std::size_t count(const std::string& table) {
        return execute("SELECT count(*) FROM " + table)[0][0].as<std::size_t>();
    }
    std::string url_ = migrated_database();
};

}  // namespace itn::storage::contract
