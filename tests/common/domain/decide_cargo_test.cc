#include <gtest/gtest.h>

#include <limits>

#include "common/base/limits.h"
#include "tests/common/domain/walk.h"

namespace itn::domain {
namespace {

using namespace test;

Galaxy with_ice(std::int64_t quantity) {
    Galaxy galaxy;
    galaxy.run(adjust("ceres", "ice", quantity));
    return galaxy;
}

Command load_somewhere(const std::string& trade, const std::string& fresh) {
    return of_system({.kind = CommandKind::cargo_load,
                      .subject = trade,
                      .body = LoadCargo{.trade = TransactionId(trade)}},
                     fresh);
}

Command unload_wherever(const std::string& trade) {
    return of_system({.kind = CommandKind::cargo_unload,
                      .subject = trade,
                      .body = UnloadCargo{.trade = TransactionId(trade)}},
                     "");
}

CreateCargo& wish_of(Command& command) {
    return std::get<CreateCargo>(command.body);
}

TEST(create_cargo, reserves_its_own_goods) {
    Galaxy galaxy = with_ice(5);
    EXPECT_EQ(text_of(galaxy.run(ship("s1", "ceres", "vesta", {{"ice", 1}, {"ice", 2}}, 6))),
              "cargo.created s1 pending v1 ceres>vesta loaded 6 in 0 [ ice*3 ]\n"
              "inventory.changed ceres/ice 5/3 v2 (0/3) cargo_created s1\n");
    EXPECT_EQ(text_of(galaxy.run(ship("s2", "ceres", "vesta", {}))),
              "cargo.created s2 pending v1 ceres>vesta loaded 0 in 0\n");
}

TEST(create_cargo, is_what_a_transfer_does) {
    Galaxy galaxy = with_ice(5);
    Command command = ship("s1", "ceres", "vesta", {{"ice", 1}});
    const Decision created = galaxy.judge(command);
    command.kind = CommandKind::inventory_transfer;
    EXPECT_EQ(galaxy.judge(command), created);
}

TEST(create_cargo, warns_of_many_lines_and_low_stock) {
    Galaxy galaxy = with_ice(5);
    galaxy.run(adjust("ceres", "ore", 5));
    galaxy.context.settings = {.oversized_cargo_lines = 1, .low_stock_below = Quantity(5)};
    EXPECT_EQ(text_of(galaxy.run(ship("s1", "ceres", "vesta", {{"ore", 1}, {"ice", 1}}))),
              "cargo.created s1 pending v1 ceres>vesta loaded 4 in 0 [ ore*1 ice*1 ]\n"
              "inventory.changed ceres/ice 5/1 v2 (0/1) cargo_created s1\n"
              "inventory.changed ceres/ore 5/1 v2 (0/1) cargo_created s1\n"
              "critical low_stock ceres/ice: available 4, below 5 @ ceres\n"
              "critical low_stock ceres/ore: available 4, below 5 @ ceres\n"
              "critical oversized_cargo s1: 2 lines @ ceres vesta\n");
}

TEST(create_cargo, walks_its_guards) {
    for (const auto kind : {CommandKind::cargo_create, CommandKind::inventory_transfer}) {
        Galaxy galaxy = with_ice(5);
        galaxy.run(ship("s1", "ceres", "vesta", {}));
        Command command = ship("s1", "ceres", "ceres", {{"ice", 0}}, -1);
        command.kind = kind;
        command.issued_at = Timestamp{};
        command.expected_version = 1;
        const auto of_ice = [](std::int64_t quantity) {
            return [quantity](Galaxy&, Command& it) {
                wish_of(it).own[0].quantity = Quantity(quantity);
            };
        };
        const auto room = [](std::int64_t capacity) {
            return [capacity](Galaxy&, Command& it) { wish_of(it).capacity = Volume(capacity); };
        };
        walk(galaxy, command,
             {{Rejection::shipment_exists, [](Galaxy&, Command& it) { it.subject = "s2"; }},
              {Rejection::expired, issue_now},
              {Rejection::stale_version, expect_nothing},
              {Rejection::same_station,
               [](Galaxy&, Command& it) { wish_of(it).destination = StationId("vesta"); }},
              {Rejection::quantity_out_of_range, of_ice(6)},
              {Rejection::quantity_out_of_range, room(11)},
              {Rejection::capacity_exceeded, room(12)},
              {Rejection::insufficient_stock, of_ice(5)}});
    }
}

TEST(load_anywhere, opens_a_shipment_and_fills_it) {
    Galaxy galaxy = with_ice(9);
    for (const char* id : {"t1", "t2"})
        galaxy.run(create(id, "ceres", "vesta", {{"ice", 3}}));
    EXPECT_EQ(text_of(galaxy.run(load_somewhere("t1", "f1"))),
              "cargo.created f1 pending v1 ceres>vesta loaded 0 in 0\n"
              "cargo.loaded f1 pending v2 ceres>vesta loaded 6 in 1 t1\n");
    EXPECT_EQ(text_of(galaxy.run(load_somewhere("t2", "f2"))),
              "cargo.loaded f1 pending v3 ceres>vesta loaded 12 in 2 t2\n");
    EXPECT_EQ(text_of(galaxy.run(load_somewhere("t2", "f3"))), "");
    EXPECT_TRUE(galaxy.world().shipment(ShipmentId("f1"))->cargo.generated);
}

TEST(load_anywhere, comes_too_late_for_a_cancelled_trade) {
    Galaxy galaxy = with_ice(9);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 3}}));
    galaxy.run(cancel("t1"));
    EXPECT_EQ(galaxy.run(load_somewhere("t1", "f1")), (Decision{.subject = "t1"}));
}

