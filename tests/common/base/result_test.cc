#include "common/base/result.h"

#include <gtest/gtest.h>

#include "common/base/id.h"

namespace itn {
namespace {

TEST(Result, IsAValueOrAProblem) {
    const Result<int> value = 7;
    ASSERT_TRUE(value.ok());
    EXPECT_EQ(*value, 7);
    const Result<int> problem = Problem{.slug = "malformed_json", .detail = "at byte 3"};
    ASSERT_FALSE(problem);
    EXPECT_EQ(problem.problem().slug, "malformed_json");
}

TEST(Result, GivesItsValueAway) {
    Result<std::string> result = std::string("cargo");
    const std::string taken = std::move(result).value();
    EXPECT_EQ(taken, "cargo");
}

TEST(ResultDeathTest, TheOtherSideIsABrokenInvariant) {
    const Result<int> problem = Problem{};
    EXPECT_DEATH((void)problem.value(), "ok\\(\\)");
    const Result<int> value = 1;
    EXPECT_DEATH((void)value.problem(), "!ok\\(\\)");
}

TEST(Id, SameTextIsSameId) {
    EXPECT_EQ(StationId("ceres"), StationId("ceres"));
    EXPECT_NE(StationId("ceres"), StationId("vesta"));
    EXPECT_EQ(std::hash<StationId>{}(StationId("ceres")), std::hash<std::string>{}("ceres"));
    EXPECT_TRUE(StationId().empty());
}

}  // namespace
}  // namespace itn
