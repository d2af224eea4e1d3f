#include "workers/notifier/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Lane lane_a{.family = Family::trade, .shard = 0};
constexpr Lane lane_b{.family = Family::cargo, .shard = 3};
constexpr Order::Time start{std::chrono::hours(1)};

Event event(Lane lane, std::int64_t seq, std::string_view epoch = "e") {
    return {.lane = lane, .seq = seq, .epoch = epoch};
}

struct Fixture {
    Order order;
    std::vector<Event> ready;
    Order::Time now = start;

    explicit Fixture(std::map<Lane, std::int64_t> seqs = {}) {
        order.begin({.epoch = "e", .seqs = std::move(seqs)});
    }
    void offer(Lane lane, std::int64_t seq) { order.offer(event(lane, seq), now, ready); }
    bool compare(std::map<Lane, std::int64_t> seqs, const std::string& epoch = "e") {
        return order.compare({.epoch = epoch, .seqs = std::move(seqs)}, order.position(), now, now);
    }
    std::vector<std::int64_t> seqs(Lane lane = lane_a) const {
        std::vector<std::int64_t> all;
        for (const Event& one : ready)
            if (one.lane == lane) all.push_back(one.seq);
        return all;
    }
};

TEST(Order, BeforeItBeginsEverythingIsDropped) {
    Order order;
    std::vector<Event> ready;
    order.offer(event(lane_a, 1), start, ready);
    EXPECT_THAT(ready, IsEmpty());
    EXPECT_FALSE(order.has_begun());
}

TEST(Order, GoesOnAfterThePositionAndDropsRepeats) {
    Fixture f({{lane_a, 10}});
    for (const std::int64_t seq : {9, 10, 11, 11, 12, 10})
        f.offer(lane_a, seq);
    f.offer(lane_b, 1);
    EXPECT_THAT(f.seqs(), ElementsAre(11, 12));
    EXPECT_THAT(f.seqs(lane_b), ElementsAre(1));
    EXPECT_EQ(f.order.emitted(lane_a), 12);
    EXPECT_EQ(f.order.lag(), 0);
}

TEST(Order, HoldsWhatComesEarlyAndAsksOnlyWhenPatienceIsOver) {
    Fixture f({{lane_a, 10}});
    f.offer(lane_a, 13);
    f.offer(lane_a, 12);
    EXPECT_THAT(f.ready, IsEmpty());
    EXPECT_EQ(f.order.lag(), 3);
    f.now += limits::feed_patience / 2;
    EXPECT_THAT(f.order.due(f.now, false), IsEmpty());
    f.now += limits::feed_patience / 2;
    EXPECT_THAT(f.order.due(f.now, false), ElementsAre(Gap{.lane = lane_a, .after = 10}));
    EXPECT_THAT(f.order.due(f.now, false), IsEmpty()) << "one reading at a time";
    f.order.fill(lane_a, {event(lane_a, 11)}, f.now, f.ready);
    EXPECT_THAT(f.seqs(), ElementsAre(11, 12, 13));
    EXPECT_EQ(f.order.held(), 0u);
    EXPECT_EQ(f.order.lag(), 0);
}

TEST(Order, AGapThatTheMessagesCloseIsNotRead) {
    Fixture f({{lane_a, 10}});
    f.offer(lane_a, 12);
    f.offer(lane_a, 11);
    f.now += limits::feed_patience * 2;
    EXPECT_THAT(f.order.due(f.now, true), IsEmpty());
    EXPECT_THAT(f.seqs(), ElementsAre(11, 12));
}

TEST(Order, TheCounterTellsOfAMissingTail) {
    Fixture f({{lane_a, 10}});
    EXPECT_TRUE(f.compare({{lane_a, 12}, {lane_b, 1}}));
    EXPECT_THAT(f.order.due(f.now, false), IsEmpty());
    EXPECT_THAT(f.order.due(f.now, true),
                ElementsAre(Gap{.lane = lane_a, .after = 10}, Gap{.lane = lane_b, .after = 0}));
    f.order.give_up(lane_a, f.now);
    EXPECT_THAT(f.order.due(f.now, false), IsEmpty());
    f.now += limits::feed_patience;
    EXPECT_THAT(f.order.due(f.now, false), ElementsAre(Gap{.lane = lane_a, .after = 10}));
}

