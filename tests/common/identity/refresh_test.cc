#include "common/identity/refresh.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <vector>

namespace itn::identity {
namespace {

using namespace std::chrono_literals;

const Timestamp start{1'900'000'000s};
const Principal nova{"user:nova"};

SecretText token_of(const IssuedRefresh& issued) {
    const auto token = parse_refresh_token(issued.token);
    EXPECT_TRUE(token) << issued.token;
    return token.value_or(SecretText{});
}

TEST(Refresh, TakesTheGoodTokenOnce) {
    const auto first = begin_family(nova, start);
    EXPECT_EQ(first.family.principal, nova);
    EXPECT_EQ(decide_refresh(first.family, token_of(first), start), RefreshVerdict::rotate);

    const auto second = rotate(first.family, start + 1h);
    EXPECT_EQ(second.family.id, first.family.id);
    EXPECT_EQ(decide_refresh(second.family, token_of(second), start + 1h), RefreshVerdict::rotate);
    EXPECT_EQ(decide_refresh(second.family, token_of(first), start + 1h), RefreshVerdict::reuse);
}

TEST(Refresh, ASessionsNameIsNothingToRefreshWith) {
    const auto issued = begin_family(nova, start);
    const auto session = session_of(issued.family.id);
    EXPECT_EQ(session, session_of(rotate(issued.family, start + 1h).family.id));
    EXPECT_NE(session, session_of(begin_family(nova, start).family.id));
    EXPECT_EQ(session.size(), 22U);
    EXPECT_EQ(session.find(issued.family.id), std::string::npos);
}

TEST(Refresh, ADeadFamilyStaysDead) {
    auto issued = begin_family(nova, start);
    issued.family.revoked = true;
    EXPECT_EQ(decide_refresh(issued.family, token_of(issued), start), RefreshVerdict::revoked);
    EXPECT_EQ(decide_refresh(issued.family, fresh_secret_for(issued.family.id), start),
              RefreshVerdict::revoked);
}

TEST(Refresh, KnowsOnlyItsOwnFamily) {
    const auto one = begin_family(nova, start);
    const auto other = begin_family(nova, start);
    EXPECT_EQ(decide_refresh(std::nullopt, token_of(one), start), RefreshVerdict::unknown);
    EXPECT_EQ(decide_refresh(other.family, token_of(one), start), RefreshVerdict::unknown);
}

TEST(Refresh, ExpiresWhenIdleAndInTheEnd) {
    auto issued = begin_family(nova, start);
    const auto idle = start + 24h * 7;
    EXPECT_EQ(issued.family.expires_at, idle);
    EXPECT_EQ(decide_refresh(issued.family, token_of(issued), idle - 1us), RefreshVerdict::rotate);
    EXPECT_EQ(decide_refresh(issued.family, token_of(issued), idle), RefreshVerdict::expired);

    for (auto now = start; now < start + 24h * 30; now += 24h * 6)
        issued = rotate(issued.family, now);
    EXPECT_EQ(issued.family.expires_at, start + 24h * 30);
}

TEST(Refresh, ReuseIsToldAlsoWhenItIsLate) {
    const auto first = begin_family(nova, start);
    const auto second = rotate(first.family, start);
    EXPECT_EQ(decide_refresh(second.family, token_of(first), start + 24h * 60),
              RefreshVerdict::reuse);
}

TEST(Refresh, IsNoApiKey) {
    const auto issued = begin_family(nova, start);
    EXPECT_TRUE(issued.token.starts_with("itnr_"));
    EXPECT_EQ(parse_secret(issued.token, "itn"), std::nullopt);
}

RC_GTEST_PROP(Refresh, OnlyTheNewestOfAFamilyIsGood, ()) {
    auto issued = begin_family(nova, start);
    std::vector<SecretText> spent;
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
        spent.push_back(token_of(issued));
        issued = rotate(issued.family, start);
    }
    for (const auto& token : spent)
        RC_ASSERT(decide_refresh(issued.family, token, start) == RefreshVerdict::reuse);
    RC_ASSERT(decide_refresh(issued.family, token_of(issued), start) == RefreshVerdict::rotate);
}

TEST(Refresh, VerdictsHaveNames) {
    EXPECT_EQ(name(RefreshVerdict::rotate), "rotate");
    EXPECT_EQ(name(RefreshVerdict::unknown), "unknown");
}

}  // namespace
}  // namespace itn::identity
