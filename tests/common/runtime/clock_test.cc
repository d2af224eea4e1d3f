#include "common/runtime/clock.h"

#include <gtest/gtest.h>

namespace itn::runtime {
namespace {

using namespace std::chrono_literals;

TEST(ManualClock, MovesOnlyWhenMoved) {
    const Timestamp start{1000s};
    ManualClock clock(start);
    const auto steady = clock.steady();
    EXPECT_EQ(clock.now(), start);
    clock.advance(5ms);
    EXPECT_EQ(clock.now(), start + 5ms);
    EXPECT_EQ(clock.steady(), steady + 5ms);
}

TEST(ManualClock, WallClockJumpsAlone) {
    ManualClock clock(Timestamp{1000s});
    const auto steady = clock.steady();
    clock.set(Timestamp{10s});
    EXPECT_EQ(clock.now(), Timestamp{10s});
    EXPECT_EQ(clock.steady(), steady);
}

TEST(SystemClock, AgreesWithTheMachine) {
    const SystemClock clock;
    const auto before = std::chrono::system_clock::now();
    const auto now = clock.now();
    EXPECT_LE(before - 1us, now);
    EXPECT_LE(now, std::chrono::system_clock::now());
    const auto first = clock.steady();
    EXPECT_LE(first, clock.steady());
}

}  // namespace
}  // namespace itn::runtime
