// Shared budgets: what Postgres grants is what an identity::Bucket would. And what is swept.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <vector>

#include "common/storage/accounts.h"
#include "tests/common/storage/postgres_backend.h"

namespace itn::storage {
namespace {

using namespace contract;
using namespace std::chrono_literals;

class AccountsRatesTest : public ::testing::Test {
protected:
    PostgresBackend backend_;
    Accounts accounts_{backend_.url(), "accounts-test"};
};

TEST_F(AccountsRatesTest, BudgetsAreBuckets) {
    std::minstd_rand random(7);
    const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(random()) % n; };
    const identity::Rate rates[] = {{.tokens = 3, .period = 700ms, .burst = 5},
                                    {.tokens = 1'000, .period = 1s, .burst = 2'000},
                                    {.tokens = 1'000'000, .period = 24h, .burst = 1'000'000},
                                    {.tokens = 1, .period = 24h, .burst = 1}};
    Timestamp now = at_second(1);
    std::vector<identity::Bucket> buckets;
    for (const auto& rate : rates)
        buckets.emplace_back(rate, now);
    for (int turn = 0; turn < 300; ++turn) {
        now += identity::microseconds(below(4) == 0 ? below(100'000'000) : below(300'000));
        std::vector<Accounts::Ask> asks;
        std::vector<identity::Grant> expected;
        for (std::size_t i = std::size(rates); i-- > 0;) {
            const std::int64_t tokens = 1 + below(rates[i].burst + 3);
            asks.push_back({"user:" + std::to_string(i), "write", rates[i], tokens});
            const std::int64_t taken = buckets[i].take_up_to(now, tokens);
            expected.push_back({.tokens = taken, .more_after = buckets[i].until(now, 1)});
        }
        const auto granted = accounts_.grant(asks, now);
        ASSERT_EQ(granted.size(), expected.size());
        for (std::size_t i = 0; i < granted.size(); ++i) {
            ASSERT_EQ(granted[i].tokens, expected[i].tokens) << turn << " " << i;
            ASSERT_EQ(granted[i].more_after, expected[i].more_after) << turn << " " << i;
        }
    }
}

TEST_F(AccountsRatesTest, AClockThatGoesBackAddsNothing) {
    const identity::Rate rate{.tokens = 10, .period = 1s, .burst = 10};
    const Accounts::Ask ask[] = {{"a", "read", rate, 20}};
    EXPECT_EQ(accounts_.grant(ask, at_second(10))[0].tokens, 10);
    EXPECT_EQ(accounts_.grant(ask, at_second(5))[0].tokens, 0);
    EXPECT_EQ(accounts_.grant(ask, at_second(10) + 300ms)[0].tokens, 3);
    const Accounts::Ask narrower[] = {{"a", "read", {.tokens = 4, .period = 2s, .burst = 4}, 20}};
    EXPECT_EQ(accounts_.grant(narrower, at_second(11) + 300ms)[0].tokens, 2);
    EXPECT_EQ(accounts_.grant(narrower, at_second(99))[0].tokens, 4);
}

TEST_F(AccountsRatesTest, WhatIsAskedTwiceIsGrantedOnce) {
    const identity::Rate rate{.tokens = 10, .period = 1s, .burst = 10};
    const Accounts::Ask asks[] = {
        {"a", "read", rate, 6}, {"b", "read", rate, 1}, {"a", "read", rate, 6}};
    const auto granted = accounts_.grant(asks, at_second(1));
    EXPECT_EQ(granted[0].tokens, 6);
    EXPECT_EQ(granted[1].tokens, 1);
    EXPECT_EQ(granted[2].tokens, 4);
    EXPECT_EQ(granted[2].more_after, 100ms);
    EXPECT_TRUE(accounts_.grant({}, at_second(1)).empty());
}

TEST_F(AccountsRatesTest, ManyProcessesGrantOneBudget) {
    const identity::Rate rate{.tokens = 1, .period = 24h, .burst = 100};
    std::atomic<std::int64_t> given = 0;
    race(8, [&](int n) {
        Accounts own(backend_.url(), "race");
        for (int turn = 0; turn < 20; ++turn) {
            std::vector<Accounts::Ask> asks;
            for (const char* who : {"a", "b", "c"})
                asks.push_back({who, "read", rate, 3});
            if (n % 2 == 0) std::ranges::reverse(asks);
            for (const auto& grant : own.grant(asks, at_second(1)))
                given += grant.tokens;
        }
    });
    EXPECT_EQ(given, 300);
}

TEST_F(AccountsRatesTest, WhatIsOverIsSwept) {
    const Principal admin("user:admin");
    accounts_.keep_ticket({1}, {.principal = admin}, at_second(1));
    accounts_.keep_ticket({2}, {.principal = admin}, at_second(100'000));
    accounts_.note_sign_in_failure("x", at_second(1));
    accounts_.begin_session({.id = "f", .principal = admin, .expires_at = at_second(1)});
    const identity::Rate rate{.tokens = 1, .period = 1s, .burst = 10};
    const Accounts::Ask asks[] = {{"a", "read", rate, 10}, {"b", "read", rate, 10}};
    accounts_.grant(std::span(asks, 1), at_second(1));
    accounts_.grant(std::span(asks + 1, 1), at_second(50'000));
    accounts_.create_key({.key = {.id = "k", .owner = admin, .expires_at = at_second(1'000)}});
    EXPECT_FALSE(accounts_.sweep(at_second(50'005))) << "nothing is left of it";
    EXPECT_EQ(accounts_.family("f"), std::nullopt);
    EXPECT_EQ(accounts_.sign_in_failures("x", at_second(0)), 0);
    EXPECT_EQ(backend_.execute("SELECT principal FROM budget")[0][0].as<std::string>(), "b");
    EXPECT_EQ(backend_.execute("SELECT FROM budget").size(), 1);
    EXPECT_EQ(backend_.execute("SELECT FROM ticket").size(), 1);
    EXPECT_TRUE(accounts_.key("k").has_value());
    accounts_.sweep(at_second(50'000) + limits::dead_api_key_life);
    EXPECT_FALSE(accounts_.key("k").has_value());
}

TEST_F(AccountsRatesTest, ASessionThatWasSignedOutOfIsToldWhileItsTokensMayLive) {
    const Timestamp end = at_second(1'000);
    accounts_.begin_session({.id = "f", .expires_at = end});
    accounts_.sign_out("f", end - 1s);
    const auto told_at = [&](Timestamp now) {
        accounts_.sweep(now);
        return accounts_.changes(now - limits::revocation_history).ended_sessions.size();
    };
    EXPECT_EQ(told_at(end + limits::max_token_life), 1U);
    EXPECT_EQ(told_at(end + limits::revocation_history + 1s), 0U);
    EXPECT_EQ(accounts_.family("f"), std::nullopt);
}

}  // namespace
}  // namespace itn::storage
