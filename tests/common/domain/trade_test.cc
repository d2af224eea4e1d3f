#include "common/domain/trade.h"

#include <gtest/gtest.h>

namespace itn::domain {
namespace {

TEST(trade, is_final_unless_confirmed_or_in_transit) {
    EXPECT_FALSE(is_final(TradeStatus::confirmed));
    EXPECT_FALSE(is_final(TradeStatus::in_transit));
    EXPECT_TRUE(is_final(TradeStatus::completed));
    EXPECT_TRUE(is_final(TradeStatus::cancelled));
    EXPECT_TRUE(is_final(TradeStatus::failed));
    EXPECT_TRUE(is_final(TradeStatus::rejected));
}

TEST(trade, takes_the_room_of_all_its_lines) {
    const Trade trade{.lines = {{.quantity = Quantity(3), .unit_volume = Volume(5)},
                                {.quantity = Quantity(2), .unit_volume = Volume(0)},
                                {.quantity = Quantity(4), .unit_volume = Volume(1)}}};
    EXPECT_EQ(volume_of(trade), Volume(19));
    EXPECT_EQ(volume_of(Trade{}), Volume(0));
}

}  // namespace
}  // namespace itn::domain
