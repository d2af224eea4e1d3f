#include "common/wire/position.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "tests/common/wire/arbitrary.h"

namespace itn::wire {
namespace {

TEST(Positions, LookAsDocumented) {
    EXPECT_EQ(render(Position{.epoch = "e1", .seqs = {}}), "v1.e1.");
    const Position position{.epoch = "e1",
                            .seqs = {{Lane{Family::trade, 0}, 1},
                                     {Lane{Family::cargo, 1}, 300},
                                     {Lane{Family::inventory, 0}, 0}}};
    // pairs (0, 1) and (5, 300): 00 01 05 ac 02
    EXPECT_EQ(render(position), "v1.e1.AAEFrAI");
}

TEST(Positions, RefuseWhatTheyNeverMake) {
    for (const auto* text : {"", "v1", "v2.e1.", "v1..", "v1.e1", "v1.e 1.", "v1.e1.A", "v1.e1.AA",
                             "v1.e1.AAE=", "v1.e1.AAF", "v1.e1.AAA", "v1.e1.AAEAAQ", "v1.e1.BQEAAQ",
                             "v1.e1.gAAB", "v1.e1.kAMB", "v1.e1.AP___________wE", "v1.e1.-1"}) {
        const auto position = parse_position(text);
        ASSERT_FALSE(position.ok()) << text;
        EXPECT_EQ(position.problem().slug, "invalid_position");
    }
    EXPECT_FALSE(parse_position("v1.e1." + std::string(100'000, 'A')).ok());
}

RC_GTEST_PROP(PositionLaws, ParseTheirOwnText, ()) {
    const Position position = *arbitrary::position();
    const auto parsed = parse_position(render(position));
    RC_ASSERT(parsed.ok());
    RC_ASSERT(*parsed == position);
}

RC_GTEST_PROP(PositionLaws, HaveOneTextOnly, ()) {
    const std::string text = *arbitrary::mutated(render(*arbitrary::position()));
    const auto parsed = parse_position(text);
    if (parsed.ok()) RC_ASSERT(render(*parsed) == text);
}

}  // namespace
}  // namespace itn::wire
