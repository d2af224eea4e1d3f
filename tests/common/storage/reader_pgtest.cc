#include "common/storage/reader.h"

#include <gtest/gtest.h>

#include "tests/common/storage/postgres_backend.h"

namespace itn::storage {
namespace {

using namespace contract;

constexpr Lane catalogue_lane{.family = Family::catalogue, .shard = 0};

class ReaderTest : public ::testing::Test {
protected:
    void put_trades(int count) {
        domain::World world;
        for (int n = 1; n <= count; ++n)
            world.trades.change(trade_id(n)) = a_trade(n);
        write(*store_, world);
    }
    std::vector<TransactionId> ids(const TradeFilter& filter) {
        std::vector<TransactionId> found;
        for (const domain::Trade& trade : reader_.trades(filter).value.rows)
            found.push_back(trade.id);
        return found;
    }

    PostgresBackend backend_;
    std::unique_ptr<Store> store_ = backend_.open(Family::cargo);
    Reader reader_{backend_.url(), "reader-test"};
    Cause cause_{.caused_by = "request", .traceparent = "00-t", .at = at_second(1)};
};

TEST_F(ReaderTest, AStationIsMadeChangedAndTakenAwayWithItsEvents) {
    wire::Station pallas{.id = StationId("pallas"), .name = "Pallas", .kind = "planet", .x = -1};
    const auto made = reader_.create_station(pallas, cause_);
    pallas.version = 1;
    EXPECT_EQ(made.result, Written::done);
    EXPECT_EQ(made.row, pallas);
    EXPECT_EQ(made.position.seqs.at(catalogue_lane), 1);
    EXPECT_EQ(reader_.create_station(pallas, cause_).result, Written::exists);

    pallas.name = "Pallas II";
    const auto stale = reader_.update_station(pallas, 7, cause_);
    EXPECT_EQ(stale.result, Written::stale);
    EXPECT_EQ(stale.row->version, 1);
    pallas.version = 2;
    EXPECT_EQ(reader_.update_station(pallas, 1, cause_).row, pallas);
    EXPECT_EQ(reader_.station(StationId("pallas")).value, pallas);
    EXPECT_EQ(reader_.update_station({.id = StationId("x"), .kind = "planet"}, 1, cause_).result,
              Written::missing);

    EXPECT_EQ(reader_.delete_station(StationId("pallas"), 1, cause_).result, Written::stale);
    EXPECT_EQ(reader_.delete_station(StationId("pallas"), 2, cause_).result, Written::done);
    EXPECT_EQ(reader_.delete_station(StationId("pallas"), 2, cause_).result, Written::missing);
    EXPECT_EQ(reader_.create_station(pallas, cause_).row->version, 4);

    std::string kinds;
    for (const auto& entry : reader_.journal(catalogue_lane, 0, 10)) {
        kinds += std::string(name(entry.kind)) + " " + std::to_string(entry.version) + "; ";
    }
    EXPECT_EQ(kinds,
              "station.created 1; station.updated 2; station.deleted 3; station.created 4; ");
}

TEST_F(ReaderTest, AProductComesBackWithItsImages) {
    wire::Product gas{.id = ProductId("gas"),
                      .name = "Gas",
                      .description = "d",
                      .category = "c",
                      .brand = "b",
                      .unit_price = Credits(3),
                      .unit_volume = Volume(4),
                      .images = {"https://a/{1},\"2\".png", "", "NULL", "back\\slash"},
                      .version = 1};
    EXPECT_EQ(reader_.create_product(gas, cause_).row, gas);
    EXPECT_EQ(reader_.product(ProductId("gas")).value, gas);
    EXPECT_EQ(reader_.catalogue().value.products.size(), 3U);
    EXPECT_EQ(reader_.catalogue().value.products[0], gas);
    const auto page = reader_.products(ProductId("gas"), 1).value;
    EXPECT_TRUE(page.more);
    ASSERT_EQ(page.rows.size(), 1U);
    EXPECT_EQ(page.rows[0].id, ice);
}

TEST_F(ReaderTest, WhatIsInUseStays) {
    put_stock(*store_, ceres_ice, Quantity(1));
    EXPECT_EQ(reader_.delete_station(ceres, 1, cause_).result, Written::in_use);
    EXPECT_EQ(reader_.delete_product(ice, 1, cause_).result, Written::in_use);
    load(*store_, {.stock = {{vesta, ore}}});  // looked at, never changed
    EXPECT_EQ(reader_.delete_product(ore, 1, cause_).result, Written::done);
    put_trades(1);
    EXPECT_EQ(reader_.delete_station(vesta, 1, cause_).result, Written::in_use);
}

TEST_F(ReaderTest, TradesAreListedNewestFirstInPages) {
    put_trades(5);
    TradeFilter filter{.limit = 2};
    EXPECT_EQ(ids(filter), (std::vector{trade_id(5), trade_id(4)}));
    EXPECT_TRUE(reader_.trades(filter).value.more);
    filter.after = TimeCursor{.created_at = at_second(4), .id = trade_id(4).text()};
    EXPECT_EQ(ids(filter), (std::vector{trade_id(3), trade_id(2)}));
    filter.after = TimeCursor{.created_at = at_second(2), .id = trade_id(2).text()};
    EXPECT_EQ(ids(filter), (std::vector{trade_id(1)}));
    EXPECT_FALSE(reader_.trades(filter).value.more);
}

TEST_F(ReaderTest, TradesAreFiltered) {
    put_trades(4);
    domain::World world = load(*store_, {.trades = {trade_id(2)}});
    domain::Trade& trade = world.trades.change(trade_id(2));
    trade.status = domain::TradeStatus::cancelled;
    trade.version = 2;
    write(*store_, world);
    EXPECT_EQ(ids({.status = domain::TradeStatus::cancelled, .limit = 9}),
              (std::vector{trade_id(2)}));
    EXPECT_EQ(ids({.from = at_second(2), .to = at_second(4), .limit = 9}),
              (std::vector{trade_id(3), trade_id(2)}));
    EXPECT_EQ(ids({.station = vesta, .product = ore, .limit = 9}).size(), 4U);
    EXPECT_TRUE(ids({.station = StationId("pallas"), .limit = 9}).empty());
    EXPECT_TRUE(ids({.product = ProductId("gas"), .limit = 9}).empty());
    EXPECT_EQ(reader_.trade(trade_id(2)).value, trade);
    EXPECT_EQ(reader_.trade(TransactionId("nonsense")).value, std::nullopt);
}

TEST_F(ReaderTest, CargoShowsItsTradesAndTheirGoods) {
    domain::World world;
    domain::Shipment& row = world.shipments.change(ShipmentId("s1"));
    row = a_shipment("s1", 1);
    for (const int n : {2, 1}) {
        world.trades.change(trade_id(n)) = a_trade(n);
        join(world, trade_id(n), row);
    }
    world.shipments.change(ShipmentId("s2")) = a_shipment("s2", 2);
    write(*store_, world);
    const auto found = reader_.cargo(ShipmentId("s1")).value;
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->shipment, row);
    ASSERT_EQ(found->aboard.size(), 4U);
    EXPECT_EQ(found->aboard[0],
              (domain::Goods{.product = ice, .quantity = Quantity(3), .unit_volume = Volume(2)}));
    EXPECT_EQ(reader_.trade(trade_id(1)).value->shipment, ShipmentId("s1"));
    const auto page = reader_.cargos({.station = vesta, .limit = 1}).value;
    EXPECT_TRUE(page.more);
    EXPECT_EQ(page.rows[0].shipment.cargo.id, ShipmentId("s2"));
    const auto next = reader_.cargos({.after = TimeCursor{at_second(2), "s2"}, .limit = 1}).value;
    ASSERT_EQ(next.rows.size(), 1U);
    EXPECT_EQ(next.rows[0].shipment, row);
    EXPECT_TRUE(
        reader_.cargos({.status = domain::CargoStatus::lost, .limit = 9}).value.rows.empty());
}

/// Of twenty trades and shipments, five of each moment, every third is of pallas.
class PagesOfOneParty : public ReaderTest {
protected:
    static constexpr int of_a_moment = 5;

