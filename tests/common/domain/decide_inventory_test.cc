#include <gtest/gtest.h>

#include <limits>

#include "common/base/limits.h"
#include "tests/common/domain/walk.h"

namespace itn::domain {
namespace {

using namespace test;

TEST(adjust_stock, moves_goods_between_the_world_and_the_station) {
    Galaxy galaxy;
    EXPECT_EQ(text_of(galaxy.run(adjust("ceres", "ice", 5))),
              "inventory.changed ceres/ice 5/0 v1 (5/0) restock"
              " | world -> station:ceres ice*5\n");
    EXPECT_EQ(text_of(galaxy.run(adjust("ceres", "ice", -2, StockReason::damage))),
              "inventory.changed ceres/ice 3/0 v2 (-2/0) damage"
              " | station:ceres -> world ice*2\n");
}

TEST(adjust_stock, keeps_the_note) {
    Galaxy galaxy;
    Command command = adjust("ceres", "ice", 5);
    std::get<AdjustStock>(command.body).note = "found in hold 3";
    const Decision decision = galaxy.run(command);
    EXPECT_EQ(std::get<StockChanged>(decision.facts.at(0).event.body).note, "found in hold 3");
}

TEST(adjust_stock, warns_once_when_it_falls_below_the_threshold) {
    Galaxy galaxy;
    galaxy.low_below("ceres", "ice", 4);
    galaxy.run(adjust("ceres", "ice", 5));
    EXPECT_EQ(galaxy.run(adjust("ceres", "ice", -1)).facts.size(), 1u);
    EXPECT_EQ(text_of(galaxy.run(adjust("ceres", "ice", -1)).facts.at(1)),
              "critical low_stock ceres/ice: available 3, below 4 @ ceres\n");
    EXPECT_EQ(galaxy.run(adjust("ceres", "ice", -1)).facts.size(), 1u);
}

TEST(adjust_stock, walks_its_guards) {
    Galaxy galaxy;
    galaxy.run(adjust("ceres", "ice", 5));
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 2}}));
    Command command = adjust("ceres", "ice", 0, StockReason::trade_confirmed);
    command.issued_at = Timestamp{};
    command.expected_version = 1;
    const auto by = [](std::int64_t delta) {
        return [delta](Galaxy&, Command& it) {
            std::get<AdjustStock>(it.body).delta = Quantity(delta);
        };
    };
    walk(galaxy, command,
         {{Rejection::expired, issue_now},
          {Rejection::forbidden,
           [](Galaxy&, Command& it) {
               std::get<AdjustStock>(it.body).reason = StockReason::consume;
           }},
          {Rejection::stale_version, [](Galaxy&, Command& it) { it.expected_version = 2; }},
          {Rejection::quantity_out_of_range, by(std::numeric_limits<std::int64_t>::min())},
          {Rejection::quantity_out_of_range, by(std::numeric_limits<std::int64_t>::max())},
          {Rejection::quantity_out_of_range, by(limits::max_quantity)},
          {Rejection::quantity_out_of_range, by(-6)},
          {Rejection::stock_below_zero, by(-4)},
          {Rejection::stock_below_reserved, by(-3)}});
}

TEST(adjust_stock, names_its_numbers) {
    Galaxy galaxy;
    galaxy.run(adjust("ceres", "ice", 5));
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 2}}));
    EXPECT_EQ(text_of(galaxy.run(adjust("ceres", "ice", -4))),
              "stock_below_reserved: on hand 5, reserved 2, delta -4\n");
    Command stale = adjust("ceres", "ice", 1);
    stale.expected_version = 7;
    EXPECT_EQ(text_of(galaxy.run(stale)), "stale_version: expected version 7, actual version 2\n");
}

}  // namespace
}  // namespace itn::domain
