#include "common/identity/rate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace itn::identity {
namespace {

using namespace std::chrono_literals;

const Timestamp start{1'900'000'000s};
constexpr Rate fifty{.tokens = 50, .period = 1s, .burst = 100};
constexpr Taken ok{.ok = true};
constexpr Taken refused(microseconds after) {
    return {.ok = false, .retry_after = after};
}

TEST(Bucket, GivesTheBurstAndThenTheRate) {
    Bucket bucket(fifty, start);
    for (int i = 0; i < 100; ++i)
        ASSERT_EQ(bucket.take(start), ok) << i;
    EXPECT_EQ(bucket.take(start), refused(20ms));
    EXPECT_EQ(bucket.take(start + 19'999us), refused(1us));
    EXPECT_EQ(bucket.take(start + 20ms), ok);
    EXPECT_EQ(bucket.take(start + 20ms), refused(20ms));
    EXPECT_EQ(bucket.until_full(start + 20ms), 2s);
    EXPECT_EQ(bucket.level(start + 1h), 100);
}

TEST(Bucket, CountsFailedSignInsByTheQuarterOfAnHour) {
    Bucket bucket({.tokens = 5, .period = 15min, .burst = 5}, start);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(bucket.take(start), ok);
    EXPECT_EQ(bucket.take(start), refused(3min));
    EXPECT_EQ(bucket.until(start, 1), 3min);
    EXPECT_EQ(bucket.take(start + 3min), ok);
}

TEST(Bucket, MayBeTakenIntoDebtWhenItIsFull) {
    Bucket bucket(fifty, start);
    EXPECT_EQ(bucket.take(start, 1'000), ok);
    EXPECT_EQ(bucket.level(start), -900);
    EXPECT_EQ(bucket.take(start, 1), refused(18'020ms));
    EXPECT_EQ(bucket.take(start + 18'020ms, 1), ok);
    EXPECT_EQ(bucket.take(start + 19s, 1'000), refused(1'020ms));
}

TEST(Bucket, AClockThatGoesBackAddsNothing) {
    Bucket bucket(fifty, start);
    EXPECT_EQ(bucket.take(start, 100), ok);
    EXPECT_EQ(bucket.take(start - 1h), refused(20ms));
    EXPECT_EQ(bucket.take(start), refused(20ms));
    EXPECT_EQ(bucket.take(start + 20ms), ok);
}

TEST(Bucket, GrantsWhatThereIs) {
    Bucket bucket(fifty, start);
    EXPECT_EQ(bucket.take_up_to(start, 70), 70);
    EXPECT_EQ(bucket.take_up_to(start, 70), 30);
    EXPECT_EQ(bucket.take_up_to(start, 70), 0);
    EXPECT_EQ(bucket.take_up_to(start + 59ms, 70), 2);
    bucket.take(start + 10s, 1'000);
    EXPECT_EQ(bucket.take_up_to(start + 10s, 70), 0);
}

TEST(Bucket, StaysInsideItsNumbersAtTheEnds) {
    const Rate largest{.tokens = 1'000'000, .period = 24h, .burst = 1'000'000};
    Bucket bucket(largest, start);
    EXPECT_EQ(bucket.take(start, 1'000'000), ok);
    EXPECT_EQ(bucket.take(start, 1'000'000), refused(24h));
    EXPECT_EQ(bucket.level(Timestamp::max()), 1'000'000);
    Bucket fastest({.tokens = 1'000'000, .period = 1us, .burst = 1}, start);
    EXPECT_EQ(fastest.take(start), ok);
    EXPECT_EQ(fastest.take(start), refused(1us));
}

Rate any_rate() {
    return {.tokens = *rc::gen::inRange<std::int64_t>(1, 100),
            .period = microseconds(*rc::gen::inRange<std::int64_t>(1, 3'000'000)),
            .burst = *rc::gen::inRange<std::int64_t>(1, 100)};
}

RC_GTEST_PROP(BucketProperty, NeverGivesMoreThanBurstAndRate, ()) {
    const auto rate = any_rate();
    Bucket bucket(rate, start);
    Timestamp now = start;
    std::int64_t given = 0;
    for (int i = 0; i < 200; ++i) {
        now += microseconds(*rc::gen::inRange(0, 100'000));
        const auto n = *rc::gen::inRange<std::int64_t>(1, 2 * rate.burst + 1);
        const auto debt = std::max<std::int64_t>(0, n - rate.burst);
        if (bucket.take(now, n).ok) {
            given += n;
            const auto earned = (now - start).count() * rate.tokens / rate.period.count();
            RC_ASSERT(given <= rate.burst + earned + debt);
        }
    }
}

RC_GTEST_PROP(BucketProperty, IsOpenExactlyWhenItSaidSo, ()) {
    const auto rate = any_rate();
    Bucket bucket(rate, start);
    bucket.take(start, *rc::gen::inRange<std::int64_t>(1, 2 * rate.burst + 1));
    const auto n = *rc::gen::inRange<std::int64_t>(1, rate.burst + 1);
    const auto wait = bucket.until(start, n);
    RC_PRE(wait > 0us);
    RC_ASSERT(bucket.take(start, n) == refused(wait));
    RC_ASSERT(!bucket.take(start + wait - 1us, n).ok);
    RC_ASSERT(bucket.take(start + wait, n).ok);
}

TEST(RateHeaders, SayWhatThePolicyIs) {
    const std::array<RatePolicy, 2> policies{
        RatePolicy{.name = "write", .rate = fifty},
        RatePolicy{.name = "login", .rate = {.tokens = 5, .period = 15min, .burst = 5}}};
    EXPECT_EQ(rate_limit_policy_header(policies), R"("write";q=100;w=2, "login";q=5;w=900)");
    EXPECT_EQ(rate_limit_policy_header({}), "");
    EXPECT_EQ(rate_limit_header("write", 37, 1'260ms), R"("write";r=37;t=2)");
    EXPECT_EQ(rate_limit_header("write", -900, 18'020ms), R"("write";r=0;t=19)");
    EXPECT_EQ(retry_after_header(18'020ms), "19");
    EXPECT_EQ(retry_after_header(1us), "1");
    EXPECT_EQ(retry_after_header(0us), "1");
}

}  // namespace
}  // namespace itn::identity