TEST(Order, ALongGapIsReadPageAfterPageAtOnce) {
    Fixture f({{lane_a, 0}});
    f.compare({{lane_a, 3}});
    f.now += limits::feed_patience;
    ASSERT_EQ(f.order.due(f.now, false).size(), 1u);
    f.order.fill(lane_a, {event(lane_a, 1)}, f.now, f.ready);
    EXPECT_THAT(f.order.due(f.now, false), ElementsAre(Gap{.lane = lane_a, .after = 1}));
}

TEST(Order, AnotherEpochOrAJournalThatWentBackIsNotContinued) {
    Fixture f({{lane_a, 10}});
    f.order.offer(event(lane_a, 11, "other"), f.now, f.ready);
    EXPECT_THAT(f.ready, IsEmpty());
    EXPECT_FALSE(f.compare({{lane_a, 10}}, "other"));
    EXPECT_FALSE(f.compare({{lane_a, 9}}));
    EXPECT_FALSE(f.compare({}));
    EXPECT_TRUE(f.compare({{lane_a, 10}}));
}

TEST(Order, CountersThatWereReadBeforeTheLastEventsAreNoStepBack) {
    Fixture f({{lane_a, 10}});
    const wire::Position then = f.order.position();
    f.offer(lane_a, 11);
    EXPECT_TRUE(f.order.compare({.epoch = "e", .seqs = {{lane_a, 10}}}, then, f.now, f.now));
    EXPECT_EQ(f.order.emitted(lane_a), 11);
    EXPECT_EQ(f.order.lag(), 0);
}

TEST(Order, WhatTheCountersNeverSawIsForgotten) {
    Fixture f({{lane_a, 10}});
    f.offer(lane_a, 1'000'000);
    f.offer(lane_b, 5);
    f.now += std::chrono::milliseconds(1);
    EXPECT_TRUE(f.compare({{lane_a, 10}}));
    EXPECT_EQ(f.order.held(), 0u);
    EXPECT_EQ(f.order.lag(), 0);
    EXPECT_THAT(f.order.due(f.now, true), IsEmpty());
}

TEST(Order, TooMuchHeldIsReadAtOnce) {
    Fixture f({{lane_a, 0}});
    for (std::size_t i = 0; i <= limits::max_feed_held; ++i)
        f.offer(lane_a, static_cast<std::int64_t>(i) + 2);
    EXPECT_EQ(f.order.held(), 0u);
    EXPECT_THAT(f.order.due(f.now, false), ElementsAre(Gap{.lane = lane_a, .after = 0}));
}

/// Messages in any order, some lost, some twice; readings of any size that sometimes fail.
RC_GTEST_PROP(OrderLaw, EveryLaneComesOutContiguous, ()) {
    const auto last = *rc::gen::inRange<std::int64_t>(1, 60);
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    std::vector<Event> messages;
    for (const Lane lane : {lane_a, lane_b})
        for (std::int64_t seq = 1; seq <= last; ++seq)
            for (auto copies = random() % 3; copies > 0; --copies)
                messages.push_back(event(lane, seq));
    std::ranges::shuffle(messages, random);

    Fixture f({{lane_a, 0}});
    const auto read = [&] {
        for (const Gap& gap : f.order.due(f.now, random() % 2 == 0)) {
            if (random() % 4 == 0) {
                f.order.give_up(gap.lane, f.now);
                continue;
            }
            std::vector<Event> entries;
            const auto end =
                std::min<std::int64_t>(last, gap.after + 1 + std::int64_t(random() % 5));
            for (std::int64_t seq = gap.after + 1; seq <= end; ++seq)
                entries.push_back(event(gap.lane, seq));
            f.order.fill(gap.lane, std::move(entries), f.now, f.ready);
        }
    };
    for (const Event& message : messages) {
        f.order.offer(message, f.now, f.ready);
        f.now += std::chrono::milliseconds(random() % 30);
        if (random() % 3 == 0) read();
    }
    for (int turn = 0; turn < 1'000 && f.order.position().seqs.size() + f.ready.size() <
                                           2 + 2 * static_cast<std::size_t>(last);
         ++turn) {
        f.now += std::chrono::milliseconds(60);
        RC_ASSERT(f.compare({{lane_a, last}, {lane_b, last}}));
        read();
    }
    std::vector<std::int64_t> expected(static_cast<std::size_t>(last));
    std::iota(expected.begin(), expected.end(), 1);
    RC_ASSERT(f.seqs(lane_a) == expected);
    RC_ASSERT(f.seqs(lane_b) == expected);
    RC_ASSERT(f.order.held() == 0u);
    RC_ASSERT(f.order.lag() == 0);
}

}  // namespace
}  // namespace itn::workers::notifier
