#include "common/gateway/brake.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "tests/common/gateway/door.h"

namespace itn::gateway {
namespace {

using std::chrono::steady_clock;

/// A door on a lane whose queue is long, since no worker is there.
class BrakeTest : public testing::Test, protected Door {
protected:
    void SetUp() override {
        ASSERT_TRUE(open());
        messaging::Delivery waiting;
        waiting.body = "[]";
        for (std::uint64_t i = 0; i <= limits::brake_depth; ++i)
            server->put(queue, waiting);
        ASSERT_TRUE(submit("first"));
        ASSERT_TRUE(desk.until([&] { return dispatch->braked_lanes() == 1; }));
        ASSERT_TRUE(until_answered(1));
    }
    void TearDown() override { EXPECT_EQ(answered_twice, 0); }

    void work() {
        broker->subscribe(
            queue, 10, [this](const messaging::Delivery& delivery) { broker->ack(delivery.tag); });
    }
    /// One message each, one after the other; how long they took.
    steady_clock::duration send_singly(int count, Lane lane) {
        const auto began = steady_clock::now();
        for (int i = 0; i < count; ++i) {
            EXPECT_TRUE(submit(lane.text() + std::to_string(i), lane));
            EXPECT_TRUE(desk.until([&] { return dispatch->waiting() == 0; }));
        }
        return steady_clock::now() - began;
    }
    /// What was sent to the long queue behind what was there.
    std::vector<std::string> sent() const {
        std::vector<std::string> ids;
        for (const auto& message : messages())
            ids.insert(ids.end(), message.begin(), message.end());
        return ids;
    }

    const std::string queue = messaging::queue_name(lane_zero);
};

TEST_F(BrakeTest, MessagesToALongQueueLeaveWithPausesBetween) {
    EXPECT_GE(send_singly(10, lane_zero), 9 * limits::brake_pause);
    EXPECT_EQ(dispatch->braked_lanes(), 1U);
}

TEST_F(BrakeTest, AShortQueueNeverWaits) {
    constexpr int count = 40;
    ASSERT_LT(count, limits::brake_depth);
    EXPECT_LT(send_singly(count, lane_one), count * limits::brake_pause);
    EXPECT_EQ(dispatch->braked_lanes(), 1U) << "the other lane's queue is still long";
}

TEST_F(BrakeTest, IsReleasedOnceTheQueueIsShort) {
    work();
    ASSERT_TRUE(desk.until([&] { return dispatch->braked_lanes() == 0; }));
    constexpr int count = 100;
    EXPECT_LT(send_singly(count, lane_zero), count * limits::brake_pause);
}

TEST_F(BrakeTest, NothingIsRefusedOrOvertakesWhileNoWorkerIsThere) {
    std::vector<std::string> expected = {"first"};
    const auto messages_before = dispatch->messages();
    const auto began = steady_clock::now();
    for (int i = 0; i < 1'000; ++i) {
        expected.push_back("n" + std::to_string(i));
        ASSERT_TRUE(submit(expected.back()));
        desk.loop.run_once();
    }
    ASSERT_TRUE(until_answered(expected.size()));
    const auto pauses = (steady_clock::now() - began) / limits::brake_pause;
    const auto full = 1'000 / limits::max_commands_per_message;
    EXPECT_LE(dispatch->messages() - messages_before, std::uint64_t(pauses) + 1 + full);
    EXPECT_EQ(dispatch->answered(Dispatched::accepted), expected.size());
    EXPECT_EQ(dispatch->refused(), 0U);
    EXPECT_EQ(sent(), expected);
}

TEST_F(BrakeTest, AFullMessageDoesNotWait) {
    constexpr std::size_t full = 20;
    auto took = steady_clock::duration::max();
    // A machine that is busy otherwise may make a round slow; waiting would make every round slow.
    for (int round = 0; round < 5 && took >= (full - 1) * limits::brake_pause; ++round) {
        for (std::size_t i = 0; i < full * limits::max_commands_per_message; ++i)
            ASSERT_TRUE(dispatch->submit(command("k"), lane_zero, nullptr));
        const auto began = steady_clock::now();
        ASSERT_TRUE(desk.until([&] { return dispatch->waiting() == 0; }));
        took = steady_clock::now() - began;
    }
    EXPECT_LT(took, (full - 1) * limits::brake_pause);
    EXPECT_EQ(messages().back().size(), limits::max_commands_per_message);
}

TEST_F(BrakeTest, IsReleasedWhenTheDepthIsUnknown) {
    server->down();
    ASSERT_TRUE(desk.until([&] { return dispatch->braked_lanes() == 0; }));
    server->up();
    ASSERT_TRUE(open());
    ASSERT_TRUE(submit("again"));
    EXPECT_TRUE(until_answered(2));
    EXPECT_EQ(answers["again"], Dispatched::accepted);
}

class FullTest : public testing::Test, protected Door {
protected:
    void SetUp() override { ASSERT_TRUE(open()); }
};

TEST_F(FullTest, AQueueThatIsNearlyFullIsRefusedUntilItIsShorter) {
    const std::string queue = messaging::queue_name(lane_zero);
    Brake brake(
        desk.loop, *broker, [](Lane) {}, limits::brake_depth + 10);
    messaging::Delivery waiting;
    waiting.body = "[]";
    for (std::uint64_t i = 0; i < limits::brake_depth + 10; ++i)
        server->put(queue, waiting);
    EXPECT_FALSE(brake.is_full(lane_zero));
    brake.rest(lane_zero);
    ASSERT_TRUE(desk.until([&] { return brake.is_full(lane_zero); }));
    EXPECT_FALSE(brake.is_full(lane_one));
    broker->subscribe(queue, 100,
                      [this](const messaging::Delivery& delivery) { broker->ack(delivery.tag); });
    EXPECT_TRUE(desk.until([&] { return !brake.is_full(lane_zero); }));
}

}  // namespace
}  // namespace itn::gateway
