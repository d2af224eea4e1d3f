#include "common/base/backoff.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace itn {
namespace {

TEST(Backoff, doubles_its_ceiling_up_to_the_limit_and_stays_below_it) {
    Backoff backoff;
    std::chrono::milliseconds ceiling = limits::reconnect_first;
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(backoff.ceiling(), ceiling);
        const auto wait = backoff.next();
        EXPECT_GE(wait.count(), 1);
        EXPECT_LE(wait, ceiling);
        ceiling = std::min<std::chrono::milliseconds>(2 * ceiling, limits::reconnect_most);
    }
    EXPECT_EQ(backoff.ceiling(), limits::reconnect_most);
    backoff.reset();
    EXPECT_EQ(backoff.ceiling(), limits::reconnect_first);
}

}  // namespace
}  // namespace itn
