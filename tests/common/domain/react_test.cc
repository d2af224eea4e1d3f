#include <gtest/gtest.h>

#include "tests/common/domain/galaxy.h"

namespace itn::domain {
namespace {

const TransactionId t1("t1");
const TransactionId t2("t2");
const ShipmentId s1("s1");
const StationId ceres("ceres");
const StationId vesta("vesta");

Event trade(EventKind kind, Trade after) {
    after.id = t1;
    after.seller = ceres;
    after.buyer = vesta;
    if (after.destination.empty()) after.destination = vesta;
    return {.kind = kind, .body = TradeChanged{.after = std::move(after)}};
}

Event cargo(EventKind kind) {
    return {.kind = kind,
            .body = CargoChanged{.after = {.id = s1, .origin = ceres, .destination = vesta},
                                 .manifest = {.trades = {t1, t2}}}};
}

Reaction load(const TransactionId& id) {
    return {.kind = CommandKind::cargo_load,
            .subject = id.text(),
            .body = LoadCargo{.trade = id, .route = {ceres, vesta}}};
}

TEST(react, loads_a_confirmed_trade_unless_it_is_collected) {
    EXPECT_EQ(react(trade(EventKind::trade_confirmed, {})), std::vector{load(t1)});
    EXPECT_TRUE(react(trade(EventKind::trade_confirmed, {.destination = ceres})).empty());
}

TEST(react, unloads_a_cancelled_trade_that_was_loaded) {
    const Reaction unload{
        .kind = CommandKind::cargo_unload, .subject = "t1", .body = UnloadCargo{.trade = t1}};
    EXPECT_EQ(react(trade(EventKind::trade_cancelled, {.shipment = s1})), std::vector{unload});
    EXPECT_TRUE(react(trade(EventKind::trade_cancelled, {})).empty());
}

TEST(react, makes_every_trade_follow_its_shipment) {
    const auto follow = [](CommandKind kind, const TransactionId& id) {
        return Reaction{.kind = kind, .subject = id.text(), .body = FollowShipment{.shipment = s1}};
    };
    using enum CommandKind;
    const auto both = [&](CommandKind kind) {
        return std::vector{follow(kind, t1), follow(kind, t2)};
    };
    EXPECT_EQ(react(cargo(EventKind::cargo_departed)), both(trade_depart));
    EXPECT_EQ(react(cargo(EventKind::cargo_delivered)), both(trade_complete));
    EXPECT_EQ(react(cargo(EventKind::cargo_lost)), both(trade_fail));
    EXPECT_EQ(react(cargo(EventKind::cargo_cancelled)), (std::vector{load(t1), load(t2)}));
}

TEST(react, leaves_all_else_alone) {
    using enum EventKind;
    for (const EventKind kind : {trade_rejected, trade_in_transit, trade_completed, trade_failed}) {
        EXPECT_TRUE(react(trade(kind, {.shipment = s1})).empty()) << name(kind);
    }
    for (const EventKind kind : {cargo_created, cargo_loaded, cargo_unloaded, cargo_delayed,
                                 cargo_resumed, cargo_located}) {
        EXPECT_TRUE(react(cargo(kind)).empty()) << name(kind);
    }
    EXPECT_TRUE(react({.kind = inventory_changed, .body = StockChanged{}}).empty());
    EXPECT_TRUE(react({.kind = critical, .body = Critical{}}).empty());
}

}  // namespace
}  // namespace itn::domain
