#include <gtest/gtest.h>

#include "tests/common/domain/galaxy.h"

namespace itn::domain {
namespace {

using namespace test;

/// A command whose body is of another kind breaks a rule, or does nothing, but never the program.
TEST(decide, judges_every_kind_with_every_body) {
    const std::vector<CommandBody> bodies{CreateTrade{},    CancelTrade{}, CollectTrade{},
                                          FollowShipment{}, CreateCargo{}, LoadCargo{},
                                          UnloadCargo{},    MoveCargo{},   AdjustStock{}};
    Galaxy galaxy;
    for (int i = 0; i <= static_cast<int>(CommandKind::inventory_transfer); ++i) {
        for (const CommandBody& body : bodies) {
            Command command = move(static_cast<CommandKind>(i), "nothing");
            command.body = body;
            const Decision decision = galaxy.judge(command);
            EXPECT_TRUE(decision.rejection) << name(command.kind) << " " << body.index();
            EXPECT_EQ(decision.subject, "nothing");
        }
    }
}

TEST(decide, throws_for_a_row_that_was_never_loaded_and_only_for_that) {
    const World nothing;
    EXPECT_THROW(decide(nothing, cancel("t1"), {.now = noon}), NotGathered);
    EXPECT_THROW(decide(nothing, adjust("ceres", "ice", 1), {.now = noon}), NotGathered);
    EXPECT_EQ(decide(nothing, cancel("t1"), {.now = noon + std::chrono::hours(24 * 30)}).rejection,
              Rejection::expired);
}

TEST(decide, names_accounts_by_what_they_are) {
    EXPECT_EQ(account_of(StationId("ceres")), "station:ceres");
    EXPECT_EQ(account_of(ShipmentId("s1")), "shipment:s1");
}

}  // namespace
}  // namespace itn::domain
