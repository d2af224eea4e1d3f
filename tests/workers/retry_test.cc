#include "workers/retry.h"

#include <gtest/gtest.h>

#include <thread>

namespace itn::workers {
namespace {

using namespace std::chrono_literals;

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
