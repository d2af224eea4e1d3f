#include "workers/publication.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "common/messaging/broker_memory.h"

namespace itn::workers {
namespace {

using messaging::MemoryBroker;
using messaging::MemoryServer;

constexpr Lane lane_a{.family = Family::trade, .shard = 0};
constexpr Lane lane_b{.family = Family::trade, .shard = 1};

class PublicationTest : public testing::Test {
protected:
    PublicationTest() {
        server_->declare_exchange("events", "topic");
        server_->declare_queue("all", 0, false);
        server_->bind("events", "all", "#");
        broker_.start([](messaging::State) {});
        until([this] { return broker_.state() == messaging::State::open; });
        publication_.begin(lane_a, 0);
        publication_.begin(lane_b, 0);
    }

    template <class Condition>
    void until(Condition holds) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!holds() && std::chrono::steady_clock::now() < deadline)
            loop_.run_once();
        EXPECT_TRUE(holds());
    }
    static Outgoing entry(std::int64_t seq, const std::string& key) {
        return {.seq = seq, .parts = {{.key = key, .rendered = key + std::to_string(seq)}}};
    }
    std::vector<std::string> bodies() { return server_->waiting("all"); }
    std::string moves() const {
        std::string text;
        for (const auto& [lane, watermark] : watermarks_) {
            text += lane.text() + '=' + std::to_string(watermark) + ' ';
        }
        return text;
    }

    runtime::Loop loop_;
    std::shared_ptr<MemoryServer> server_ = std::make_shared<MemoryServer>();
    MemoryBroker broker_{loop_, server_};
    std::map<Lane, std::int64_t> watermarks_;
    Publication publication_{loop_,
                             broker_,
                             {.exchange = "events", .most_parts_per_message = 3, .most_volleys = 2},
                             [this](Lane lane, std::int64_t from, std::int64_t to) {
                                 EXPECT_EQ(watermarks_[lane], from);
                                 watermarks_[lane] = to;
                             }};
};

TEST_F(PublicationTest, groups_a_volley_by_key_and_moves_the_watermarks) {
    publication_.append(lane_a, entry(1, "x"));
    publication_.append(lane_a, entry(2, "y"));
    publication_.append(lane_b, entry(1, "x"));
    publication_.append(lane_a, {.seq = 3});  // nothing to send
    publication_.send();
    until([this] { return publication_.is_idle(); });
    EXPECT_EQ(bodies(), (std::vector<std::string>{"[x1,x1]", "[y2]"}));
    EXPECT_EQ(moves(), "trade.00=3 trade.01=1 ");
}

TEST_F(PublicationTest, keeps_messages_within_their_bounds) {
    for (int seq = 1; seq <= 7; ++seq)
        publication_.append(lane_a, entry(seq, "x"));
    publication_.send();
    until([this] { return publication_.is_idle(); });
    EXPECT_EQ(bodies(), (std::vector<std::string>{"[x1,x2,x3]", "[x4,x5,x6]", "[x7]"}));
}

TEST_F(PublicationTest, moves_the_watermark_over_entries_that_send_nothing) {
    publication_.append(lane_a, {.seq = 1});
    publication_.append(lane_a, {.seq = 2});
    publication_.send();
    EXPECT_TRUE(publication_.is_idle());
    EXPECT_EQ(moves(), "trade.00=2 ");
    EXPECT_TRUE(bodies().empty());
}

TEST_F(PublicationTest, refuses_a_gap_and_ignores_what_it_has) {
    EXPECT_TRUE(publication_.append(lane_a, entry(1, "x")));
    EXPECT_TRUE(publication_.append(lane_a, entry(1, "x")));
    EXPECT_FALSE(publication_.append(lane_a, entry(3, "x")));
    EXPECT_EQ(publication_.taken(lane_a), 1);
    publication_.send();
    until([this] { return publication_.is_idle(); });
    EXPECT_EQ(bodies(), (std::vector<std::string>{"[x1]"}));
}

TEST_F(PublicationTest, refuses_more_than_may_wait) {
    server_->block();
    until([this] { return broker_.state() == messaging::State::blocked; });
    const std::string large(limits::max_waiting_bytes / 4, 'x');
    for (std::int64_t seq = 1; seq <= 4; ++seq) {
        ASSERT_TRUE(publication_.append(lane_a, {.seq = seq, .parts = {{"x", large}}}));
    }
    EXPECT_FALSE(publication_.append(lane_b, entry(1, "x")));
    publication_.forget(lane_a);
    EXPECT_TRUE(publication_.append(lane_b, entry(1, "x")));
}

TEST_F(PublicationTest, sends_nothing_while_blocked_and_everything_after) {
    server_->block();
    until([this] { return broker_.state() == messaging::State::blocked; });
    publication_.append(lane_a, entry(1, "x"));
    publication_.send();
    EXPECT_TRUE(bodies().empty());
    server_->unblock();
    until([this] { return broker_.state() == messaging::State::open; });
    publication_.send();
    until([this] { return publication_.is_idle(); });
    EXPECT_EQ(moves(), "trade.00=1 ");
}

TEST_F(PublicationTest, keeps_the_watermark_behind_a_volley_that_is_not_confirmed) {
    server_->hold_confirms();
    publication_.append(lane_a, entry(1, "x"));
    publication_.send();
    publication_.append(lane_a, entry(2, "x"));
    publication_.send();
    publication_.append(lane_a, entry(3, "x"));
    publication_.send();  // beyond the window of two volleys
    until([this] { return bodies().size() == 2; });
    EXPECT_EQ(moves(), "");
    server_->release_confirms();
    until([this] { return publication_.is_idle(); });
    EXPECT_EQ(moves(), "trade.00=3 ");
    EXPECT_EQ(bodies().size(), 3u);
}

TEST_F(PublicationTest, sends_again_what_was_lost_with_the_connection) {
    server_->hold_confirms();
    publication_.append(lane_a, entry(1, "x"));
    publication_.append(lane_a, entry(2, "y"));
    publication_.send();
    until([this] { return bodies().size() == 2; });
    server_->down();
    until([this] { return broker_.state() != messaging::State::open; });
    server_->release_confirms();
    server_->up();
    until([this] { return publication_.is_idle(); });
    EXPECT_EQ(moves(), "trade.00=2 ");
    EXPECT_GE(bodies().size(), 4u);  // at least once each, the first ones twice
}

TEST_F(PublicationTest, forgets_what_was_under_way_for_a_lane_that_began_again) {
    server_->hold_confirms();
    publication_.append(lane_a, entry(1, "x"));
    publication_.send();
    until([this] { return bodies().size() == 1; });
    publication_.begin(lane_a, 5);
    watermarks_[lane_a] = 5;
    publication_.append(lane_a, entry(6, "x"));
    publication_.send();
    server_->release_confirms();
    until([this] { return publication_.is_idle() && watermarks_[lane_a] == 6; });
}

}  // namespace
}  // namespace itn::workers
