#include "common/gateway/budgets.h"

#include <gtest/gtest.h>

#include <atomic>
#include <pqxx/pqxx>
#include <thread>
#include <vector>

#include "common/gateway/budget_shelf.h"
#include "common/runtime/clock.h"
#include "common/storage/accounts.h"
#include "common/storage/migrate.h"
#include "tests/support/child.h"
#include "tests/support/private_postgres.h"

namespace itn::gateway {
namespace {

using namespace std::chrono_literals;

const Timestamp start{1'900'000'000s};
/// Leases of 75.
constexpr Rates rates{.write = {.tokens = 200, .period = 1s, .burst = 300}};

class BudgetsTest : public testing::Test {
protected:
    Timestamp now() const { return clock_.now(); }
    int rows() const {
        pqxx::connection connection(url_);
        pqxx::nontransaction work(connection);
        return static_cast<int>(work.exec("SELECT FROM budget").size());
    }
    bool serves(Budgets& budgets) const {
        return budgets.spend("user:a", RateClass::write, now()).ok;
    }

    const std::string url_ = tests::private_postgres().fresh_database(
        [](const std::string& url) { storage::migrate(url, storage::embedded_migrations(), 4); });
    runtime::SystemClock clock_;
};

/// A process whose leases come at once, in a time of the test's own.
struct Process {
    Process(const std::string& url, const std::string& name)
        : shelf(rates, true), accounts(url, name) {}
    bool spend(Timestamp at) {
        std::optional<LeaseAsk> ask;
        const bool ok = shelf.spend("user:a", RateClass::write, at, 1, ask).ok;
        if (ask) {
            const storage::Accounts::Ask wish{ask->who, "write", rates.write, ask->tokens};
            shelf.granted(*ask, accounts.grant(std::span(&wish, 1), at)[0], at);
        }
        return ok;
    }
    BudgetShelf shelf;
    storage::Accounts accounts;
};

TEST_F(BudgetsTest, TogetherTwoProcessesPassTheRateAndNoMore) {
    Process one(url_, "one"), two(url_, "two");
    int passed = 0;
    for (Timestamp at = start; at < start + 10s; at += 1ms)
        passed += (one.spend(at) ? 1 : 0) + (two.spend(at) ? 1 : 0);
    EXPECT_LE(passed, 10 * 200 + 300 + 2 * 75);
    EXPECT_GE(passed, 10 * 200 + 300 - 2 * 75);
}

TEST_F(BudgetsTest, InTheirOwnTimeToo) {
    Budgets one(url_, "one", rates), two(url_, "two", rates);
    std::atomic<int> passed = 0;
    const Timestamp began = now();
    const auto spend = [&](Budgets& budgets) {
        // Many times what may pass, and yet the database gets its turn on two processors.
        while (now() < began + 1s) {
            if (serves(budgets)) ++passed;
            std::this_thread::sleep_for(500us);
        }
    };
    {
        const std::jthread first([&] { spend(one); });
        const std::jthread second([&] { spend(two); });
    }
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(now() - began);
    EXPECT_LE(passed, took.count() * 200 / 1'000 + 300 + 2 * 75);
    EXPECT_GE(passed, 300);
    EXPECT_EQ(rows(), 1);
}

TEST_F(BudgetsTest, WithoutTheDatabaseTheRateIsHeldAlone) {
    Budgets budgets(url_, "alone", rates);
    EXPECT_TRUE(serves(budgets));
    EXPECT_TRUE(tests::eventually([&] { return rows() == 1; }));
    tests::private_postgres().stop();
    const Timestamp began = now();
    int passed = 0;
    EXPECT_TRUE(tests::eventually([&] {
        for (int i = 0; i < 100; ++i)
            passed += serves(budgets) ? 1 : 0;
        return passed > 2 * 300;
    }));
    const auto took = std::chrono::ceil<std::chrono::milliseconds>(now() - began);
    EXPECT_LE(passed, took.count() * 200 / 1'000 + 2 * 300 + 2 * 75);
    tests::private_postgres().start();
    EXPECT_TRUE(tests::eventually([&] {
        budgets.spend("user:b", RateClass::read, now());
        return rows() == 2;
    }));
}

TEST_F(BudgetsTest, WithoutADatabaseAtAll) {
    Budgets budgets("", "alone", rates);
    int passed = 0;
    for (int i = 0; i < 1'000; ++i)
        passed += budgets.spend("user:a", RateClass::write, start).ok ? 1 : 0;
    EXPECT_EQ(passed, 300);
    EXPECT_EQ(budgets.rate_of(RateClass::write), rates.write);
    EXPECT_EQ(budgets.rate_of(RateClass::sign_in).burst, 20);
    EXPECT_EQ(budgets.size(), 1U);
}

}  // namespace
}  // namespace itn::gateway
