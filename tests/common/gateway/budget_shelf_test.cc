#include "common/gateway/budget_shelf.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace itn::gateway {
namespace {

using namespace std::chrono_literals;

const Timestamp start{1'900'000'000s};
/// Leases of ten.
constexpr Rates twenty{.write = {.tokens = 20, .period = 1s, .burst = 40}};

class BudgetShelfTest : public testing::Test {
protected:
    /// How many of `count` pass.
    int pass(BudgetShelf& shelf, int count, Timestamp now, std::string_view who = "user:a") {
        int passed = 0;
        for (int i = 0; i < count; ++i) {
            std::optional<LeaseAsk> asked;
            last_ = shelf.spend(who, RateClass::write, now, 1, asked);
            if (last_.ok) ++passed;
            if (asked) asks_.push_back(*asked);
        }
        return passed;
    }

    Spent last_;
    std::vector<LeaseAsk> asks_;
};

TEST_F(BudgetShelfTest, AloneItHoldsTheRate) {
    BudgetShelf shelf(twenty, false);
    EXPECT_EQ(pass(shelf, 10, start), 10);
    EXPECT_EQ(last_.remaining, 30);
    EXPECT_EQ(last_.reset, 500ms);
    EXPECT_EQ(pass(shelf, 100, start), 30);
    EXPECT_EQ(last_.remaining, 0);
    EXPECT_EQ(last_.retry_after, 50ms);
    EXPECT_EQ(pass(shelf, 1, start + 49ms), 0);
    EXPECT_EQ(pass(shelf, 100, start + 100s), 40);
    EXPECT_TRUE(asks_.empty());
}

TEST_F(BudgetShelfTest, EachPrincipalAndClassHasItsOwn) {
    BudgetShelf shelf(twenty, false);
    EXPECT_EQ(pass(shelf, 100, start, "user:a"), 40);
    EXPECT_EQ(pass(shelf, 100, start, "user:b"), 40);
    std::optional<LeaseAsk> ask;
    EXPECT_TRUE(shelf.spend("user:a", RateClass::read, start, 1, ask).ok);
    EXPECT_EQ(shelf.size(), 3U);
}

TEST_F(BudgetShelfTest, LeasesAreAskedForOnceAndSpent) {
    BudgetShelf shelf(twenty, true);
    EXPECT_EQ(pass(shelf, 100, start), 10);  // on credit
    ASSERT_EQ(asks_.size(), 1U);
    EXPECT_EQ(asks_[0].who, "user:a");
    EXPECT_EQ(asks_[0].tokens, 11);
    shelf.granted(asks_[0], {.tokens = 11, .left = 29}, start);
    EXPECT_EQ(pass(shelf, 1, start), 1);
    EXPECT_EQ(last_.remaining, 29);
    ASSERT_EQ(asks_.size(), 2U);
    shelf.granted(asks_[1], {.tokens = 0, .more_after = 300ms}, start);
    EXPECT_EQ(pass(shelf, 9, start), 0);
    EXPECT_EQ(last_.retry_after, 300ms);
}

TEST_F(BudgetShelfTest, ALookTakesNothing) {
    BudgetShelf alone(twenty, false);
    EXPECT_EQ(pass(alone, 39, start), 39);
    std::optional<LeaseAsk> ask;
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(alone.spend("user:a", RateClass::write, start, 0, ask).ok);
    EXPECT_EQ(pass(alone, 100, start), 1);
    EXPECT_FALSE(alone.spend("user:a", RateClass::write, start + 49ms, 0, ask).ok);
    EXPECT_TRUE(alone.spend("user:a", RateClass::write, start + 50ms, 0, ask).ok);
}

TEST_F(BudgetShelfTest, WhoOnlyLooksAsksWhenNothingIsLeft) {
    BudgetShelf shelf(twenty, true);
    std::optional<LeaseAsk> ask;
    const auto look = [&](Timestamp at) {
        return shelf.spend("user:a", RateClass::write, at, 0, ask).ok;
    };
    EXPECT_TRUE(look(start));
    EXPECT_FALSE(ask) << "no lease for nothing";
    EXPECT_EQ(pass(shelf, 100, start), 10);
    EXPECT_FALSE(look(start));
    EXPECT_FALSE(ask) << "one is on its way";
    shelf.granted(asks_[0], {.tokens = 0, .more_after = 300ms}, start);
    EXPECT_FALSE(look(start + 299ms));
    EXPECT_FALSE(ask);
    EXPECT_FALSE(look(start + 300ms));
    ASSERT_TRUE(ask) << "else it would stay empty for ever";
    shelf.granted(*ask, {.tokens = 6, .left = 0}, start + 300ms);
    EXPECT_TRUE(look(start + 300ms));
}

TEST_F(BudgetShelfTest, WhoStaysBelowASlowRateIsNotRefusedForALateAnswer) {
    BudgetShelf shelf(Rates{}, true);
    for (Timestamp at = start; at < start + 20s; at += 1s) {
        std::optional<LeaseAsk> asked;
        for (int i = 0; i < 4; ++i) {
            std::optional<LeaseAsk> ask;
            const auto spent = shelf.spend("peer:a", RateClass::sign_in, at, 1, ask);
            EXPECT_TRUE(spent.ok) << i;
            EXPECT_GT(spent.remaining, 0) << i;
            if (ask) asked = ask;
        }
        if (asked) shelf.granted(*asked, {.tokens = asked->tokens, .left = 10}, at + 300ms);
    }
}

TEST_F(BudgetShelfTest, WhoIsNotAnsweredHoldsTheRateAlone) {
    BudgetShelf shelf(twenty, true);
    EXPECT_EQ(pass(shelf, 100, start), 10);
    shelf.failed(asks_[0], start);
    EXPECT_EQ(pass(shelf, 100, start), 40);
    EXPECT_EQ(pass(shelf, 100, start + 1s), 20);
    EXPECT_EQ(asks_.size(), 1U);
    EXPECT_EQ(pass(shelf, 1, start + limits::rate_lease_life), 1);
    EXPECT_EQ(asks_.size(), 2U);
}

TEST_F(BudgetShelfTest, ALateAnswerIsNotWaitedFor) {
    BudgetShelf shelf(twenty, true);
    EXPECT_EQ(pass(shelf, 100, start), 10);
    EXPECT_EQ(pass(shelf, 100, start + limits::rate_lease_overdue - 1us), 0);
    EXPECT_EQ(pass(shelf, 100, start + limits::rate_lease_overdue), 40);
    EXPECT_EQ(pass(shelf, 100, start + 30s), 40);
    EXPECT_EQ(asks_.size(), 1U);  // it is still on its way
    shelf.granted(asks_[0], {.tokens = 16, .left = 20}, start + 30s);
    EXPECT_EQ(pass(shelf, 1, start + 30s), 1);
    EXPECT_EQ(last_.remaining, 25);
}

TEST_F(BudgetShelfTest, MoreThanItsRoomIsForgottenOnlyWhenFull) {
    BudgetShelf shelf(twenty, false, 32);
    int passed = 0;
    for (int n = 0; n < 1'000; ++n)
        passed += pass(shelf, 1, start, "peer:" + std::to_string(n));
    EXPECT_LE(shelf.size(), 32U);
    EXPECT_EQ(passed, 32);
    EXPECT_EQ(last_.retry_after, limits::rate_lease_life);
    const Timestamp later = start + 1s;
    for (int n = 1'000; n < 1'010; ++n)
        EXPECT_EQ(pass(shelf, 1, later, "peer:" + std::to_string(n)), 1) << n;
    EXPECT_EQ(shelf.size(), 32U);
}

TEST_F(BudgetShelfTest, WhoIsInDebtIsNotForgotten) {
    BudgetShelf shelf(twenty, false, 16);  // one a shard
    EXPECT_EQ(pass(shelf, 100, start, "peer:0"), 40);
    for (int n = 1; n < 200; ++n)
        pass(shelf, 1, start + 1s, "peer:" + std::to_string(n));
    EXPECT_EQ(pass(shelf, 100, start + 1s, "peer:0"), 20);
}

TEST_F(BudgetShelfTest, ManyThreadsShareABudget) {
    BudgetShelf shelf(twenty, false);
    std::atomic<int> passed = 0;
    std::vector<std::jthread> threads;
    for (int n = 0; n < 4; ++n) {
        threads.emplace_back([&] {
            std::optional<LeaseAsk> ask;
            for (int i = 0; i < 1'000; ++i)
                if (shelf.spend("user:a", RateClass::write, start, 1, ask).ok) ++passed;
        });
    }
    threads.clear();
    EXPECT_EQ(passed, 40);
}

}  // namespace
}  // namespace itn::gateway
