#include "common/messaging/ack_window.h"

#include <gtest/gtest.h>

namespace itn::messaging {
namespace {

using Acks = std::vector<Ack>;

AckWindow with(std::uint64_t count) {
    AckWindow window;
    for (std::uint64_t tag = 1; tag <= count; ++tag)
        window.delivered(tag);
    return window;
}

TEST(AckWindow, merges_what_is_contiguous_from_the_first) {
    auto window = with(5);
    for (const auto tag : {3U, 1U, 2U})
        EXPECT_TRUE(window.acked(tag));
    EXPECT_EQ(window.take(), (Acks{{.tag = 3, .multiple = true}}));
    EXPECT_EQ(window.take(), Acks{});
    EXPECT_EQ(window.waiting(), 2U);
}

TEST(AckWindow, sends_singles_beyond_a_gap_and_never_names_an_old_tag) {
    auto window = with(6);
    window.acked(1);
    window.acked(3);
    window.acked(5);
    EXPECT_EQ(window.take(), (Acks{{1, false}, {3, false}, {5, false}}));
    window.acked(2);
    EXPECT_EQ(window.take(), (Acks{{2, false}}));
    window.acked(4);
    window.acked(6);
    EXPECT_EQ(window.take(), (Acks{{6, true}}));
    EXPECT_EQ(window.waiting(), 0U);
}

TEST(AckWindow, ignores_what_it_does_not_know) {
    auto window = with(2);
    EXPECT_FALSE(window.acked(0));
    EXPECT_FALSE(window.acked(3));
    EXPECT_TRUE(window.acked(1));
    EXPECT_FALSE(window.acked(1));
    EXPECT_EQ(window.take(), (Acks{{1, false}}));
    EXPECT_FALSE(window.acked(1));
    EXPECT_EQ(window.take(), Acks{});
}

TEST(AckWindow, refuses_tags_out_of_order) {
    auto window = with(2);
    EXPECT_THROW(window.delivered(4), std::runtime_error);
    EXPECT_THROW(window.delivered(2), std::runtime_error);
}

}  // namespace
}  // namespace itn::messaging
