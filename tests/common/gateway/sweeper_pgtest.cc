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
    int rows(const std::string& table) const {
        pqxx::connection connection(url_);
        pqxx::nontransaction work(connection);
        return static_cast<int>(work.exec("SELECT FROM " + table).size());
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
    pqxx::connection connection(url_);
    pqxx::nontransaction(connection)
        .exec(
            "INSERT INTO budget SELECT n::text, 'read', 1, 1, 1, 1, 0, 0, '2000-01-01' "
            "FROM generate_series(1, " +
            std::to_string(2 * limits::max_swept_budgets + 1) + ") n");
    accounts_.sweep(now_);
    EXPECT_EQ(rows("budget"), 0);
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
