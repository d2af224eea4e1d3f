#include <gtest/gtest.h>

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

std::vector<Line>& lines_of(Command& command) {
    return std::get<CreateTrade>(command.body).lines;
}

TEST(create_trade, reserves_and_adds_up_the_lines_of_one_product) {
    Galaxy galaxy = with_ice(10);
    galaxy.run(adjust("ceres", "ore", 4));
    EXPECT_EQ(
        text_of(galaxy.run(create("t1", "ceres", "vesta", {{"ice", 2}, {"ore", 4}, {"ice", 5}}))),
        "trade.confirmed t1 confirmed v1 ceres>vesta ice*7 ore*4 =77\n"
        "inventory.changed ceres/ice 10/7 v2 (0/7) trade_confirmed t1\n"
        "inventory.changed ceres/ore 4/4 v2 (0/4) trade_confirmed t1\n");
}

TEST(create_trade, goes_to_the_buyer_unless_told_otherwise) {
    Galaxy galaxy = with_ice(10);
    Command command = create("t1", "ceres", "vesta", {{"ice", 1}});
    std::get<CreateTrade>(command.body).destination = StationId();
    galaxy.run(command);
    EXPECT_EQ(galaxy.world().trade(TransactionId("t1"))->destination, StationId("vesta"));
}

TEST(create_trade, warns_of_low_stock_when_it_crosses_the_threshold_and_of_many_lines) {
    Galaxy galaxy = with_ice(10);
    galaxy.low_below("ceres", "ice", 8);
    galaxy.context.settings.oversized_trade_lines = 0;
    EXPECT_EQ(text_of(galaxy.run(create("t1", "ceres", "vesta", {{"ice", 2}}))),
              "trade.confirmed t1 confirmed v1 ceres>vesta ice*2 =14\n"
              "inventory.changed ceres/ice 10/2 v2 (0/2) trade_confirmed t1\n"
              "critical oversized_trade t1: 1 lines @ ceres vesta\n");
    EXPECT_EQ(text_of(galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}))),
              "trade.confirmed t2 confirmed v1 ceres>vesta ice*1 =7\n"
              "inventory.changed ceres/ice 10/3 v3 (0/1) trade_confirmed t2\n"
              "critical low_stock ceres/ice: available 7, below 8 @ ceres\n"
              "critical oversized_trade t2: 1 lines @ ceres vesta\n");
    galaxy.context.settings.oversized_trade_lines = 1;
    EXPECT_EQ(galaxy.run(create("t3", "ceres", "vesta", {{"ice", 1}})).facts.size(), 2u);
}

TEST(create_trade, takes_the_default_threshold_for_rows_without_their_own) {
    Galaxy galaxy = with_ice(10);
    galaxy.context.settings.low_stock_below = Quantity(10);
    EXPECT_EQ(galaxy.judge(create("t1", "ceres", "vesta", {{"ice", 1}})).facts.size(), 3u);
    galaxy.low_below("ceres", "ice", 0);
    EXPECT_EQ(galaxy.judge(create("t1", "ceres", "vesta", {{"ice", 1}})).facts.size(), 2u);
}

TEST(create_trade, walks_its_guards) {
    Galaxy galaxy = with_ice(4);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    Command command = create("t1", "ceres", "ceres", {{"ice", 0}});
    command.issued_at = noon - limits::max_command_age - std::chrono::microseconds(1);
    command.expected_version = 3;
    const auto too_much = [](Galaxy&, Command& it) {
        lines_of(it)[0].quantity = Quantity(limits::max_quantity);
        lines_of(it)[0].unit_price = Credits(limits::max_unit_price);
    };
    walk(galaxy, command,
         {{Rejection::trade_exists, [](Galaxy&, Command& it) { it.subject = "t2"; }},
          {Rejection::expired, issue_now},
          {Rejection::stale_version, expect_nothing},
          {Rejection::same_station,
           [](Galaxy&, Command& it) { std::get<CreateTrade>(it.body).buyer = StationId("vesta"); }},
          {Rejection::quantity_out_of_range, too_much},
          {Rejection::quantity_out_of_range,
           [](Galaxy&, Command& it) { lines_of(it)[0].unit_price = Credits(7); }},
          {Rejection::insufficient_stock,
           [](Galaxy&, Command& it) { lines_of(it)[0].quantity = Quantity(3); }}});
}

