#include "common/domain/stock.h"

#include <gtest/gtest.h>

namespace itn::domain {
namespace {

TEST(stock, is_adjusted_for_reasons_of_people_only) {
    for (int i = 0; i <= static_cast<int>(StockReason::cargo_cancelled); ++i) {
        const auto reason = static_cast<StockReason>(i);
        const std::string_view text = name(reason);
        const bool is_ours = text.starts_with("trade_") || text.starts_with("cargo_");
        EXPECT_EQ(is_adjustment(reason), !is_ours) << text;
    }
}

TEST(stock, has_a_key_that_reads_back) {
    const StockKey key{StationId("ceres"), ProductId("ice")};
    EXPECT_EQ(text_of(key), "ceres/ice");
    EXPECT_EQ(stock_key_from("ceres/ice"), key);
    for (const char* text : {"", "/", "ceres", "ceres/", "/ice", "ceres/ice/7"}) {
        EXPECT_EQ(stock_key_from(text), std::nullopt) << text;
    }
}

TEST(stock, offers_what_is_not_reserved) {
    EXPECT_EQ((Stock{.on_hand = Quantity(5), .reserved = Quantity(2)}.available()), Quantity(3));
}

}  // namespace
}  // namespace itn::domain
