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

/// Nobody can tell a thing that is kept from them from one that is not there.
TEST(turn_away, answers_like_decide_for_what_is_missing) {
    Galaxy galaxy;
    for (const Command& command :
         {cancel("t1"), collect("t1"), load("t1", "s1"), unload("t1", "s1"),
          move(CommandKind::cargo_depart, "s1"), move(CommandKind::cargo_cancel, "s1")}) {
        const Decision missing = galaxy.judge(command);
        ASSERT_TRUE(missing.rejection) << name(command.kind);
        EXPECT_EQ(turn_away(command, *missing.rejection, galaxy.context), missing)
            << name(command.kind);
    }
}

TEST(turn_away, leaves_no_facts_and_puts_expiry_first) {
    const Command command = create("t1", "ceres", "vesta", {{"ice", 1}});
    const Decision forbidden = turn_away(command, Rejection::forbidden, {.now = noon});
    EXPECT_EQ(forbidden.rejection, Rejection::forbidden);
    EXPECT_EQ(forbidden.subject, "t1");
    EXPECT_TRUE(forbidden.facts.empty());
    const Decision late =
        turn_away(command, Rejection::forbidden, {.now = noon + std::chrono::hours(24 * 30)});
    EXPECT_EQ(late.rejection, Rejection::expired);
    EXPECT_TRUE(late.facts.empty());
}

TEST(decide, names_accounts_by_what_they_are) {
    EXPECT_EQ(account_of(StationId("ceres")), "station:ceres");
    EXPECT_EQ(account_of(ShipmentId("s1")), "shipment:s1");
}

}  // namespace
}  // namespace itn::domain
