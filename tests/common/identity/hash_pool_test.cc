#include "common/identity/hash_pool.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>

#include "common/base/limits.h"
#include "common/identity/password.h"

namespace itn::identity {
namespace {

using namespace std::chrono_literals;

constexpr auto deadline = 30s;

/// What a pool calls back with, to be waited for.
template <class T>
struct Answer {
    std::shared_ptr<std::promise<T>> promise = std::make_shared<std::promise<T>>();

    auto callback() const {
        return [promise = promise](T value) { promise->set_value(std::move(value)); };
    }
    T wait() const {
        auto future = promise->get_future();
        if (future.wait_for(deadline) != std::future_status::ready)
            throw std::runtime_error("no answer");
        return future.get();
    }
};

TEST(HashPool, HashesAndVerifies) {
    HashPool pool;
    const Answer<std::optional<std::string>> hashed;
    ASSERT_TRUE(pool.hash("correct horse", hashed.callback()));
    const auto phc = hashed.wait();
    ASSERT_TRUE(phc);
    const auto verify = [&](std::optional<std::string> stored, std::string password) {
        const Answer<std::optional<Verified>> checked;
        EXPECT_TRUE(pool.verify(std::move(stored), std::move(password), checked.callback()));
        return checked.wait();
    };
    EXPECT_EQ(verify(phc, "correct horse"), Verified{.matches = true});
    EXPECT_EQ(verify(phc, "wrong horse"), Verified{});
    EXPECT_EQ(verify(std::nullopt, "correct horse"), Verified{});
}

TEST(HashPool, KeepsNoMemoryOfWhatItHashed) {
    HashPool pool;
    for (int i = 0; i < 4; ++i) {
        const Answer<std::optional<std::string>> hashed;
        ASSERT_TRUE(pool.hash("correct horse", hashed.callback()));
        ASSERT_TRUE(hashed.wait());
    }
    EXPECT_LT(mallinfo2().fordblks, limits::argon2_memory_kib * 1024UL / 4);
}

TEST(HashPool, RefusesWhenAllPlacesAreTaken) {
    std::latch go(1);
    std::atomic<int> running = 0;
    std::atomic<int> most = 0;
    std::atomic<int> done = 0;
    {
        HashPool pool(2, 16);
        const auto job = [&] {
            const int now = ++running;
            for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
            }
            go.wait();
            --running;
            ++done;
        };
        for (int i = 0; i < 18; ++i)
            EXPECT_TRUE(pool.submit(job)) << i;
        EXPECT_FALSE(pool.submit(job));
        EXPECT_FALSE(pool.hash("password", [](auto) { FAIL() << "it was refused"; }));
        go.count_down();
    }
    EXPECT_EQ(done, 18);
    EXPECT_LE(most, 2);
    EXPECT_GE(most, 1);
}

TEST(HashPool, HasRoomAgainWhenAPlaceIsFree) {
    HashPool pool(1, 0);
    for (int i = 0; i < 100; ++i) {
        const auto ends = std::chrono::steady_clock::now() + deadline;
        const Answer<bool> done;
        // The place is free a moment after the job before it said that it was done.
        bool taken = false;
        while (!taken && std::chrono::steady_clock::now() < ends) {
            taken = pool.submit([tell = done.callback()] { tell(true); });
            if (!taken) std::this_thread::yield();
        }
        ASSERT_TRUE(taken) << i;
        EXPECT_TRUE(done.wait());
    }
}

TEST(HashPool, EndsWithNothingLeftUndone) {
    std::atomic<int> done = 0;
    {
        HashPool pool(2, 100);
        for (int i = 0; i < 100; ++i)
            ASSERT_TRUE(pool.submit([&] { ++done; }));
    }
    EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace itn::identity
