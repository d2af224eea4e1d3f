#include "workers/retry.h"

#include <gtest/gtest.h>

#include <thread>

namespace itn::workers {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, stays_below_a_bound_that_doubles_up_to_the_most) {
    Backoff backoff(10ms, 80ms);
    for (const auto bound : {10ms, 20ms, 40ms, 80ms, 80ms, 80ms}) {
        const auto delay = backoff.next();
        EXPECT_GE(delay, 1ms);
        EXPECT_LE(delay, bound);
    }
    backoff.reset();
    EXPECT_LE(backoff.next(), 10ms);
}

TEST(StopFlag, ends_a_wait_that_would_last_for_ever) {
    StopFlag flag;
    std::thread other([&] { flag.set(); });
    EXPECT_THROW(flag.wait_for(1h), Stopped);
    other.join();
    EXPECT_TRUE(flag.is_set());
    EXPECT_THROW(flag.wait_for(0ms), Stopped);
}

TEST(StopFlag, lets_a_wait_end_by_itself) {
    const StopFlag flag;
    EXPECT_NO_THROW(flag.wait_for(1ms));
}

}  // namespace
}  // namespace itn::workers