TEST(create_trade, bounds_its_values) {
    Galaxy galaxy = with_ice(4);
    const std::int64_t most = limits::max_quantity;
    const std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
    const auto verdict = [&](Amounts lines, Credits price, Volume volume) {
        Command command = create("t1", "ceres", "vesta", lines);
        for (Line& line : lines_of(command))
            line.unit_price = price, line.unit_volume = volume;
        return galaxy.judge(command).rejection;
    };
    const Volume huge(std::numeric_limits<std::int64_t>::max() / 2);
    const auto out = Rejection::quantity_out_of_range;
    EXPECT_EQ(verdict({}, Credits(1), Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", -1}}, Credits(1), Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", lowest}}, Credits(1), Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", most + 1}}, Credits(1), Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", most}, {"ice", 1}}, Credits(1), Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", 1}}, Credits(-1), Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", 1}}, Credits(limits::max_unit_price + 1), Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", 1}}, Credits(1), Volume(-1)), out);
    EXPECT_EQ(verdict({{"ice", 2}}, Credits(1), huge + Volume(1)), out);
    EXPECT_EQ(verdict({{"ice", 2}}, Credits(1), huge), std::nullopt);
    EXPECT_EQ(verdict({{"ice", most}}, Credits(1), Volume(1)), Rejection::insufficient_stock);
}

TEST(create_trade, leaves_a_rejected_trade_that_answers_for_its_id) {
    Galaxy galaxy = with_ice(5);
    EXPECT_EQ(
        text_of(galaxy.run(create("t1", "ceres", "vesta", {{"ice", 4}, {"ore", 1}, {"ice", 2}}))),
        "insufficient_stock: line 1 ice: wanted 6, available 5; line 2 ore: wanted 1, "
        "available 0\n"
        "trade.rejected t1 rejected v1 ceres>vesta ice*6 ore*1 =49 (insufficient_stock)\n");
    EXPECT_EQ(text_of(galaxy.run(create("t2", "ceres", "ceres", {{"ice", 1}}))),
              "same_station: ceres is seller and buyer\n"
              "trade.rejected t2 rejected v1 ceres>ceres ice*1 =0 (same_station)\n");
    EXPECT_EQ(galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}})).rejection,
              Rejection::trade_exists);
    EXPECT_EQ(galaxy.run(cancel("t1")).rejection, Rejection::trade_final);
    EXPECT_EQ(galaxy.journal().size(), 3u);
}

TEST(create_trade, judges_age_by_the_limits_and_never_the_system) {
    Galaxy galaxy = with_ice(5);
    const auto verdict = [&](std::chrono::microseconds offset, const Principal& principal) {
        Command command = create("t1", "ceres", "vesta", {{"ice", 1}});
        command.issued_at += offset;
        command.principal = principal;
        return galaxy.judge(command).rejection;
    };
    const std::chrono::microseconds tick(1);
    const Principal dev("dev");
    EXPECT_EQ(verdict(-limits::max_command_age, dev), std::nullopt);
    EXPECT_EQ(verdict(-limits::max_command_age - tick, dev), Rejection::expired);
    EXPECT_EQ(verdict(limits::max_clock_skew, dev), std::nullopt);
    EXPECT_EQ(verdict(limits::max_clock_skew + tick, dev), Rejection::expired);
    EXPECT_EQ(verdict(-limits::max_command_age - tick, system_principal), std::nullopt);
}

TEST(cancel_trade, frees_the_reservation_once_and_leaves_its_shipment) {
    Galaxy galaxy = with_ice(5);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 3}}));
    galaxy.settle();
    EXPECT_EQ(text_of(galaxy.run(cancel("t1", "too dear"))),
              "trade.cancelled t1 cancelled v2 ceres>vesta ice*3 =21 (too dear) in auto1\n"
              "inventory.changed ceres/ice 5/0 v3 (0/-3) trade_cancelled t1\n");
    EXPECT_EQ(galaxy.run(cancel("t1")).rejection, Rejection::trade_final);
    galaxy.settle();
    EXPECT_EQ(text_of(galaxy.world()),
              "trade t1 cancelled v2 ceres>vesta ice*3 =21 (too dear)\n"
              "cargo auto1 pending v3 ceres>vesta loaded 0 in 0 [ ]\n"
              "stock ceres/ice 5/0 v3\n");
}

TEST(cancel_trade, walks_its_guards) {
    Galaxy galaxy = with_ice(5);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(create("t3", "ceres", "vesta", {{"ice", 1}}, "ceres"));
    galaxy.run(collect("t3"));
    galaxy.settle();
    galaxy.run(move(CommandKind::cargo_depart, "auto1"));
    galaxy.run(create("t4", "ceres", "vesta", {{"ice", 1}}));
    Command command = cancel("t9");
    command.issued_at = noon + limits::max_clock_skew + std::chrono::seconds(1);
    command.expected_version = 9;
    walk(galaxy, command,
         {{Rejection::expired, issue_now},
          {Rejection::trade_not_found, [](Galaxy&, Command& it) { it.subject = "t3"; }},
          {Rejection::stale_version, [](Galaxy&, Command& it) { it.expected_version = 2; }},
          {Rejection::trade_final,
           [](Galaxy&, Command& it) { it.subject = "t1", it.expected_version = 1; }},
          // Still confirmed, for the reaction to the departure has not come yet.
          {Rejection::trade_departed, [](Galaxy& there, Command&) { there.settle(); }},
          {Rejection::stale_version, [](Galaxy&, Command& it) { it.expected_version = 2; }},
          {Rejection::trade_departed,
           [](Galaxy&, Command& it) { it.subject = "t4", it.expected_version = 1; }}});
}

