#include "common/base/amount.h"

#include <gtest/gtest.h>

#include <limits>

namespace itn {
namespace {

constexpr auto most = std::numeric_limits<std::int64_t>::max();

TEST(Amount, AddsAndOrders) {
    EXPECT_EQ(Quantity(2) + Quantity(3), Quantity(5));
    EXPECT_EQ(Quantity(2) - Quantity(3), Quantity(-1));
    EXPECT_EQ(-Quantity(2), Quantity(-2));
    EXPECT_LT(Quantity(2), Quantity(3));
    Quantity sum(1);
    sum += Quantity(4);
    sum -= Quantity(2);
    EXPECT_EQ(sum.value(), 3);
}

TEST(Amount, CheckedSumStopsAtTheEdge) {
    EXPECT_EQ(Credits::checked_sum(Credits(most - 1), Credits(1)), Credits(most));
    EXPECT_EQ(Credits::checked_sum(Credits(most), Credits(1)), std::nullopt);
    EXPECT_EQ(Credits::checked_sum(Credits(-most), Credits(-2)), std::nullopt);
}

TEST(Amount, CheckedProductStopsAtTheEdge) {
    EXPECT_EQ(Credits::checked_product(Credits(most / 2), 2), Credits(most - 1));
    EXPECT_EQ(Credits::checked_product(Credits(most / 2 + 1), 2), std::nullopt);
    EXPECT_EQ(Credits::checked_product(Credits(0), most), Credits(0));
}

}  // namespace
}  // namespace itn
