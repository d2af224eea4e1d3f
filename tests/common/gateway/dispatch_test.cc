#include "common/gateway/dispatch.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/base/limits.h"
#include "tests/common/gateway/door.h"

namespace itn::gateway {
namespace {

using Ids = std::vector<std::vector<std::string>>;

class DispatchTest : public testing::Test, protected Door {
protected:
    void SetUp() override { ASSERT_TRUE(open()); }
    void TearDown() override { EXPECT_EQ(answered_twice, 0); }
};

TEST_F(DispatchTest, ALonelyCommandLeavesAlone) {
    ASSERT_TRUE(submit("a"));
    EXPECT_EQ(dispatch->waiting(), 1U);
    ASSERT_TRUE(until_answered(1));
    EXPECT_EQ(answers["a"], Dispatched::accepted);
    EXPECT_EQ(messages(), (Ids{{"a"}}));
    EXPECT_EQ(dispatch->waiting(), 0U);
    EXPECT_EQ(dispatch->answered(Dispatched::accepted), 1U);
    EXPECT_EQ(dispatch->messages(), 1U);
}

TEST_F(DispatchTest, WhatArrivesMeanwhileLeavesTogetherAndInOrder) {
    server->hold_confirms();
    ASSERT_TRUE(submit("a"));
    ASSERT_TRUE(desk.until([&] { return dispatch->messages() == 1; }));
    for (const auto* id : {"b", "c", "d"})
        ASSERT_TRUE(submit(id));
    ASSERT_TRUE(submit("other", lane_one));
    ASSERT_TRUE(desk.until([&] { return dispatch->messages() == 2; }));
    EXPECT_EQ(messages(), (Ids{{"a"}}));
    EXPECT_EQ(messages(lane_one), (Ids{{"other"}}));
    EXPECT_TRUE(answers.empty());
    server->release_confirms();
    ASSERT_TRUE(until_answered(5));
    EXPECT_EQ(messages(), (Ids{{"a"}, {"b", "c", "d"}}));
    EXPECT_EQ(dispatch->answered(Dispatched::accepted), 5U);
}

TEST_F(DispatchTest, AMessageHoldsSoManyCommandsAndBytes) {
    const std::size_t most = limits::max_commands_per_message;
    for (std::size_t i = 0; i <= most; ++i)
        ASSERT_TRUE(submit("n" + std::to_string(i)));
    ASSERT_TRUE(until_answered(most + 1));
    ASSERT_EQ(messages().size(), 2U);
    EXPECT_EQ(messages()[0].size(), most);
    EXPECT_EQ(messages()[1].size(), 1U);
    for (std::size_t i = 0; i < most; ++i)
        ASSERT_TRUE(submit("bulk" + std::to_string(i), lane_one, limits::max_note));
    ASSERT_TRUE(until_answered(2 * most + 1));
    const auto bodies = server->waiting(messaging::queue_name(lane_one));
    ASSERT_EQ(bodies.size(), 2U);
    EXPECT_LE(bodies[0].size(), limits::max_message);
    EXPECT_GT(bodies[0].size(), limits::max_message - 2 * limits::max_note);
    EXPECT_EQ(messages(lane_one)[0].size() + messages(lane_one)[1].size(), most);
    EXPECT_EQ(messages(lane_one)[1].back(), "bulk" + std::to_string(most - 1));
}

TEST_F(DispatchTest, SaysThatAQueueIsFullOrMissing) {
    server->declare_queue(messaging::queue_name(lane_zero), 1);
    ASSERT_TRUE(submit("first"));
    ASSERT_TRUE(until_answered(1));
    ASSERT_TRUE(submit("second"));
    ASSERT_TRUE(until_answered(2));
    EXPECT_EQ(answers["second"], Dispatched::nacked);
    server->delete_queue(messaging::queue_name(lane_one));
    ASSERT_TRUE(submit("third", lane_one));
    ASSERT_TRUE(until_answered(3));
    EXPECT_EQ(answers["third"], Dispatched::returned);
    EXPECT_TRUE(dispatch->is_available());
}

TEST_F(DispatchTest, TellsUnknownFromNeverSentWhenTheConnectionGoes) {
    server->hold_confirms();
    ASSERT_TRUE(submit("sent"));
    ASSERT_TRUE(desk.until([&] { return dispatch->messages() == 1; }));
    ASSERT_TRUE(submit("waiting"));
    desk.loop.run_once();
    server->down();
    ASSERT_TRUE(until_answered(2));
    EXPECT_EQ(answers["sent"], Dispatched::lost);
    EXPECT_EQ(answers["waiting"], Dispatched::unavailable);
    EXPECT_FALSE(submit("refused"));
    EXPECT_EQ(dispatch->refused(), 1U);
    server->release_confirms();
    server->up();
    ASSERT_TRUE(open());
    ASSERT_TRUE(submit("again"));
    ASSERT_TRUE(until_answered(3));
    EXPECT_EQ(answers["again"], Dispatched::accepted);
    EXPECT_FALSE(answers.contains("refused"));
}

TEST_F(DispatchTest, RefusesAtOnceWhileTheBrokerIsBlocked) {
    server->block();
    ASSERT_TRUE(desk.until([&] { return !dispatch->is_available(); }));
    EXPECT_FALSE(submit("a"));
    server->unblock();
    ASSERT_TRUE(open());
    EXPECT_TRUE(submit("a"));
    EXPECT_TRUE(until_answered(1));
}

TEST_F(DispatchTest, GivesUpWhatIsNotAnsweredInTimeAndOvertakesNothing) {
    server->hold_confirms();
    ASSERT_TRUE(submit("slow"));
    ASSERT_TRUE(desk.until([&] { return dispatch->messages() == 1; }));
    ASSERT_TRUE(submit("behind"));
    ASSERT_TRUE(until_answered(2));
    EXPECT_EQ(answers["slow"], Dispatched::deadline);
    EXPECT_EQ(answers["behind"], Dispatched::unavailable);
    ASSERT_TRUE(submit("next"));
    desk.loop.run_once();
    EXPECT_EQ(dispatch->messages(), 1U);
    server->release_confirms();
    ASSERT_TRUE(until_answered(3));
    EXPECT_EQ(answers["next"], Dispatched::accepted);
    EXPECT_EQ(messages(), (Ids{{"slow"}, {"next"}}));
}

TEST_F(DispatchTest, StopsAskingABrokerThatDoesNotAnswer) {
    const Lane third{Family::inventory, 0};
    server->hold_confirms();
    ASSERT_TRUE(submit("a", lane_zero));
    ASSERT_TRUE(submit("b", lane_one));
    ASSERT_TRUE(submit("c", third));
    ASSERT_TRUE(until_answered(3));
    EXPECT_EQ(dispatch->answered(Dispatched::deadline), limits::breaker_deadlines);
    EXPECT_FALSE(dispatch->is_available());
    EXPECT_FALSE(submit("d"));
    server->release_confirms();
    ASSERT_TRUE(open());
    ASSERT_TRUE(submit("e"));
    ASSERT_TRUE(until_answered(4));
    EXPECT_EQ(answers["e"], Dispatched::accepted);
}

TEST_F(DispatchTest, TakesNoMoreThanItsQueueHolds) {
    for (std::size_t i = 0; i < limits::max_dispatch_queue; ++i)
        ASSERT_TRUE(dispatch->submit(command("k"), lane_zero, nullptr));
    EXPECT_FALSE(dispatch->submit(command("k"), lane_zero, nullptr));
    EXPECT_EQ(dispatch->waiting(), limits::max_dispatch_queue);
    ASSERT_TRUE(desk.until([&] { return dispatch->waiting() == 0; }));
    EXPECT_TRUE(dispatch->submit(command("k"), lane_zero, nullptr));
}

TEST_F(DispatchTest, AnswersEverybodyBeforeItIsDrained) {
    server->hold_confirms();
    ASSERT_TRUE(submit("a"));
    bool drained = false;
    dispatch->drain([&] { drained = true; });
    EXPECT_FALSE(submit("late"));
    desk.loop.run_once();
    EXPECT_FALSE(drained);
    server->release_confirms();
    ASSERT_TRUE(desk.until([&] { return drained; }));
    EXPECT_EQ(answers["a"], Dispatched::accepted);
}

TEST_F(DispatchTest, CallsNobodyOnceItIsGone) {
    server->hold_confirms();
    ASSERT_TRUE(submit("a"));
    ASSERT_TRUE(desk.until([&] { return dispatch->messages() == 1; }));
    ASSERT_TRUE(submit("b"));
    dispatch.reset();
    server->release_confirms();
    ASSERT_TRUE(desk.until([&] { return broker->in_flight() == 0; }));
    EXPECT_TRUE(answers.empty());
}

TEST_F(DispatchTest, KeepsTheOrderOfEachOfManyThreads) {
    constexpr int threads = 4;
    constexpr int each = 2'000;
    std::atomic<int> accepted{0};
    {
        std::vector<std::jthread> submitters;
        for (int thread = 0; thread < threads; ++thread) {
            submitters.emplace_back([&, thread] {
                for (int i = 0; i < each; ++i) {
                    const std::string id = std::to_string(thread) + "." + std::to_string(i);
                    const bool taken =
                        dispatch->submit(command(id), i % 2 == 0 ? lane_zero : lane_one,
                                         [&accepted](Dispatched what) {
                                             if (what == Dispatched::accepted) ++accepted;
                                         });
                    EXPECT_TRUE(taken);
                }
            });
        }
        ASSERT_TRUE(desk.until([&] { return accepted == threads * each; }));
    }
    for (const Lane lane : {lane_zero, lane_one}) {
        std::map<std::string, int> last;
        std::size_t seen = 0;
        for (const auto& message : messages(lane)) {
            for (const std::string& id : message) {
                const auto dot = id.find('.');
                const int number = std::stoi(id.substr(dot + 1));
                const auto [at, fresh] = last.emplace(id.substr(0, dot), number);
                if (!fresh) {
                    EXPECT_EQ(number, at->second + 2) << id;
                }
                at->second = number;
                ++seen;
            }
        }
        EXPECT_EQ(seen, std::size_t{threads} * each / 2);
    }
}

}  // namespace
}  // namespace itn::gateway
