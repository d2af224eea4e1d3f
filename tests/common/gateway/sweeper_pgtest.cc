#include "common/gateway/sweeper.h"

#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <vector>

#include "common/base/limits.h"
#include "common/runtime/clock.h"
#include "common/storage/migrate.h"
#include "tests/support/child.h"
#include "tests/support/private_postgres.h"

namespace itn::gateway {
namespace {

using namespace std::chrono_literals;

class SweeperTest : public testing::Test {
protected:
    pqxx::result execute(const std::string& sql) const {
        pqxx::connection connection(url_);
        pqxx::nontransaction work(connection);
        return work.exec(sql);
    }
    int rows(const std::string& table) const {
        return static_cast<int>(execute("SELECT FROM " + table).size());
    }
    void add_full_budgets(std::int64_t count) const {
        execute(
            "INSERT INTO budget SELECT n::text, 'read', 1, 1, 1, 1, 0, 0, '2000-01-01' "
            "FROM generate_series(1, " +
            std::to_string(count) + ") n");
    }

    const std::string url_ = tests::private_postgres().fresh_database(
        [](const std::string& url) { storage::migrate(url, storage::embedded_migrations(), 4); });
    const Timestamp now_ = runtime::SystemClock().now();
    storage::Accounts accounts_{url_, "test"};
};

TEST_F(SweeperTest, FullBudgetsGo) {
    const identity::Rate rate{.tokens = 200, .period = 1s, .burst = 300};
    const storage::Accounts::Ask asks[] = {{"old", "write", rate, 1}, {"busy", "write", rate, 300}};
    accounts_.grant(std::span(asks, 1), now_ - 1h);
    accounts_.grant(std::span(asks + 1, 1), now_ + 1h);
    const Sweeper sweeper(url_, "test", Sweeper::audit_retention);
    EXPECT_TRUE(tests::eventually([&] { return rows("budget") == 1; }));
}

TEST_F(SweeperTest, MoreFullBudgetsGoThanOneStatementTakes) {
    add_full_budgets(2 * limits::max_swept_budgets + 1);
    EXPECT_TRUE(accounts_.sweep(now_)) << "there are more";
    EXPECT_EQ(rows("budget"), limits::max_swept_budgets + 1);
    const Sweeper sweeper(url_, "test", Sweeper::audit_retention);
    EXPECT_TRUE(tests::eventually([&] { return rows("budget") == 0; }));
    EXPECT_FALSE(accounts_.sweep(now_));
}

TEST_F(SweeperTest, AnEndlessSweepEndsWithTheSweeper) {
    add_full_budgets(limits::max_swept_budgets);
    execute(
        "CREATE SEQUENCE sweeps; CREATE FUNCTION refill() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN INSERT INTO budget SELECT * FROM swept; PERFORM nextval('sweeps'); "
        "RETURN NULL; END$$; CREATE TRIGGER refill AFTER DELETE ON budget REFERENCING OLD TABLE "
        "AS swept FOR EACH STATEMENT EXECUTE FUNCTION refill()");
    {
        const Sweeper sweeper(url_, "test", Sweeper::audit_retention);
        EXPECT_TRUE(tests::eventually([&] { return rows("sweeps WHERE last_value > 1") == 1; }));
    }
    EXPECT_EQ(rows("budget"), limits::max_swept_budgets);
}

TEST_F(SweeperTest, WhatCannotBeSweptKeepsNoOldLines) {
    const storage::AuditLine line{.at = now_ - std::chrono::days(500), .event = "old"};
    accounts_.audit(std::span(&line, 1));
    execute("DROP TABLE ticket");
    const Sweeper sweeper(url_, "test", Sweeper::audit_retention);
    EXPECT_TRUE(tests::eventually([&] { return rows("audit_trail") == 0; }));
}

TEST_F(SweeperTest, OldLinesOfTheAuditTrailGo) {
    const storage::AuditLine lines[] = {
        {.at = now_ - std::chrono::days(61), .event = "old"},
        {.at = now_ - std::chrono::days(59), .event = "young"},
        {.at = now_, .event = "new"},
    };
    accounts_.audit(lines);
    const Sweeper sweeper(url_, "test", std::chrono::days(60));
    EXPECT_TRUE(tests::eventually([&] { return rows("audit_trail") == 2; }));
    EXPECT_EQ(rows("audit_trail WHERE event = 'old'"), 0);
}

}  // namespace
}  // namespace itn::gateway
