#include "workers/clerk.h"

#include <gtest/gtest.h>

#include <atomic>

#include "common/storage/store_memory.h"
#include "tests/workers/orders.h"

namespace itn::workers {
namespace {

using namespace std::chrono_literals;

class ClerkTest : public testing::Test {
protected:
    ClerkTest() {
        database_->add_station(StationId("ceres"));
        database_->add_product(ProductId("ice"));
        database_->set_rights(test::rights_of_dev());
    }

    /// Commits `count` events to one lane and says which.
    Lane commit(int count) {
        storage::MemoryStore store(database_);
        const runtime::SystemClock clock;
        const StopFlag stop;
        Committer committer(store, clock, stop, {});
        Lane lane;
        for (int i = 0; i < count; ++i) {
            const Item item = test::restock("k" + std::to_string(i), "ceres", 1);
            committer.process(std::vector{item});
            lane = item.lane;
        }
        return lane;
    }
    std::unique_ptr<Clerk> clerk() {
        return std::make_unique<Clerk>(
            std::make_unique<storage::MemoryStore>(database_),
            ClerkOptions{.family = Family::inventory, .instance = "i", .sweep_every = 10ms},
            ClerkReports{.learned = [this](Learned learned) { on_learned_(std::move(learned)); },
                         .moved = [this](Lane) { ++moved_; },
                         .stale = [this](Lane) { ++stale_; },
                         .trouble = [this](const std::string& why) { troubled_ = !why.empty(); }});
    }
    template <class Condition>
    static bool eventually(Condition holds) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!holds()) {
            if (std::chrono::steady_clock::now() >= deadline) return false;
            std::this_thread::sleep_for(1ms);
        }
        return true;
    }
    storage::LaneCounters counters(Lane lane) {
        for (const auto& one : storage::MemoryStore(database_).counters(lane.family)) {
            if (one.lane == lane) return one;
        }
        return {};
    }

    std::shared_ptr<storage::MemoryDatabase> database_ =
        std::make_shared<storage::MemoryDatabase>(test::shards);
    std::function<void(Learned)> on_learned_ = [](Learned) {};
    std::atomic<int> moved_ = 0, stale_ = 0;
    std::atomic<bool> troubled_ = false;
};

TEST_F(ClerkTest, reads_what_stands_above_the_watermark_or_above_a_seq) {
    const Lane lane = commit(5);
    storage::MemoryStore(database_).advance(lane, storage::Watermark::published, 0, 2);
    std::mutex mutex;
    std::vector<std::pair<std::size_t, bool>> seen;
    on_learned_ = [&](Learned learned) {
        const std::lock_guard lock(mutex);
        seen.emplace_back(learned.entries.size(), learned.is_from_watermarks);
    };
    const auto under_test = clerk();
    under_test->learn(lane, 3);
    ASSERT_TRUE(eventually([&] {
        const std::lock_guard lock(mutex);
        return seen.size() == 1;
    }));
    under_test->learn(lane, -1);
    ASSERT_TRUE(eventually([&] {
        const std::lock_guard lock(mutex);
        return seen.size() == 2;
    }));
    EXPECT_EQ(seen[0], (std::pair<std::size_t, bool>(2, false)));
    EXPECT_EQ(seen[1], (std::pair<std::size_t, bool>(5, true)));  // nothing was reacted to yet
}

TEST_F(ClerkTest, hears_a_request_that_comes_while_it_reports) {
    const Lane lane = commit(1);
    std::atomic<Clerk*> under_test = nullptr;
    std::atomic<int> reports = 0;
    on_learned_ = [&](Learned) {
        if (++reports == 1) under_test.load()->learn(lane, -1);
    };
    const auto owner = clerk();
    under_test = owner.get();
    owner->learn(lane, -1);
    EXPECT_TRUE(eventually([&] { return reports == 2; }));
}

TEST_F(ClerkTest, serves_a_request_that_the_database_refused_at_first) {
    const Lane lane = commit(1);
    std::atomic<int> reports = 0;
    on_learned_ = [&](Learned) { ++reports; };
    database_->fail_next_calls(3);
    const auto under_test = clerk();
    under_test->learn(lane, -1);
    EXPECT_TRUE(eventually([&] { return reports == 1 && !troubled_; }));
}

TEST_F(ClerkTest, moves_watermarks_and_tells_when_somebody_else_did) {
    const Lane lane = commit(4);
    const auto under_test = clerk();
    under_test->advance(lane, storage::Watermark::published, 0, 1);
    under_test->advance(lane, storage::Watermark::published, 1, 3);
    ASSERT_TRUE(eventually([&] { return counters(lane).published_seq == 3; }));
    EXPECT_EQ(moved_, 0);
    under_test->advance(lane, storage::Watermark::published, 1, 4);
    ASSERT_TRUE(eventually([&] { return moved_ == 1; }));
    EXPECT_EQ(counters(lane).published_seq, 3);
    EXPECT_TRUE(eventually([&] { return under_test->is_idle(); }));
}

TEST_F(ClerkTest, tells_of_a_lane_whose_watermark_stands_still) {
    commit(1);
    const auto began = std::chrono::steady_clock::now();
    const auto under_test = clerk();
    ASSERT_TRUE(eventually([&] { return stale_ > 0; }));
    EXPECT_GE(std::chrono::steady_clock::now() - began, limits::watermark_stale);
}

}  // namespace
}  // namespace itn::workers