TEST(load_anywhere, takes_only_generated_open_shipments_with_room) {
    Galaxy galaxy = with_ice(9);
    Command small = ship("small", "ceres", "vesta", {{"ice", 1}}, 4);
    wish_of(small).generated = true;
    Command away = ship("away", "ceres", "pallas", {});
    wish_of(away).generated = true;
    galaxy.run({ship("chosen", "ceres", "vesta", {}), small, away});
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 2}}));
    galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}));
    EXPECT_EQ(text_of(galaxy.run(load_somewhere("t1", "f1"))),
              "cargo.created f1 pending v1 ceres>vesta loaded 0 in 0\n"
              "cargo.loaded f1 pending v2 ceres>vesta loaded 4 in 1 t1\n");
    EXPECT_EQ(text_of(galaxy.run(load_somewhere("t2", "f2"))),
              "cargo.loaded small pending v2 ceres>vesta loaded 4 in 1 t2\n");
}

TEST(load_anywhere, opens_another_when_64_trades_are_aboard) {
    Galaxy galaxy = with_ice(100);
    std::vector<Command> creates;
    for (std::size_t i = 0; i <= limits::max_trades_per_shipment; ++i) {
        std::string id = "t";
        id += std::to_string(i);
        creates.push_back(create(id, "ceres", "vesta", {{"ice", 1}}));
    }
    galaxy.run(creates);
    galaxy.settle();
    const World world = galaxy.world();
    EXPECT_EQ(world.shipment(ShipmentId("auto1"))->cargo.trade_count, 64);
    EXPECT_EQ(world.shipment(ShipmentId("auto65"))->cargo.trade_count, 1);
    galaxy.run(unload("t64", "auto65"));
    EXPECT_EQ(galaxy.run(load("t64", "auto1")).rejection, Rejection::shipment_full);
    EXPECT_EQ(galaxy.misses(), 0);
}

TEST(load_anywhere, walks_its_guards) {
    Galaxy galaxy = with_ice(9);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}, "ceres"));
    galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(ship("s1", "ceres", "vesta", {}));
    Command command = load_somewhere("t9", "");
    command.principal = Principal("dev");
    command.issued_at = Timestamp{};
    command.expected_version = 9;
    const auto of = [](const char* trade) {
        return [trade](Galaxy&, Command& it) {
            std::get<LoadCargo>(it.body).trade = TransactionId(trade);
        };
    };
    const auto into = [](const char* fresh) {
        return [fresh](Galaxy&, Command& it) {
            std::get<LoadCargo>(it.body).fresh = ShipmentId(fresh);
        };
    };
    walk(galaxy, command,
         {{Rejection::expired, issue_now},
          {Rejection::trade_not_found, of("t1")},
          {Rejection::stale_version, expect_nothing},
          {Rejection::wrong_route, of("t2")},
          {Rejection::shipment_not_found, into("s1")},
          {Rejection::shipment_exists, into("f1")}});
}

TEST(load_into, puts_a_trade_into_the_shipment_named) {
    Galaxy galaxy = with_ice(9);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 3}}));
    galaxy.run(ship("s1", "ceres", "vesta", {}, 6));
    EXPECT_EQ(text_of(galaxy.run(load("t1", "s1"))),
              "cargo.loaded s1 pending v2 ceres>vesta loaded 6 in 1 t1\n");
}

