#include <gtest/gtest.h>

#include "tests/common/domain/galaxy.h"

namespace itn::domain {
namespace {

const TransactionId t1("t1");
const ShipmentId s1("s1");
const Route route{.origin = StationId("ceres"), .destination = StationId("vesta")};

Fact cargo(EventKind kind, CargoStatus status, std::optional<TransactionId> trade = {}) {
    return {.event = {.kind = kind,
                      .body = CargoChanged{.after = {.id = s1,
                                                     .generated = true,
                                                     .origin = route.origin,
                                                     .destination = route.destination,
                                                     .status = status},
                                           .trade = std::move(trade)}}};
}

World with_trade() {
    World world;
    world.trades.load(t1, Trade{.id = t1});
    world.shipments.load(s1, std::nullopt);
    world.routes[route] = {};
    return world;
}

bool writes_trades(const World& world) {
    bool writes = false;
    world.trades.each_dirty([&](const TransactionId&, const Trade&, bool) { writes = true; });
    return writes;
}

TEST(evolve, keeps_who_travels_where_without_writing_the_trade) {
    World world = with_trade();
    evolve(world, cargo(EventKind::cargo_created, CargoStatus::pending));
    evolve(world, cargo(EventKind::cargo_loaded, CargoStatus::pending, t1));
    EXPECT_EQ(world.trade(t1)->shipment, s1);
    EXPECT_EQ(world.shipment(s1)->manifest.trades, std::vector{t1});
    EXPECT_EQ(world.memberships.at(t1).before, std::nullopt);
    EXPECT_EQ(world.memberships.at(t1).after, s1);

    evolve(world, cargo(EventKind::cargo_unloaded, CargoStatus::pending, t1));
    EXPECT_EQ(world.trade(t1)->shipment, std::nullopt);
    EXPECT_TRUE(world.shipment(s1)->manifest.trades.empty());
    EXPECT_EQ(world.memberships.at(t1).after, std::nullopt);
    EXPECT_FALSE(writes_trades(world));
}

TEST(evolve, remembers_what_the_loaded_row_said) {
    World world;
    world.trades.load(t1, Trade{.id = t1, .shipment = s1});
    world.shipments.load(s1, Shipment{.cargo = {.id = s1}, .manifest = {.trades = {t1}}});
    evolve(world, cargo(EventKind::cargo_unloaded, CargoStatus::pending, t1));
    evolve(world, cargo(EventKind::cargo_loaded, CargoStatus::pending, t1));
    EXPECT_EQ(world.memberships.at(t1).before, s1);
    EXPECT_EQ(world.memberships.at(t1).after, s1);
}

TEST(evolve, puts_every_trade_of_a_cancelled_shipment_ashore) {
    World world;
    world.shipments.load(
        s1, Shipment{.cargo = {.id = s1}, .manifest = {.own = {Goods{}}, .trades = {t1}}});
    evolve(world, cargo(EventKind::cargo_cancelled, CargoStatus::cancelled));
    EXPECT_TRUE(world.shipment(s1)->manifest.trades.empty());
    EXPECT_EQ(world.shipment(s1)->manifest.own.size(), 1u);
    EXPECT_EQ(world.memberships.at(t1).before, s1);
    EXPECT_EQ(world.memberships.at(t1).after, std::nullopt);
    EXPECT_FALSE(world.trades.is_loaded(t1));
}

TEST(evolve, opens_and_closes_the_shipments_of_a_loaded_route) {
    World world = with_trade();
    evolve(world, cargo(EventKind::cargo_created, CargoStatus::pending));
    EXPECT_EQ(world.open_shipments(route), std::vector{s1});
    evolve(world, cargo(EventKind::cargo_departed, CargoStatus::in_transit));
    EXPECT_TRUE(world.open_shipments(route).empty());

    World other;
    evolve(other, cargo(EventKind::cargo_created, CargoStatus::pending));
    EXPECT_THROW(other.open_shipments(route), NotGathered);
}

TEST(evolve, changes_nothing_for_a_critical) {
    World world = with_trade();
    const std::string before = test::text_of(world);
    evolve(world, {.event = {.kind = EventKind::critical, .body = Critical{}}});
    EXPECT_EQ(test::text_of(world), before);
    EXPECT_FALSE(writes_trades(world));
}

}  // namespace
}  // namespace itn::domain
