#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "tests/common/domain/walk.h"

namespace itn::domain {
namespace {

using namespace test;
using enum CommandKind;

/// Two trades of ice in auto1, own ice and ore in s1.
Galaxy at_the_quay() {
    Galaxy galaxy;
    galaxy.run({adjust("ceres", "ice", 9), adjust("ceres", "ore", 9)});
    galaxy.run(create("t1", "ceres", "vesta", {{"ice", 1}}));
    galaxy.run(create("t2", "ceres", "vesta", {{"ice", 2}, {"ore", 1}}));
    galaxy.run(ship("s1", "ceres", "vesta", {{"ore", 2}}));
    galaxy.settle();
    return galaxy;
}

Galaxy under_way() {
    Galaxy galaxy = at_the_quay();
    galaxy.run(move(cargo_depart, "auto1"));
    galaxy.run(move(cargo_depart, "s1"));
    galaxy.settle();
    return galaxy;
}

TEST(depart_cargo, takes_the_goods_out_of_stock_once_for_each_product) {
    Galaxy galaxy = at_the_quay();
    galaxy.run(ship("s2", "ceres", "vesta", {{"ice", 3}}));
    galaxy.run({unload("t1", "auto1"), load("t1", "s2")});
    EXPECT_EQ(text_of(galaxy.run(move(cargo_depart, "s2"))),
              "cargo.departed s2 in_transit v3 ceres>vesta loaded 8 in 1 [ ice*3 t1 ]"
              " | station:ceres -> shipment:s2 ice*4\n"
              "inventory.changed ceres/ice 5/2 v5 (-4/-4) cargo_departed s2\n");
    EXPECT_EQ(galaxy.world().shipment(ShipmentId("s2"))->cargo.departed_at, noon);
    EXPECT_EQ(galaxy.next_reaction(Family::cargo), follow(trade_depart, "t1", "s2"));
}

TEST(depart_cargo, leaves_cancelled_trades_behind) {
    Galaxy galaxy = at_the_quay();
    galaxy.run(cancel("t1"));
    EXPECT_EQ(text_of(galaxy.run(move(cargo_depart, "auto1"))),
              "cargo.unloaded auto1 pending v4 ceres>vesta loaded 6 in 1 t1\n"
              "cargo.departed auto1 in_transit v5 ceres>vesta loaded 6 in 1 [ t2 ]"
              " | station:ceres -> shipment:auto1 ice*2 | station:ceres -> shipment:auto1 ore*1\n"
              "inventory.changed ceres/ice 7/0 v5 (-2/-2) cargo_departed auto1\n"
              "inventory.changed ceres/ore 8/2 v4 (-1/-1) cargo_departed auto1\n");
    galaxy.settle();
    EXPECT_EQ(text_of(galaxy.world()),
              "trade t1 cancelled v2 ceres>vesta ice*1 =7 (changed_mind)\n"
              "trade t2 in_transit v2 ceres>vesta ice*2 ore*1 =21 in auto1\n"
              "cargo auto1 in_transit v5 ceres>vesta loaded 6 in 1 [ t2 ]\n"
              "cargo s1 pending v1 ceres>vesta loaded 4 in 0 [ ore*2 ]\n"
              "stock ceres/ice 7/0 v5\n"
              "stock ceres/ore 8/2 v4\n");
}

TEST(depart_cargo, needs_something_aboard) {
    Galaxy galaxy = at_the_quay();
    galaxy.run({cancel("t1"), cancel("t2")});
    EXPECT_EQ(text_of(galaxy.run(move(cargo_depart, "auto1"))),
              "shipment_empty: nothing is aboard\n");
}

TEST(report_cargo, delays_locates_and_resumes) {
    Galaxy galaxy = under_way();
    EXPECT_EQ(text_of(galaxy.run(move(cargo_delay, "s1"))),
              "cargo.delayed s1 delayed v3 ceres>vesta loaded 4 in 0\n"
              "critical cargo_delayed s1: shipment from ceres to vesta is delayed @ ceres vesta\n");
    Command locate = move(cargo_locate, "s1");
    locate.body = MoveCargo{.location = "belt 7", .eta = noon, .note = "engine"};
    EXPECT_EQ(text_of(galaxy.run(locate)),
              "cargo.located s1 delayed v4 ceres>vesta loaded 4 in 0 at belt 7\n");
    EXPECT_EQ(text_of(galaxy.run(move(cargo_resume, "s1"))),
              "cargo.resumed s1 in_transit v5 ceres>vesta loaded 4 in 0 at belt 7\n");
    EXPECT_EQ(text_of(galaxy.run(move(cargo_locate, "s1"))),
              "cargo.located s1 in_transit v6 ceres>vesta loaded 4 in 0 at belt 7\n");
    const World world = galaxy.world();
    const Cargo& cargo = world.shipment(ShipmentId("s1"))->cargo;
    EXPECT_EQ(cargo.eta, noon);
    EXPECT_EQ(cargo.note, "engine");
}

TEST(end_cargo, delivers_into_the_stock_of_the_destination) {
    Galaxy galaxy = under_way();
    galaxy.run(move(cargo_delay, "auto1"));
    EXPECT_EQ(text_of(galaxy.run(move(cargo_deliver, "auto1"))),
              "cargo.delivered auto1 delivered v6 ceres>vesta loaded 8 in 2 at vesta [ t1 t2 ]"
              " | shipment:auto1 -> station:vesta ice*3 | shipment:auto1 -> station:vesta ore*1\n"
              "inventory.changed vesta/ice 3/0 v1 (3/0) cargo_delivered auto1\n"
              "inventory.changed vesta/ore 1/0 v1 (1/0) cargo_delivered auto1\n");
    EXPECT_EQ(galaxy.world().shipment(ShipmentId("auto1"))->cargo.delivered_at, noon);
    galaxy.settle();
    const World world = galaxy.world();
    EXPECT_EQ(world.trade(TransactionId("t1"))->status, TradeStatus::completed);
    EXPECT_EQ(world.trade(TransactionId("t2"))->status, TradeStatus::completed);
}

TEST(end_cargo, books_lost_goods_to_lost) {
    Galaxy galaxy = under_way();
    EXPECT_EQ(text_of(galaxy.run(move(cargo_lose, "auto1"))),
              "cargo.lost auto1 lost v5 ceres>vesta loaded 8 in 2 [ t1 t2 ]"
              " | shipment:auto1 -> lost ice*3 | shipment:auto1 -> lost ore*1\n"
              "critical cargo_lost auto1: shipment from ceres to vesta is lost @ ceres vesta\n");
    galaxy.settle();
    const World world = galaxy.world();
    EXPECT_EQ(world.trade(TransactionId("t1"))->reason, "cargo_lost");
    EXPECT_EQ(world.trade(TransactionId("t2"))->status, TradeStatus::failed);
}

TEST(end_cargo, refuses_what_a_station_cannot_hold) {
    Galaxy galaxy = under_way();
    galaxy.run(adjust("vesta", "ore", limits::max_quantity));
    EXPECT_EQ(text_of(galaxy.run(move(cargo_deliver, "s1"))),
              "quantity_out_of_range: vesta/ore has no room\n");
}

TEST(cancel_cargo, frees_its_own_goods_and_loads_its_trades_again) {
    Galaxy galaxy = at_the_quay();
    galaxy.run({unload("t1", "auto1"), load("t1", "s1")});
    EXPECT_EQ(text_of(galaxy.run(move(cargo_cancel, "s1"))),
              "cargo.cancelled s1 cancelled v3 ceres>vesta loaded 4 in 0 [ ore*2 t1 ]\n"
              "inventory.changed ceres/ore 9/1 v4 (0/-2) cargo_cancelled s1\n");
    EXPECT_EQ(galaxy.world().trade(TransactionId("t1"))->shipment, std::nullopt);
    galaxy.settle();
    const World world = galaxy.world();
    EXPECT_EQ(world.trade(TransactionId("t1"))->shipment, ShipmentId("auto1"));
    EXPECT_TRUE(world.shipment(ShipmentId("s1"))->manifest.trades.empty());
}

TEST(voyage, takes_news_of_a_shipment_under_way_for_a_report) {
    Galaxy galaxy = at_the_quay();
    galaxy.run(move(cargo_depart, "s1"));
    Command news = move(cargo_depart, "s1");
    news.body = MoveCargo{.location = "belt 7"};
    const Decision located = galaxy.judge(news);
    ASSERT_EQ(located.facts.size(), 1u);
    EXPECT_EQ(located.facts[0].event.kind, EventKind::cargo_located);
    EXPECT_EQ(galaxy.judge(move(cargo_depart, "s1")).rejection, Rejection::shipment_not_pending);
}

struct Journey {
    CommandKind kind;
    std::optional<Rejection> pending, in_transit, delayed, final;
};

TEST(voyage, takes_only_the_ways_of_the_state_machine) {
    const auto not_pending = Rejection::shipment_not_pending;
    const auto not_under_way = Rejection::shipment_not_under_way;
    const auto not_delayed = Rejection::shipment_not_delayed;
    const auto over = Rejection::shipment_final;
    const std::vector<Journey> journeys{
        {cargo_depart, {}, not_pending, {}, over},
        {cargo_cancel, {}, not_pending, not_pending, over},
        {cargo_delay, not_under_way, {}, not_under_way, over},
        {cargo_resume, not_delayed, not_delayed, {}, over},
        {cargo_locate, not_under_way, {}, {}, over},
        {cargo_deliver, not_under_way, {}, {}, over},
        {cargo_lose, not_under_way, {}, {}, over},
    };
    for (const Journey& journey : journeys) {
        SCOPED_TRACE(name(journey.kind));
        Galaxy galaxy = at_the_quay();
        const Command command = move(journey.kind, "s1");
        EXPECT_EQ(galaxy.judge(command).rejection, journey.pending);
        Galaxy cancelled = galaxy;
        cancelled.run(move(cargo_cancel, "s1"));
        EXPECT_EQ(cancelled.judge(command).rejection, journey.final);
        galaxy.run(move(cargo_depart, "s1"));
        EXPECT_EQ(galaxy.judge(command).rejection, journey.in_transit);
        galaxy.run(move(cargo_delay, "s1"));
        EXPECT_EQ(galaxy.judge(command).rejection, journey.delayed);
        Galaxy lost = galaxy;
        lost.run(move(cargo_lose, "s1"));
        EXPECT_EQ(lost.judge(command).rejection, journey.final);
        galaxy.run(move(cargo_deliver, "s1"));
        EXPECT_EQ(galaxy.judge(command).rejection, journey.final);
    }
}

TEST(voyage, walks_its_guards) {
    for (const CommandKind kind : {cargo_depart, cargo_delay, cargo_resume, cargo_locate,
                                   cargo_deliver, cargo_lose, cargo_cancel}) {
        SCOPED_TRACE(name(kind));
        Galaxy galaxy = at_the_quay();
        galaxy.run(ship("over", "ceres", "vesta", {}));
        galaxy.run(move(cargo_cancel, "over"));
        galaxy.run(ship("way", "ceres", "vesta", {{"ore", 1}}));
        galaxy.run(move(cargo_depart, "way"));
        galaxy.run(ship("late", "ceres", "vesta", {{"ore", 1}}));
        galaxy.run({move(cargo_depart, "late"), move(cargo_delay, "late")});
        const bool starts = kind == cargo_depart || kind == cargo_cancel;
        const std::string right = starts ? "s1" : kind == cargo_resume ? "late" : "way";
        Command command = move(kind, "nowhere");
        command.issued_at = Timestamp{};
        command.expected_version = 9;
        walk(galaxy, command,
             {{Rejection::expired, issue_now},
              {Rejection::shipment_not_found, [](Galaxy&, Command& it) { it.subject = "over"; }},
              {Rejection::stale_version, [](Galaxy&, Command& it) { it.expected_version = 2; }},
              {Rejection::shipment_final, [&](Galaxy&, Command& it) {
                   it.subject = right;
                   it.expected_version.reset();
               }}});
    }
}

}  // namespace
}  // namespace itn::domain