TEST(collect_trade, moves_the_goods_from_seller_to_buyer) {
    Galaxy galaxy = with_ice(5);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 3}}, "ceres"));
    EXPECT_EQ(galaxy.next_reaction(Family::trade), std::nullopt);
    EXPECT_EQ(text_of(galaxy.run(collect("t1"))),
              "trade.completed t1 completed v2 ceres>vesta@ceres ice*3 =21"
              " | station:ceres -> station:vesta ice*3\n"
              "inventory.changed ceres/ice 2/0 v3 (-3/-3) trade_collected t1\n"
              "inventory.changed vesta/ice 3/0 v1 (3/0) trade_collected t1\n");
}

TEST(collect_trade, walks_its_guards) {
    Galaxy galaxy = with_ice(5);
    galaxy.run(adjust("vesta", "ice", limits::max_quantity));
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}, "ceres"));
    galaxy.run(create("t3", "ceres", "vesta", {{"ice", 1}}, "ceres"));
    galaxy.run(cancel("t3"));
    Command command = collect("t9");
    command.issued_at = Timestamp{};
    command.expected_version = 9;
    walk(galaxy, command,
         {{Rejection::expired, issue_now},
          {Rejection::trade_not_found, [](Galaxy&, Command& it) { it.subject = "t3"; }},
          {Rejection::stale_version, expect_nothing},
          {Rejection::trade_final, [](Galaxy&, Command& it) { it.subject = "t1"; }},
          {Rejection::not_collectable, [](Galaxy&, Command& it) { it.subject = "t2"; }},
          {Rejection::quantity_out_of_range, [](Galaxy& there, Command&) {
               there.run(adjust("vesta", "ice", -1, StockReason::consume));
           }}});
}

TEST(follow_shipment, repeats_nothing_and_moves_on_from_either_state) {
    using enum CommandKind;
    Galaxy galaxy = with_ice(5);
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}));
    galaxy.settle();
    EXPECT_EQ(text_of(galaxy.run(follow(trade_depart, "t1", "auto1"))),
              "trade.in_transit t1 in_transit v2 ceres>vesta ice*1 =7 in auto1\n");
    EXPECT_EQ(text_of(galaxy.run(follow(trade_depart, "t1", "auto1"))), "");
    EXPECT_EQ(text_of(galaxy.run(follow(trade_complete, "t1", "auto1"))),
              "trade.completed t1 completed v3 ceres>vesta ice*1 =7 in auto1\n");
    EXPECT_EQ(text_of(galaxy.run(follow(trade_complete, "t1", "auto1"))), "");
    EXPECT_EQ(text_of(galaxy.run(follow(trade_depart, "t1", "auto1"))), "");
    EXPECT_EQ(galaxy.run(follow(trade_fail, "t1", "auto1")).rejection, Rejection::trade_final);
    EXPECT_EQ(text_of(galaxy.run(follow(trade_fail, "t2", "auto1"))),
              "trade.failed t2 failed v2 ceres>vesta ice*1 =7 (cargo_lost) in auto1\n");
    EXPECT_EQ(text_of(galaxy.run(follow(trade_fail, "t2", "auto1"))), "");
    EXPECT_EQ(galaxy.run(follow(trade_complete, "t2", "auto1")).rejection, Rejection::trade_final);
}

TEST(follow_shipment, walks_its_guards) {
    using enum CommandKind;
    for (const CommandKind kind : {trade_depart, trade_complete, trade_fail}) {
        Galaxy galaxy = with_ice(5);
        galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
        galaxy.run(create("t2", "ceres", "vesta", {{"ice", 1}}));
        galaxy.run(cancel("t2"));
        galaxy.settle();
        Command command = follow(kind, "t9", "auto9");
        command.principal = Principal("dev");
        command.issued_at = Timestamp{};
        walk(galaxy, command,
             {{Rejection::expired, issue_now},
              {Rejection::forbidden, [](Galaxy&, Command& it) { it.principal = system_principal; }},
              {Rejection::trade_not_found, [](Galaxy&, Command& it) { it.subject = "t2"; }},
              {Rejection::trade_final, [](Galaxy&, Command& it) { it.subject = "t1"; }},
              {Rejection::not_loaded, [](Galaxy&, Command& it) {
                   it.body = FollowShipment{.shipment = ShipmentId("auto1")};
               }}});
    }
}

}  // namespace
}  // namespace itn::domain
