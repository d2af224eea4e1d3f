#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "common/identity/rate.h"

namespace itn::identity {
namespace {

using namespace std::chrono_literals;

const Timestamp start{1'900'000'000s};
constexpr Rate fifty{.tokens = 50, .period = 1s, .burst = 100};

/// What `take` answers when nothing is to be done.
constexpr LeaseTaken taken{.ok = true};
constexpr LeaseTaken taken_asking(std::int64_t tokens) {
    return {.ok = true, .ask = tokens};
}
constexpr LeaseTaken refused(microseconds after, std::int64_t ask = 0) {
    return {.ok = false, .ask = ask, .retry_after = after};
}

TEST(LeasedBucket, AsksOnceAndWorksOnCreditMeanwhile) {
    LeasedBucket bucket(fifty, 10, start);
    EXPECT_EQ(bucket.take(start), taken_asking(11));
    for (int i = 1; i < 10; ++i)
        EXPECT_EQ(bucket.take(start), taken) << i;
    EXPECT_EQ(bucket.take(start), refused(100ms));
    bucket.granted({.tokens = 11}, start);
    EXPECT_EQ(bucket.held(), 1);
}

TEST(LeasedBucket, AsksAgainBeforeTheLeaseIsUsedUp) {
    LeasedBucket bucket(fifty, 10, start);
    EXPECT_EQ(bucket.take(start), taken_asking(11));
    bucket.granted({.tokens = 11}, start);
    for (int held = 9; held >= 5; --held)
        EXPECT_EQ(bucket.take(start), taken) << held;
    EXPECT_EQ(bucket.take(start), taken_asking(6));
    EXPECT_EQ(bucket.take(start), taken);
}

TEST(LeasedBucket, RefusesWhenTheSharedBudgetIsEmpty) {
    LeasedBucket bucket(fifty, 10, start);
    EXPECT_EQ(bucket.take(start), taken_asking(11));
    bucket.granted({.tokens = 0, .more_after = 300ms}, start);
    EXPECT_EQ(bucket.take(start), refused(300ms));
    EXPECT_EQ(bucket.take(start + 299ms), refused(1ms));
    EXPECT_EQ(bucket.take(start + 300ms), taken_asking(12));
}

TEST(LeasedBucket, SpendsWhatItGotBeforeItRefuses) {
    LeasedBucket bucket(fifty, 10, start);
    EXPECT_EQ(bucket.take(start), taken_asking(11));
    bucket.granted({.tokens = 3, .more_after = 300ms}, start);
    EXPECT_EQ(bucket.take(start), taken_asking(9));
    EXPECT_EQ(bucket.take(start), taken);
    bucket.granted({.tokens = 0, .more_after = 280ms}, start + 20ms);
    EXPECT_EQ(bucket.take(start + 20ms), refused(280ms));
}

TEST(LeasedBucket, ForgetsAnOldLeaseAndNoDebt) {
    LeasedBucket bucket(fifty, 10, start);
    bucket.take(start);
    bucket.granted({.tokens = 11}, start);
    EXPECT_EQ(bucket.held(), 10);
    EXPECT_EQ(bucket.take(start + 5s), taken_asking(11));
    EXPECT_EQ(bucket.held(), -1);
    EXPECT_EQ(bucket.take(start + 50s), taken);
    EXPECT_EQ(bucket.held(), -2);
}

TEST(LeasedBucket, TakesABatchAndSettlesItLater) {
    LeasedBucket bucket(fifty, 10, start);
    EXPECT_EQ(bucket.take(start, 100), taken_asking(110));
    EXPECT_EQ(bucket.take(start), refused(100ms));
    bucket.granted({.tokens = 99, .more_after = 20ms}, start);
    EXPECT_EQ(bucket.held(), -1);
    EXPECT_EQ(bucket.take(start), refused(20ms));
}

TEST(LeasedBucket, HoldsTheRateAloneWhenNobodyAnswers) {
    LeasedBucket bucket(fifty, 10, start);
    EXPECT_EQ(bucket.take(start), taken_asking(11));
    bucket.failed(start);
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(bucket.take(start), taken) << i;
    EXPECT_EQ(bucket.take(start), refused(20ms));
    EXPECT_EQ(bucket.take(start + 20ms), taken);
    EXPECT_EQ(bucket.take(start + 5s), taken_asking(11));
    bucket.granted({.tokens = 11}, start + 5s);
    EXPECT_EQ(bucket.held(), 10);
    EXPECT_EQ(bucket.take(start + 5s), taken);
    EXPECT_EQ(bucket.held(), 9);
}

/// Processes that share one budget, whose answers come late.
class Fleet {
public:
    Fleet(const Rate& rate, std::int64_t lease, std::size_t processes) : shared_(rate, start) {
        for (std::size_t i = 0; i < processes; ++i)
            members_.push_back({.bucket = LeasedBucket(rate, lease, start)});
    }

    bool take(std::size_t process, Timestamp now) {
        auto& member = members_[process];
        const auto answer = member.bucket.take(now);
        if (answer.ask > 0) member.asked = answer.ask;
        return answer.ok;
    }
    void answer(std::size_t process, Timestamp now) {
        auto& [bucket, asked] = members_[process];
        if (!asked) return;
        const auto tokens = shared_.take_up_to(now, *asked);
        asked.reset();
        bucket.granted({.tokens = tokens, .more_after = shared_.until(now, 1)}, now);
    }

private:
    struct Member {
        LeasedBucket bucket;
        std::optional<std::int64_t> asked{};
    };
    Bucket shared_;
    std::vector<Member> members_;
};

RC_GTEST_PROP(LeasedBucketProperty, TogetherTheyKeepTheRate, ()) {
    const std::size_t processes = *rc::gen::inRange<std::size_t>(1, 5);
    const auto lease = *rc::gen::inRange<std::int64_t>(1, 20);
    Fleet fleet(fifty, lease, processes);
    Timestamp now = start;
    std::int64_t given = 0;
    for (int i = 0; i < 1'000; ++i) {
        now += microseconds(*rc::gen::inRange(0, 20'000));
        const auto process = *rc::gen::inRange<std::size_t>(0, processes);
        if (*rc::gen::inRange(0, 4) == 0) fleet.answer(process, now);
        if (fleet.take(process, now)) ++given;
        const auto earned = (now - start).count() * fifty.tokens / fifty.period.count();
        const auto credit = static_cast<std::int64_t>(processes) * lease;
        RC_ASSERT(given <= fifty.burst + earned + credit);
    }
}

TEST(LeasedBucket, OneBusyProcessGetsTheWholeRate) {
    Fleet fleet(fifty, 10, 2);
    std::int64_t given = 0;
    for (auto now = start; now < start + 20s; now += 5ms) {
        given += fleet.take(0, now) ? 1 : 0;
        fleet.answer(0, now + 2ms);
    }
    EXPECT_GE(given, 100 + 20 * 50 - 20);
    EXPECT_LE(given, 100 + 20 * 50 + 20);
}

}  // namespace
}  // namespace itn::identity
