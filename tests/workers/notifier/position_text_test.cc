#include "workers/notifier/position_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace itn::workers::notifier {
namespace {

Lane lane(unsigned family, unsigned shard) {
    return {.family = static_cast<Family>(family), .shard = static_cast<std::uint16_t>(shard)};
}

TEST(PositionText, OfNothingIsTheEpochAlone) {
    PositionText text;
    text.reset({.epoch = "e"});
    EXPECT_EQ(text.text(), "v1.e.");
    EXPECT_EQ(text.text(), wire::render(text.position()));
}

TEST(PositionText, FollowsASeqAcrossEveryLengthOfItsVarint) {
    PositionText text;
    text.reset({.epoch = "e", .seqs = {{lane(0, 0), 1}, {lane(1, 3), 5}, {lane(3, 0), 7}}});
    for (std::int64_t seq = 1; seq < 70'000; seq += seq < 300 ? 1 : 97) {
        text.set(lane(1, 3), seq);
        ASSERT_EQ(text.text(), wire::render(text.position())) << seq;
    }
}

RC_GTEST_PROP(PositionTextLaw, IsWhatTheWireRenders, ()) {
    PositionText text;
    wire::Position expected{.epoch = "epoch-1"};
    text.reset(expected);
    const auto moves = *rc::gen::inRange(1, 60);
    for (int i = 0; i < moves; ++i) {
        const Lane which = lane(*rc::gen::inRange(0u, 4u), *rc::gen::inRange(0u, 20u));
        const auto seq = *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, 300),
                                         rc::gen::inRange<std::int64_t>(1, INT64_MAX));
        text.set(which, seq);
        expected.seqs[which] = seq;
        RC_ASSERT(text.text() == wire::render(expected));
    }
    RC_ASSERT(wire::parse_position(text.text()).value() == expected);
}

}  // namespace
}  // namespace itn::workers::notifier
