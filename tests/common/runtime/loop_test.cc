#include "common/runtime/loop.h"

#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <thread>

namespace itn::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Loop, RunsPostedTasksInOrderOnItsThread) {
    Loop loop;
    std::vector<int> ran;
    std::jthread poster([&] {
        for (int i = 0; i < 100; ++i)
            loop.post([&ran, i] { ran.push_back(i); });
        loop.post([&loop] { loop.stop(); });
    });
    loop.run();
    ASSERT_EQ(ran.size(), 100U);
    EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST(Loop, StoppedBeforeItRunsItReturnsAtOnce) {
    Loop loop;
    loop.stop();
    loop.run();
    SUCCEED();
}

TEST(Timer, FiresOnceOrRepeats) {
    Loop loop;
    int once = 0;
    int often = 0;
    Timer single(loop, [&] { ++once; });
    Timer repeating(loop, [&] {
        if (++often == 3) loop.stop();
    });
    single.start(1ms);
    repeating.start(1ms, 1ms);
    EXPECT_TRUE(single.is_active());
    loop.run();
    EXPECT_EQ(once, 1);
    EXPECT_EQ(often, 3);
    EXPECT_FALSE(single.is_active());
}

TEST(Timer, StoppedItDoesNotFire) {
    Loop loop;
    bool fired = false;
    Timer timer(loop, [&] { fired = true; });
    Timer end(loop, [&] { loop.stop(); });
    timer.start(1ms);
    timer.stop();
    end.start(5ms);
    loop.run();
    EXPECT_FALSE(fired);
}

TEST(Timer, StartedAfterABusyTurnItDoesNotFireEarly) {
    using Clock = std::chrono::steady_clock;
    Loop loop;
    Clock::time_point started;
    Clock::duration waited{};
    Timer timer(loop, [&] {
        waited = Clock::now() - started;
        loop.stop();
    });
    loop.post([&] {
        const auto busy_until = Clock::now() + 60ms;
        while (Clock::now() < busy_until) {
        }
        started = Clock::now();
        timer.start(50ms);
    });
    loop.run();
    EXPECT_GE(waited, 48ms) << "but for the rounding of a clock in milliseconds";
}

TEST(Timer, MayDestroyItselfWhenItFires) {
    Loop loop;
    std::optional<Timer> timer;
    timer.emplace(loop, [&] {
        timer.reset();
        loop.stop();
    });
    timer->start(0ms, 1ms);
    loop.run();
    EXPECT_FALSE(timer.has_value());
}

TEST(Signals, ArriveOnTheLoop) {
    Loop loop;
    int seen = 0;
    const Signals signals(loop, [&](int number) {
        seen = number;
        loop.stop();
    });
    loop.post([] { std::raise(SIGTERM); });
    loop.run();
    EXPECT_EQ(seen, SIGTERM);
}

}  // namespace
}  // namespace itn::runtime