    PagesOfOneParty() {
        const StationId pallas{"pallas"};
        reader_.create_station({.id = pallas, .name = "Pallas", .kind = "planet"}, cause_);
        domain::World world;
        for (int n = 20; n > 0; --n) {
            const ShipmentId id("s" + std::to_string(10 + n));
            auto trade = a_trade(n);
            auto shipment = a_shipment(id.text(), n / of_a_moment);
            trade.created_at = at_second(n / of_a_moment);
            if (n % 3 == 0) {
                trade.seller = pallas;
                shipment.cargo.origin = pallas;
                trades_.push_back(trade.id.text());
                shipments_.push_back(id.text());
            }
            world.trades.change(trade.id) = trade;
            world.shipments.change(id) = shipment;
        }
        write(*store_, world);
    }

    /// What all pages show, each looking at so many rows; ids of others in cursors are added.
    template <class Filter, class Ask, class IdOf>
    std::vector<std::string> all_pages(std::size_t examine, const Ask& ask, const IdOf& id_of,
                                       std::string_view least) {
        std::vector<std::string> found;
        Filter filter{.parties = std::vector{StationId("pallas")}, .limit = 3, .examine = examine};
        for (int pages = 0; pages < 50; ++pages) {
            const auto page = ask(filter);
            for (const auto& row : page.rows)
                found.push_back(id_of(row));
            if (!page.more) return found;
            const bool is_own = !page.rows.empty() && page.next->id == id_of(page.rows.back());
            if (examine > of_a_moment && !is_own && page.next->id != least)
                found.push_back("told: " + page.next->id);
            filter.after = page.next;
        }
        return {"without end"};
    }

