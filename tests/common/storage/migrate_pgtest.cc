#include "common/storage/migrate.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/storage/schema.h"
#include "common/storage/store.h"
#include "tests/common/storage/postgres_backend.h"

namespace itn::storage {
namespace {

using testing::Test;

std::string refusal(const std::string& url, std::vector<Migration> migrations,
                    std::uint16_t shards = 4) {
    try {
        migrate(url, migrations, shards);
    } catch (const MigrationRefused& refused) {
        return refused.what();
    }
    return "";
}

class MigrateTest : public Test {
protected:
    std::string url_ = tests::private_postgres().fresh_database();
    std::vector<Migration> all_{embedded_migrations().begin(), embedded_migrations().end()};
};

TEST_F(MigrateTest, DoesEverythingOnce) {
    EXPECT_EQ(migrate(url_, all_, 4).size(), all_.size() + 1);
    const auto settings = read_settings(url_);
    ASSERT_TRUE(settings.has_value());
    EXPECT_EQ(settings->shards, 4);
    EXPECT_EQ(settings->schema_version, all_.back().number);
    EXPECT_EQ(settings->epoch.size(), 16U);
    EXPECT_TRUE(migrate(url_, all_, 4).empty());
    EXPECT_EQ(read_settings(url_), settings);
}

TEST_F(MigrateTest, SeveralAtOnceTakeTurns) {
    std::vector<std::jthread> threads;
    std::atomic<std::size_t> steps = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] { steps += migrate(url_, all_, 4).size(); });
    threads.clear();
    EXPECT_EQ(steps, all_.size() + 1);
}

TEST_F(MigrateTest, RefusesAFileThatChangedAfterItWasApplied) {
    migrate(url_, all_, 4);
    all_[1].sql += "\n-- a word more";
    EXPECT_NE(refusal(url_, all_).find("migration 2 (journal)"), std::string::npos);
}

TEST_F(MigrateTest, RefusesADatabaseThatIsNewer) {
    migrate(url_, all_, 4);
    all_.pop_back();
    EXPECT_NE(refusal(url_, all_).find("older than the database"), std::string::npos);
}

TEST_F(MigrateTest, RefusesAnotherNumberOfShards) {
    migrate(url_, all_, 4);
    EXPECT_NE(refusal(url_, all_, 8).find("made for 4 shards, not 8"), std::string::npos);
}

TEST_F(MigrateTest, TheAuditTrailKeepsItsLinesWhenItGetsMonths) {
    migrate(url_, std::vector(all_.begin(), all_.begin() + 4), 4);
    pqxx::connection connection(url_);
    const auto run = [&](const std::string& sql) {
        pqxx::nontransaction work(connection);
        return work.exec(sql);
    };
    const auto lines = [&] {
        std::string all;
        for (const auto& row : run("SELECT a::text FROM audit_trail a ORDER BY id"))
            all += std::string(row[0].c_str()) + "\n";
        return all;
    };
    const std::string add =
        "INSERT INTO audit_trail (at, event, principal, peer, subject, detail) "
        "SELECT now() - n * interval '20 days', 'e', 'user:ada', 'p', 's', 'd' "
        "FROM generate_series(";
    run(add + "-10, 40) n");
    run(add + "5000, 5000) n");
    const std::string before = lines();
    const auto table = run("SELECT 'audit_trail'::regclass::oid")[0][0].as<unsigned>();
    migrate(url_, all_, 4);
    EXPECT_EQ(lines(), before);
    const std::string part = run("SELECT " + std::to_string(table) + "::regclass")[0][0].c_str();
    EXPECT_EQ(part, run("SELECT to_char(now(), '\"audit_trail_\"YYYY_MM')")[0][0].c_str())
        << "the table itself, as the part that ends with this month";
    EXPECT_EQ(run("SELECT FROM " + part + " WHERE at < now()").size(), 42);
    run(add + "0, 0) n");
    EXPECT_EQ(run("SELECT max(id) FROM audit_trail")[0][0].as<int>(), 53) << "ids go on";
    for (const std::string& whole : {std::string("audit_trail"), part})
        EXPECT_THROW(run("DELETE FROM " + whole), pqxx::insufficient_privilege);
    run("GRANT DELETE ON " + part + " TO CURRENT_USER");
    EXPECT_THROW(run("DELETE FROM " + part), pqxx::insufficient_privilege) << "the trigger stands";
    run("SELECT keep_audit_trail(400)");
    EXPECT_EQ(run("SELECT FROM audit_trail").size(), 53) << "it holds young lines";

    const std::string detached = "ALTER TABLE audit_trail DETACH PARTITION " + part;
    run(detached + "; CREATE TABLE audit_trail_2001_01 (LIKE " + part +
        "); INSERT INTO audit_trail_2001_01 SELECT * FROM " + part +
        " WHERE at < '2001-02-01'; ALTER TABLE audit_trail ATTACH PARTITION audit_trail_2001_01 "
        "FOR VALUES FROM (MINVALUE) TO ('2001-02-01')");
    run("SELECT keep_audit_trail(400)");
    EXPECT_EQ(run("SELECT FROM pg_class WHERE relname = 'audit_trail_2001_01'").size(), 0)
        << "what ends long ago goes with all that is older";
}

TEST_F(MigrateTest, AMigrationThatFailsLeavesNothing) {
    all_.push_back({.number = 99, .name = "bad", .sql = "CREATE TABLE half (); SELECT 1/0"});
    EXPECT_THROW(migrate(url_, all_, 4), CommandFault);
    EXPECT_EQ(read_settings(url_)->schema_version, embedded_migrations().back().number);
    all_.back().sql = "CREATE TABLE half ()";
    EXPECT_NO_THROW(migrate(url_, all_, 4));
}

TEST_F(MigrateTest, AProcessIsToldWhatDoesNotFit) {
    EXPECT_EQ(schema_fault(url_, 4, ""), "the database is empty; run itn-migrate");
    migrate(url_, std::vector(all_.begin(), all_.begin() + 2), 4);
    EXPECT_EQ(schema_fault(url_, 4, ""), "the database has schema 2, this program needs " +
                                             std::to_string(embedded_migrations().back().number) +
                                             "; run itn-migrate");
    migrate(url_, all_, 4);
    EXPECT_EQ(schema_fault(url_, 4, ""), std::nullopt);
    EXPECT_EQ(schema_fault(url_, 16, ""),
              "the database was made for 4 shards, this process is set to 16; set ITN_SHARDS=4");
    EXPECT_EQ(schema_fault(url_, 4, "abc"),
              "the broker's topology was never declared; run itn-migrate");
    store_topology_fingerprint(url_, "abd");
    EXPECT_EQ(schema_fault(url_, 4, "abc"),
              "the broker's topology was declared by another version; run itn-migrate");
    store_topology_fingerprint(url_, "abc");
    EXPECT_EQ(schema_fault(url_, 4, "abc"), std::nullopt);
}

}  // namespace
}  // namespace itn::storage