TEST(load_into, walks_its_guards) {
    Galaxy galaxy = with_ice(9);
    galaxy.run(create("gone", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(cancel("gone"));
    galaxy.run(create("aboard", "ceres", "vesta", {{"ice", 1}}));
    galaxy.settle();
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 3}}));
    galaxy.run(ship("left", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(move(CommandKind::cargo_depart, "left"));
    galaxy.run(ship("elsewhere", "ceres", "pallas", {}));
    galaxy.run(ship("reverse", "vesta", "ceres", {}));
    galaxy.run(ship("small", "ceres", "vesta", {}, 5));
    galaxy.run(ship("large", "ceres", "vesta", {}, 6));
    const auto of = [](const char* trade) {
        return [trade](Galaxy&, Command& it) {
            std::get<LoadCargo>(it.body).trade = TransactionId(trade);
        };
    };
    const auto into = [](const char* shipment) {
        return [shipment](Galaxy&, Command& it) {
            it.subject = shipment;
            std::get<LoadCargo>(it.body).shipment = ShipmentId(shipment);
        };
    };
    Command command = load("nobody", "nowhere");
    command.issued_at = Timestamp{};
    command.expected_version = 9;
    walk(galaxy, command,
         {{Rejection::expired, issue_now},
          {Rejection::shipment_not_found, into("left")},
          {Rejection::trade_not_found, of("gone")},
          {Rejection::stale_version, expect_nothing},
          {Rejection::shipment_not_pending, into("elsewhere")},
          {Rejection::trade_not_confirmed, of("aboard")},
          {Rejection::already_loaded, of("t1")},
          {Rejection::wrong_route, into("reverse")},
          {Rejection::wrong_route, into("small")},
          {Rejection::capacity_exceeded, into("large")}});
}

TEST(load_into, never_lets_the_volume_overflow) {
    Galaxy galaxy = with_ice(9);
    const Volume half(std::numeric_limits<std::int64_t>::max() / 2 + 1);
    for (const char* id : {"t1", "t2"}) {
        Command command = create(id, "ceres", "vesta", {{"ice", 1}});
        std::get<CreateTrade>(command.body).lines[0].unit_volume = half;
        galaxy.run(command);
    }
    galaxy.settle();
    EXPECT_EQ(galaxy.shipment_ids().size(), 2u);
    galaxy.run(unload("t2", "auto2"));
    EXPECT_EQ(galaxy.run(load("t2", "auto1")).rejection, Rejection::capacity_exceeded);
}

TEST(unload_cargo, takes_a_trade_out_and_leaves_it_ashore) {
    Galaxy galaxy = with_ice(9);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 3}}));
    galaxy.settle();
    EXPECT_EQ(text_of(galaxy.run(unload("t1", "auto1"))),
              "cargo.unloaded auto1 pending v3 ceres>vesta loaded 0 in 0 t1\n");
    EXPECT_EQ(galaxy.next_reaction(Family::cargo), std::nullopt);
    EXPECT_EQ(galaxy.world().trade(TransactionId("t1"))->shipment, std::nullopt);
    EXPECT_EQ(galaxy.run(unload_wherever("t1")), (Decision{.subject = "t1"}));
}

TEST(unload_cargo, walks_its_guards) {
    Galaxy galaxy = with_ice(9);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    galaxy.settle();
    galaxy.run(ship("left", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(move(CommandKind::cargo_depart, "left"));
    galaxy.run(ship("other", "ceres", "vesta", {}));
    const auto from = [](const char* shipment) {
        return [shipment](Galaxy&, Command& it) {
            it.subject = shipment;
            std::get<UnloadCargo>(it.body).shipment = ShipmentId(shipment);
        };
    };
    Command command = unload("nobody", "nowhere");
    command.issued_at = Timestamp{};
    command.expected_version = 9;
    walk(
        galaxy, command,
        {{Rejection::expired, issue_now},
         {Rejection::trade_not_found,
          [](Galaxy&, Command& it) { std::get<UnloadCargo>(it.body).trade = TransactionId("t1"); }},
         {Rejection::shipment_not_found, from("left")},
         {Rejection::stale_version, expect_nothing},
         {Rejection::shipment_not_pending, from("other")},
         {Rejection::not_loaded, from("auto1")}});
    galaxy.run(move(CommandKind::cargo_depart, "auto1"));
    EXPECT_EQ(galaxy.run(unload_wherever("t1")).rejection, Rejection::shipment_not_pending);
}

}  // namespace
}  // namespace itn::domain