    std::vector<std::string> trades_{};     // of pallas, newest first
    std::vector<std::string> shipments_{};  // likewise
};

TEST_F(PagesOfOneParty, LoseRepeatAndTellNothing) {
    for (std::size_t examine = 1; examine <= 22; ++examine) {
        EXPECT_EQ(all_pages<TradeFilter>(
                      examine, [&](const auto& filter) { return reader_.trades(filter).value; },
                      [](const auto& row) { return row.id.text(); },
                      "00000000-0000-0000-0000-000000000000"),
                  trades_)
            << examine;
        EXPECT_EQ(all_pages<CargoFilter>(
                      examine, [&](const auto& filter) { return reader_.cargos(filter).value; },
                      [](const auto& row) { return row.shipment.cargo.id.text(); }, "0"),
                  shipments_)
            << examine;
    }
}

TEST_F(PagesOfOneParty, OfNobodyThereIsOneEmptyPage) {
    const std::vector<StationId> nobody;
    const auto trades = reader_.trades({.parties = nobody, .limit = 3, .examine = 4}).value;
    EXPECT_TRUE(trades.rows.empty());
    EXPECT_FALSE(trades.more || trades.next);
    const auto cargos = reader_.cargos({.parties = nobody, .limit = 3, .examine = 4}).value;
    EXPECT_TRUE(cargos.rows.empty());
    EXPECT_FALSE(cargos.more || cargos.next);
}

TEST_F(ReaderTest, InventoryListsRowsThatEverChanged) {
    put_stock(*store_, ceres_ice, Quantity(5), Quantity(2));
    put_stock(*store_, {vesta, ore}, Quantity(1));
    load(*store_, {.stock = {{ceres, ore}}});
    const auto all = reader_.inventory({.limit = 9}).value.rows;
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].available(), Quantity(3));
    EXPECT_EQ(reader_.inventory({.station = vesta, .limit = 9}).value.rows, std::vector{all[1]});
    EXPECT_EQ(reader_.inventory({.after = ceres_ice, .limit = 9}).value.rows, std::vector{all[1]});
    EXPECT_EQ(reader_.stock(ceres_ice).value, all[0]);
    EXPECT_EQ(reader_.stock({ceres, ore}).value, std::nullopt);
}

TEST_F(ReaderTest, TheLedgerKeepsARunningBalance) {
    for (int n = 1; n <= 3; ++n) {
        WriteSet writes{.entries = {an_entry(lane_0, "ceres/ice", n)}};
        writes.entries[0].at = at_second(n);
        writes.moves = {{.entry = 0, .move = {"lost", "station:vesta", ice, Quantity(1)}},
                        {.entry = 0, .move = {"world", "station:ceres", ice, Quantity(10 * n)}}};
        write(*store_, writes);
    }
    const auto all = reader_.ledger({.key = ceres_ice, .limit = 2}).value;
    EXPECT_EQ(all.balance, Quantity(60));
    EXPECT_TRUE(all.lines.more);
    ASSERT_EQ(all.lines.rows.size(), 2U);
    const LedgerLine& newest = all.lines.rows[0];
    EXPECT_EQ(newest.delta, Quantity(30));
    EXPECT_EQ(newest.balance, Quantity(60));
    EXPECT_EQ(newest.counterpart, "world");
    EXPECT_EQ(newest.caused_by, "command");
    EXPECT_EQ(newest.kind, domain::EventKind::trade_confirmed);
    const LedgerLine& last = all.lines.rows[1];
    const auto rest = reader_.ledger(
        {.key = ceres_ice, .after = LedgerKey{last.at, last.lane, last.seq, last.n}, .limit = 9});
    ASSERT_EQ(rest.value.lines.rows.size(), 1U);
    EXPECT_EQ(rest.value.lines.rows[0].balance, Quantity(10));
    const auto past = reader_.ledger({.key = ceres_ice, .as_of = at_second(2), .limit = 9}).value;
    EXPECT_EQ(past.balance, Quantity(30));
    EXPECT_EQ(past.lines.rows.size(), 2U);
}

