#include "common/domain/cargo.h"

#include <gtest/gtest.h>

namespace itn::domain {
namespace {

TEST(cargo, is_final_when_delivered_lost_or_cancelled) {
    EXPECT_FALSE(is_final(CargoStatus::pending));
    EXPECT_FALSE(is_final(CargoStatus::in_transit));
    EXPECT_FALSE(is_final(CargoStatus::delayed));
    EXPECT_TRUE(is_final(CargoStatus::delivered));
    EXPECT_TRUE(is_final(CargoStatus::lost));
    EXPECT_TRUE(is_final(CargoStatus::cancelled));
}

}  // namespace
}  // namespace itn::domain
