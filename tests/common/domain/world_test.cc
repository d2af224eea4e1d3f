#include "common/domain/world.h"

#include <gtest/gtest.h>

namespace itn::domain {
namespace {

const TransactionId t1("t1");
const ShipmentId s1("s1");
const Route route{.origin = StationId("ceres"), .destination = StationId("vesta")};
const StockKey ice{StationId("ceres"), ProductId("ice")};

template <class Ask>
Wanted missing(Ask ask) {
    try {
        ask();
    } catch (const NotGathered& thrown) {
        return thrown.wanted;
    }
    return {};
}

TEST(world, names_the_row_that_was_never_loaded) {
    const World world;
    EXPECT_EQ(missing([&] { world.trade(t1); }).trades, std::set{t1});
    EXPECT_EQ(missing([&] { world.shipment(s1); }).shipments, std::set{s1});
    EXPECT_EQ(missing([&] { world.stock(ice); }).stock, std::set{ice});
    EXPECT_EQ(missing([&] { world.open_shipments(route); }).routes, std::set{route});
}

TEST(world, knows_rows_that_do_not_exist) {
    World world;
    world.trades.load(t1, std::nullopt);
    world.shipments.load(s1, std::nullopt);
    world.stocks.load(ice, std::nullopt);
    world.routes[route] = {s1};
    EXPECT_EQ(world.trade(t1), nullptr);
    EXPECT_EQ(world.shipment(s1), nullptr);
    EXPECT_EQ(world.stock(ice), Stock{});
    EXPECT_EQ(world.open_shipments(route), std::vector{s1});
}

TEST(rows, tell_what_is_to_be_written) {
    Rows<TransactionId, Trade> rows;
    rows.load(t1, Trade{.id = t1});
    rows.load(TransactionId("t2"), Trade{});
    rows.load(TransactionId("t3"), std::nullopt);
    rows.change(t1).version = 5;
    rows.change(TransactionId("t3")).version = 1;
    rows.peek(TransactionId("t2"))->shipment = s1;
    EXPECT_EQ(rows.peek(TransactionId("t4")), nullptr);

    std::string told;
    rows.each_dirty([&](const TransactionId& id, const Trade& row, bool is_fresh) {
        told += id.text() + "@" + std::to_string(row.version) + (is_fresh ? " fresh " : " ");
    });
    EXPECT_EQ(told, "t1@5 t3@1 fresh ");
    EXPECT_EQ(rows.find(TransactionId("t2"))->shipment, s1);
}

TEST(wanted, merges_every_set) {
    const Wanted full{.trades = {t1},
                      .trades_with_shipment = {t1},
                      .shipments = {s1},
                      .shipments_with_trades = {s1},
                      .routes = {route},
                      .stock = {ice}};
    Wanted sum;
    EXPECT_TRUE(sum.empty());
    sum.merge(full);
    sum.merge(full);
    EXPECT_EQ(sum.trades, full.trades);
    EXPECT_EQ(sum.trades_with_shipment, full.trades_with_shipment);
    EXPECT_EQ(sum.shipments, full.shipments);
    EXPECT_EQ(sum.shipments_with_trades, full.shipments_with_trades);
    EXPECT_EQ(sum.routes, full.routes);
    EXPECT_EQ(sum.stock, full.stock);
    EXPECT_FALSE(sum.empty());
}

}  // namespace
}  // namespace itn::domain
