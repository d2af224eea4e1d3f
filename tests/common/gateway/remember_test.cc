#include "common/gateway/remember.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace itn::gateway {
namespace {

const Principal one{"one"};
const Principal two{"two"};

TEST(RememberedKeysTest, TellTheSameWishFromAnother) {
    RememberedKeys keys;
    EXPECT_EQ(keys.see(one, "k", "hash-a"), Seen::fresh);
    EXPECT_EQ(keys.see(one, "k", "hash-a"), Seen::same);
    EXPECT_EQ(keys.see(one, "k", "hash-b"), Seen::other);
    EXPECT_EQ(keys.see(one, "k", "hash-a"), Seen::same);
    EXPECT_EQ(keys.see(two, "k", "hash-b"), Seen::fresh);
    EXPECT_EQ(keys.see(one, "l", "hash-b"), Seen::fresh);
    EXPECT_EQ(keys.size(), 3U);
}

TEST(RememberedKeysTest, ForgetWhatWasUsedLongestAgo) {
    RememberedKeys keys(160);
    EXPECT_EQ(keys.see(one, "kept", "h"), Seen::fresh);
    EXPECT_EQ(keys.see(one, "dropped", "h"), Seen::fresh);
    for (int i = 0; i < 1'000; ++i) {
        keys.see(one, std::to_string(i), "h");
        ASSERT_EQ(keys.see(one, "kept", "h"), Seen::same) << i;
    }
    EXPECT_LE(keys.size(), 160U);
    EXPECT_EQ(keys.see(one, "dropped", "h"), Seen::fresh);
}

TEST(RememberedKeysTest, GiveAKeyToOneOfManyThreads) {
    RememberedKeys keys;
    std::atomic<int> fresh{0};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&] {
                for (int i = 0; i < 1'000; ++i) {
                    if (keys.see(one, std::to_string(i), "h") == Seen::fresh) ++fresh;
                }
            });
        }
    }
    EXPECT_EQ(fresh, 1'000);
}

}  // namespace
}  // namespace itn::gateway
