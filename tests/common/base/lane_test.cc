#include "common/base/lane.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace itn {
namespace {

TEST(Lane, TextIsFamilyAndTwoDigits) {
    EXPECT_EQ((Lane{.family = Family::trade, .shard = 7}).text(), "trade.07");
    EXPECT_EQ((Lane{.family = Family::catalogue, .shard = 0}).text(), "catalogue.00");
    EXPECT_EQ((Lane{.family = Family::inventory, .shard = 99}).text(), "inventory.99");
}

TEST(Lane, EveryTextReadsBackAsTheSameLane) {
    for (const auto family : {Family::trade, Family::cargo, Family::inventory, Family::catalogue}) {
        for (std::uint16_t shard = 0; shard < limits::max_shards; ++shard) {
            const Lane lane{.family = family, .shard = shard};
            EXPECT_EQ(Lane::from(lane.text()), lane) << lane.text();
        }
    }
}

TEST(Lane, RefusesWhatItWouldNotWrite) {
    for (const auto* text : {"", "trade", "trade.", "trade.7", "trade.007", "trade.0x", "Trade.07",
                             "trade.-1", "trade.07 ", " trade.07", "other.07", ".07"})
        EXPECT_EQ(Lane::from(text), std::nullopt) << text;
}

}  // namespace
}  // namespace itn