TEST_F(ReaderTest, AnOutcomeComesWithItsTrace) {
    WriteSet writes{.outcomes = {an_outcome("c1", 1), an_outcome("c2")},
                    .entries = {an_entry(lane_0, "a", 1)}};
    write(*store_, writes);
    const auto found = reader_.outcome({Principal("dev"), CommandId("c1")}).value;
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->outcome, writes.outcomes[0]);
    EXPECT_EQ(found->traceparent, "00-trace");
    EXPECT_EQ(reader_.outcome({Principal("dev"), CommandId("c2")}).value->traceparent, "");
    EXPECT_EQ(reader_.outcome({Principal("dev"), CommandId("c3")}).value, std::nullopt);
}

TEST_F(ReaderTest, EventsAreReadByTimeBySubjectAndByPosition) {
    const wire::Position start = reader_.position();
    EXPECT_TRUE(start.seqs.empty());
    WriteSet writes{
        .entries = {an_entry(lane_0, "a", 1), an_entry(lane_1, "b", 1), an_entry(lane_0, "a", 2)}};
    for (int i = 0; i < 3; ++i)
        writes.entries[std::size_t(i)].at = at_second(i);
    write(*store_, writes);

    EXPECT_EQ(reader_.recent(2).value, (std::vector{writes.entries[2], writes.entries[1]}));
    EXPECT_EQ(reader_.history("a").value, (std::vector{writes.entries[0], writes.entries[2]}));

    const auto first = reader_.events_since(start, 2);
    EXPECT_EQ(first.value.entries, (std::vector{writes.entries[0], writes.entries[2]}));
    EXPECT_FALSE(first.value.complete);
    const auto rest = reader_.events_since(first.value.reached, 2);
    EXPECT_EQ(rest.value.entries, std::vector{writes.entries[1]});
    EXPECT_TRUE(rest.value.complete);
    EXPECT_EQ(rest.value.reached, rest.position);
    EXPECT_EQ(rest.position.seqs, (std::map<Lane, std::int64_t>{{lane_0, 2}, {lane_1, 1}}));
    EXPECT_EQ(rest.position.epoch, store_->epoch());
    wire::Position foreign = start;
    foreign.epoch = "other";
    EXPECT_TRUE(reader_.events_since(foreign, 9).value.entries.empty());
    EXPECT_EQ(reader_.counters().size(), 13U);
}

TEST_F(ReaderTest, TheFirstEventTellsWhatAThingIs) {
    // One id may be a trade's, a shipment's and a station's.
    WriteSet writes{.entries = {an_entry(lane_0, "a", 1), an_entry(lane_0, "a", 2)}};
    write(*store_, writes);
    EXPECT_EQ(reader_.first_event(Family::trade, "a"), writes.entries[0]);
    EXPECT_EQ(reader_.first_event(Family::cargo, "a"), std::nullopt);
    EXPECT_EQ(reader_.first_event(Family::trade, "b"), std::nullopt);
}

TEST_F(ReaderTest, TheSummaryAddsUp) {
    put_trades(2);
    put_stock(*store_, ceres_ice, Quantity(5), Quantity(2));
    const auto summary = reader_.summary(at_second(60)).value;
    ASSERT_EQ(summary.per_day.size(), 1U);
    EXPECT_EQ(summary.per_day[0].trades, 2);
    EXPECT_EQ(summary.per_day[0].total, Credits(52));
    EXPECT_EQ(summary.per_hour.size(), 1U);
    EXPECT_TRUE(summary.cargo.empty());
    ASSERT_EQ(summary.stock.size(), 1U);
    EXPECT_EQ(summary.stock[0].on_hand, Quantity(5));
}

}  // namespace
}  // namespace itn::storage
