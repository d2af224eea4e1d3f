// Migrations of a database that processes work on, as the role of the api for one.

#include <gtest/gtest.h>

#include <set>

#include "common/storage/accounts.h"
#include "common/storage/migrate.h"
#include "common/storage/schema.h"
#include "tests/common/storage/postgres_backend.h"
#include "tests/support/child.h"

namespace itn::storage {
namespace {

using namespace std::chrono_literals;
using contract::test_shards;
using tests::eventually;
using tests::PrivatePostgres;

/// A database as it was before the trail had months, with lines in it.
class UpgradeTest : public ::testing::Test {
protected:
    void SetUp() override {
        tests::private_postgres().add_role("itn_api");
        migrate(url_, embedded_migrations().first(4), test_shards);
        execute(url_,
                "GRANT USAGE ON SCHEMA public TO itn_api; GRANT INSERT ON audit_trail TO itn_api; "
                "INSERT INTO audit_trail (at, event, principal, peer, subject, detail) SELECT "
                "now() - n * interval '1 hour', 'old', '', '', '', '' "
                "FROM generate_series(-2000, 4999) n");
    }
    /// Roles belong to the server: other tests need to find none.
    void TearDown() override {
        execute(PrivatePostgres::url_as(url_, "postgres"),
                "DROP OWNED BY itn_api CASCADE; DROP ROLE itn_api");
    }
    static pqxx::result execute(const std::string& url, const std::string& sql) {
        pqxx::connection connection(url);
        pqxx::nontransaction work(connection);
        return work.exec(sql);
    }
    std::vector<std::string> upgrade(const MigrateTerms& terms = {.rights = embedded_rights()}) {
        return migrate(url_, embedded_migrations(), test_shards, terms);
    }
    int schema() const { return read_settings(url_)->schema_version; }
    std::size_t lines(const std::string& event) const {
        return execute(url_, "SELECT FROM audit_trail WHERE event = '" + event + "'").size();
    }

    const std::string url_ = tests::private_postgres().fresh_database();
};

TEST_F(UpgradeTest, WritersOfTheTrailLoseNoLine) {
    std::atomic<std::size_t> written = 0;
    const auto write = [&](const std::stop_token& stop) {
        Accounts own(PrivatePostgres::url_as(url_, "itn_api"), "writer");
        const AuditLine line{
            .at = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()),
            .event = "new"};
        try {
            for (; !stop.stop_requested(); ++written)
                own.audit(std::span(&line, 1));
        } catch (const std::exception& failure) {
            ADD_FAILURE() << failure.what();
        }
    };
    auto writes_on = [&, from = std::size_t(0)]() mutable {
        from = written;
        return eventually([&] { return written > from + 50; });
    };
    {
        std::vector<std::jthread> writers;
        for (int n = 0; n < 3; ++n)
            writers.emplace_back(write);
        EXPECT_TRUE(writes_on());
        EXPECT_EQ(upgrade().size(), 2U);
        EXPECT_TRUE(writes_on());
    }
    EXPECT_EQ(lines("new"), written);
    EXPECT_EQ(lines("old"), 7'000U);
}

TEST_F(UpgradeTest, TheRightsComeWithTheLastMigration) {
    const int newest = embedded_migrations().back().number;
    EXPECT_THROW(upgrade({.rights = "SELECT 1/0"}), CommandFault);
    EXPECT_EQ(schema(), newest - 1) << "neither without the other";
    EXPECT_EQ(upgrade().size(), 1U);
    EXPECT_EQ(schema(), newest);
    EXPECT_TRUE(upgrade({.rights = "SELECT 1/0"}).empty());
    Accounts api(PrivatePostgres::url_as(url_, "itn_api"), "upgrade");
    EXPECT_TRUE(api.partners().empty());
}

TEST_F(UpgradeTest, WhoIsBusyIsNotWaitedForLong) {
    pqxx::connection connection(url_);
    pqxx::work reading(connection);
    reading.exec("SELECT FROM audit_trail");
    try {
        upgrade({.patience = 20ms, .tries = 2});
        ADD_FAILURE() << "it waited for the reader";
    } catch (const MigrationRefused& refused) {
        const std::string words = refused.what();
        EXPECT_NE(words.find("busy for migration 5 (audit_months)"), words.npos) << words;
        EXPECT_NE(words.find("run itn-migrate again"), words.npos) << words;
    }
    EXPECT_EQ(schema(), 4);
    reading.commit();
    EXPECT_EQ(upgrade().size(), 2U);
}

TEST_F(UpgradeTest, ItIsTriedAgainUntilTheyAreDone) {
    pqxx::connection connection(url_);
    pqxx::work reading(connection);
    reading.exec("SELECT FROM audit_trail");
    std::jthread upgrading([&] { upgrade({.patience = 20ms, .tries = 10'000}); });
    std::set<std::string> tries;
    EXPECT_TRUE(eventually([&] {
        for (const auto& row :
             execute(url_,
                     "SELECT xact_start::text FROM pg_stat_activity WHERE datname = "
                     "current_database() AND application_name = 'itn-migrate' AND "
                     "wait_event_type = 'Lock'"))
            tries.insert(row[0].c_str());
        return tries.size() > 1;
    }));
    reading.commit();
    upgrading.join();
    EXPECT_EQ(schema(), embedded_migrations().back().number);
}

}  // namespace
}  // namespace itn::storage
