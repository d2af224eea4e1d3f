#pragma once

// The promises of Store and Transaction, as one typed suite over every implementation. A Backend
// makes a fresh database in its constructor, with lanes of 4 shards, the stations ceres and vesta
// and the products ice and ore:
//
//   std::unique_ptr<Store> open(Family);  std::size_t parked();  std::size_t instances();
//   void set_rights(const Rights&);

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/base/limits.h"
#include "tests/common/storage/samples.h"

namespace itn::storage::contract {

template <class Backend>
class StoreContract : public ::testing::Test {
protected:
    Backend backend_;
};
TYPED_TEST_SUITE_P(StoreContract);

TYPED_TEST_P(StoreContract, RowsComeBackAsTheyWereRecorded) {
    const auto trade_store = this->backend_.open(Family::trade);
    const auto cargo_store = this->backend_.open(Family::cargo);
    domain::World world;
    world.trades.change(trade_id(1)) = a_trade(1);
    domain::Shipment& shipment = world.shipments.change(ShipmentId("s1"));
    shipment = a_shipment("s1", 1);
    join(world, trade_id(1), shipment);
    write(*cargo_store, world);
    put_stock(*trade_store, ceres_ice, Quantity(9), Quantity(4));

    const domain::World found =
        load(*cargo_store, {.shipments_with_trades = {ShipmentId("s1")}, .stock = {ceres_ice}});
    ASSERT_NE(found.shipment(ShipmentId("s1")), nullptr);
    EXPECT_EQ(*found.shipment(ShipmentId("s1")), shipment);
    domain::Trade expected = a_trade(1);
    expected.shipment = ShipmentId("s1");
    ASSERT_NE(found.trade(trade_id(1)), nullptr);
    EXPECT_EQ(*found.trade(trade_id(1)), expected);
    EXPECT_EQ(
        found.stock(ceres_ice),
        (domain::Stock{
            .key = ceres_ice, .on_hand = Quantity(9), .reserved = Quantity(4), .version = 1}));

    const domain::World seen = load(*trade_store, {.trades_with_shipment = {trade_id(1)}});
    EXPECT_EQ(*seen.shipment(ShipmentId("s1")), shipment);
}

TYPED_TEST_P(StoreContract, ChangesComeBackAsTheyWereRecorded) {
    const auto store = this->backend_.open(Family::cargo);
    domain::World world;
    world.trades.change(trade_id(1)) = a_trade(1);
    world.shipments.change(ShipmentId("s1")) = a_shipment("s1", 1);
    write(*store, world);

    domain::World next = load(*store, {.trades = {trade_id(1)}, .shipments = {ShipmentId("s1")}});
    domain::Trade& trade = next.trades.change(trade_id(1));
    trade.status = domain::TradeStatus::cancelled;
    trade.reason = "no need";
    trade.version = 2;
    trade.updated_at = at_second(50);
    domain::Shipment& shipment = next.shipments.change(ShipmentId("s1"));
    shipment.cargo.status = domain::CargoStatus::delayed;
    shipment.cargo.eta.reset();
    shipment.cargo.departed_at = at_second(51);
    shipment.cargo.version = 3;
    shipment.cargo.updated_at = at_second(52);
    write(*store, next);

    const domain::World found =
        load(*store, {.trades = {trade_id(1)}, .shipments = {ShipmentId("s1")}});
    EXPECT_EQ(*found.trade(trade_id(1)), trade);
    EXPECT_EQ(*found.shipment(ShipmentId("s1")), shipment);
}

TYPED_TEST_P(StoreContract, WhatIsNotThereIsLoadedAsNone) {
    const auto store = this->backend_.open(Family::cargo);
    const TransactionId odd("not-a-uuid");
    const domain::StockKey unknown{StationId("nowhere"), ice};
    const domain::World world = load(*store, {.trades = {trade_id(1), odd},
                                              .trades_with_shipment = {trade_id(2)},
                                              .shipments = {ShipmentId("s1")},
                                              .shipments_with_trades = {ShipmentId("s2")},
                                              .routes = {route},
                                              .stock = {ceres_ice, unknown}});
    EXPECT_EQ(world.trade(trade_id(1)), nullptr);
    EXPECT_EQ(world.trade(trade_id(2)), nullptr);
    EXPECT_EQ(world.trade(odd), nullptr);
    EXPECT_EQ(world.shipment(ShipmentId("s1")), nullptr);
    EXPECT_EQ(world.shipment(ShipmentId("s2")), nullptr);
    EXPECT_TRUE(world.open_shipments(route).empty());
    EXPECT_EQ(world.stock(ceres_ice), domain::Stock{.key = ceres_ice});
    EXPECT_EQ(world.stock(unknown), domain::Stock{.key = unknown});
}

TYPED_TEST_P(StoreContract, OpenShipmentsAreThoseWithRoomOldestFirst) {
    const auto store = this->backend_.open(Family::cargo);
    domain::World world;
    const auto add = [&](const char* id, int second) -> domain::Cargo& {
        domain::Shipment& row = world.shipments.change(ShipmentId(id));
        row = a_shipment(id, second);
        return row.cargo;
    };
    add("younger", 20);
    add("older", 10);
    add("full", 1).trade_count = std::int32_t(limits::max_trades_per_shipment);
    add("gone", 2).status = domain::CargoStatus::in_transit;
    add("chosen", 3).generated = false;
    add("elsewhere", 4).destination = ceres;
    write(*store, world);

    const domain::World found = load(*store, {.routes = {route}});
    EXPECT_EQ(found.open_shipments(route),
              (std::vector{ShipmentId("older"), ShipmentId("younger")}));
    ASSERT_NE(found.shipment(ShipmentId("older")), nullptr);
    EXPECT_EQ(found.shipment(ShipmentId("older"))->manifest.own, a_shipment("x", 1).manifest.own);
}

TYPED_TEST_P(StoreContract, TradesStandInTheOrderOfLoading) {
    const auto store = this->backend_.open(Family::cargo);
    const ShipmentId id("s1");
    domain::World first;
    domain::Shipment& fresh = first.shipments.change(id);
    fresh = a_shipment("s1", 1);
    for (const int n : {3, 1, 2}) {
        first.trades.change(trade_id(n)) = a_trade(n);
        join(first, trade_id(n), fresh);
    }
    first.trades.change(trade_id(0)) = a_trade(0);
    write(*store, first);

    domain::World second = load(*store, {.trades = {trade_id(0)}, .shipments = {id}});
    domain::Shipment& row = second.shipments.change(id);
    EXPECT_EQ(row.manifest.trades, (std::vector{trade_id(3), trade_id(1), trade_id(2)}));
    ++row.cargo.version;
    std::erase(row.manifest.trades, trade_id(1));
    second.memberships[trade_id(1)] = {.trade = trade_id(1), .before = id, .after = {}};
    join(second, trade_id(0), row);
    write(*store, second);

    const domain::World found = load(*store, {.trades = {trade_id(1)}, .shipments = {id}});
    EXPECT_EQ(found.shipment(id)->manifest.trades,
              (std::vector{trade_id(3), trade_id(2), trade_id(0)}));
    EXPECT_EQ(found.trade(trade_id(1))->shipment, std::nullopt);
}

TYPED_TEST_P(StoreContract, SeqsAreContiguousPerLaneWhoeverWrites) {
    constexpr int writers = 4;
    constexpr int batches = 20;
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([&, writer] {
            const auto store = this->backend_.open(Family::trade);
            for (int batch = 0; batch < batches; ++batch) {
                // Two lanes in one batch, named in both orders.
                const Lane here = writer % 2 == 0 ? lane_0 : lane_1;
                const Lane there = writer % 2 == 0 ? lane_1 : lane_0;
                WriteSet writes{.entries = {an_entry(here, "a", 1), an_entry(there, "b", 1),
                                            an_entry(here, "c", 1)}};
                write(*store, writes);
            }
        });
    }
    threads.clear();
    const auto store = this->backend_.open(Family::trade);
    for (const Lane lane : {lane_0, lane_1}) {
        const auto entries = store->journal(lane, 0, 10'000);
        ASSERT_EQ(entries.size(), std::size_t(writers * batches * 3 / 2));
        for (std::size_t i = 0; i < entries.size(); ++i)
            EXPECT_EQ(entries[i].seq, std::int64_t(i) + 1);
    }
}

TYPED_TEST_P(StoreContract, RolledBackSeqsAreTakenAgain) {
    const auto store = this->backend_.open(Family::trade);
    {
        const auto transaction = store->begin();
        WriteSet writes{.entries = {an_entry(lane_0, "a", 1), an_entry(lane_0, "a", 2)}};
        transaction->record(writes);
        EXPECT_EQ(writes.entries[1].seq, 2);
    }
    WriteSet writes{.outcomes = {an_outcome("c1", 2), an_outcome("c2", 0)},
                    .entries = {an_entry(lane_1, "a", 1), an_entry(lane_0, "b", 1)}};
    write(*store, writes);
    EXPECT_EQ(writes.entries[1].seq, 1);
    EXPECT_EQ(writes.outcomes[0].seq, 1);
    EXPECT_EQ(writes.outcomes[1].seq, 0);
    EXPECT_EQ(store->journal(lane_0, 0, 10), std::vector{writes.entries[1]});
}

TYPED_TEST_P(StoreContract, KnownOutcomesComeBackAsTheyWereRecorded) {
    const auto store = this->backend_.open(Family::trade);
    WriteSet writes{.outcomes = {an_outcome("c1")}};
    write(*store, writes);
    const std::vector<OutcomeKey> keys{{Principal("dev"), CommandId("c1")},
                                       {Principal("dev"), CommandId("c2")},
                                       {Principal("other"), CommandId("c1")}};
    EXPECT_EQ(store->begin()->known(keys), writes.outcomes);
}

TYPED_TEST_P(StoreContract, AnOutcomeIsRecordedOnce) {
    const auto store = this->backend_.open(Family::trade);
    WriteSet first{.outcomes = {an_outcome("c1")}};
    write(*store, first);
    WriteSet again{.outcomes = {an_outcome("c1")}, .entries = {an_entry(lane_0, "a", 1)}};
    EXPECT_THROW(write(*store, again), OutcomeTaken);
    EXPECT_TRUE(store->journal(lane_0, 0, 10).empty());
}

TYPED_TEST_P(StoreContract, ConstraintsAreFaultsOfACommand) {
    const auto store = this->backend_.open(Family::trade);
    EXPECT_EQ(sqlstate_of([&] { put_stock(*store, ceres_ice, Quantity(-1)); }), "23514");
    EXPECT_EQ(sqlstate_of([&] { put_stock(*store, ceres_ice, Quantity(1), Quantity(2)); }),
              "23514");
    EXPECT_EQ(sqlstate_of([&] {
                  put_stock(*store, {ceres, ProductId("x")}, Quantity(1));
              }),
              "23503");
    EXPECT_EQ(sqlstate_of([&] {
                  WriteSet writes{.outcomes = {an_outcome("c1")}};
                  writes.outcomes[0].payload_hash = "not hex";
                  write(*store, writes);
              }),
              "22P02");
    domain::World world;
    world.trades.change(trade_id(1)) = a_trade(1);
    write(*store, world);
    EXPECT_EQ(sqlstate_of([&] { write(*store, world); }), "23505");
    EXPECT_EQ(load(*store, {.stock = {ceres_ice}}).stock(ceres_ice).version, 0);
}

TYPED_TEST_P(StoreContract, ARowThatDoesNotMoveOnIsAMachineFailure) {
    const auto store = this->backend_.open(Family::trade);
    put_stock(*store, ceres_ice, Quantity(5));
    domain::World stale = load(*store, {.stock = {ceres_ice}});
    stale.stocks.change(ceres_ice).on_hand = Quantity(6);
    EXPECT_THROW(write(*store, stale), MachineFailure);
    EXPECT_EQ(load(*store, {.stock = {ceres_ice}}).stock(ceres_ice).on_hand, Quantity(5));
}

TYPED_TEST_P(StoreContract, WatermarksMoveFromWhereTheyStandOnly) {
    const auto store = this->backend_.open(Family::trade);
    WriteSet writes{.entries = {an_entry(lane_1, "a", 1), an_entry(lane_1, "a", 2)}};
    write(*store, writes);
    EXPECT_FALSE(store->advance(lane_1, Watermark::published, 1, 2));
    EXPECT_TRUE(store->advance(lane_1, Watermark::published, 0, 2));
    EXPECT_FALSE(store->advance(lane_1, Watermark::published, 0, 1));
    EXPECT_TRUE(store->advance(lane_1, Watermark::reacted, 0, 1));
    EXPECT_EQ(sqlstate_of([&] { store->advance(lane_1, Watermark::published, 2, 3); }), "23514");
    const auto counters = store->counters(Family::trade);
    ASSERT_EQ(counters.size(), 4U);
    EXPECT_EQ(counters[1],
              (LaneCounters{.lane = lane_1, .last_seq = 2, .published_seq = 2, .reacted_seq = 1}));
    EXPECT_EQ(counters[0], LaneCounters{.lane = lane_0});
    EXPECT_EQ(store->counters(Family::catalogue).size(), 1U);
}

TYPED_TEST_P(StoreContract, TheJournalIsReadInPieces) {
    const auto store = this->backend_.open(Family::trade);
    WriteSet writes{
        .entries = {an_entry(lane_0, "a", 1), an_entry(lane_0, "a", 2), an_entry(lane_0, "a", 3)}};
    write(*store, writes);
    EXPECT_EQ(store->journal(lane_0, 1, 1), std::vector{writes.entries[1]});
    EXPECT_TRUE(store->journal(lane_0, 3, 10).empty());
    EXPECT_FALSE(store->epoch().empty());
}

TYPED_TEST_P(StoreContract, OnePublisherPerLane) {
    auto mine = this->backend_.open(Family::trade);
    const auto other = this->backend_.open(Family::trade);
    EXPECT_TRUE(mine->try_lock(lane_0));
    EXPECT_FALSE(other->try_lock(lane_0));
    EXPECT_TRUE(other->try_lock(lane_1));
    mine->unlock(lane_0);
    EXPECT_TRUE(other->try_lock(lane_0));
    EXPECT_FALSE(mine->try_lock(lane_1));
}

TYPED_TEST_P(StoreContract, AttemptsAreCounted) {
    const auto store = this->backend_.open(Family::trade);
    const OutcomeKey key{Principal("dev"), CommandId("c1")};
    EXPECT_EQ(store->count_attempt(key), 1);
    EXPECT_EQ(store->count_attempt(key), 2);
    EXPECT_EQ(store->count_attempt({Principal("dev"), CommandId("c2")}), 1);
}

TYPED_TEST_P(StoreContract, UnreadableBytesAreParkedOnce) {
    const auto store = this->backend_.open(Family::trade);
    const std::vector<Parked> parked{{.lane = lane_0,
                                      .reason = "unreadable",
                                      .detail = "no JSON",
                                      .payload = std::string("\0\xff{", 3)}};
    store->park_unreadable(parked);
    store->park_unreadable(parked);
    EXPECT_EQ(this->backend_.parked(), 1U);
    WriteSet writes{.outcomes = {an_outcome("c1")},
                    .parked = {{.lane = lane_0,
                                .principal = "dev",
                                .command_id = "c1",
                                .reason = "23514",
                                .payload = "{}"}}};
    write(*store, writes);
    EXPECT_EQ(this->backend_.parked(), 2U);
}

TYPED_TEST_P(StoreContract, InstancesAreRememberedByName) {
    const auto store = this->backend_.open(Family::trade);
    store->beat("worker-1", Family::trade, "host", 3);
    store->beat("worker-1", Family::trade, "host", 4);
    store->beat("worker-2", Family::trade, "host", 0);
    EXPECT_EQ(this->backend_.instances(), 2U);
}

TYPED_TEST_P(StoreContract, RightsAreThoseOfEachPrincipalNow) {
    const Rights user{.principal = Principal("user:nova"),
                      .roles = identity::Roles(identity::Role::operator_),
                      .stations = {ceres, vesta}};
    const Rights partner{.principal = Principal("partner:acme"),
                         .roles = identity::Roles(identity::Role::partner),
                         .stations = {vesta},
                         .disabled = true,
                         .version = 3};
    this->backend_.set_rights(user);
    this->backend_.set_rights(partner);
    const auto store = this->backend_.open(Family::trade);
    const auto transaction = store->begin();
    const std::vector<Principal> asked{user.principal, Principal("user:nobody"), Principal("nova"),
                                       partner.principal, Principal("system")};
    auto found = transaction->rights(asked);
    std::ranges::sort(found, {}, &Rights::principal);
    EXPECT_EQ(found, (std::vector{partner, user}));
    EXPECT_TRUE(transaction->rights({}).empty());
}

REGISTER_TYPED_TEST_SUITE_P(StoreContract, RowsComeBackAsTheyWereRecorded,
                            ChangesComeBackAsTheyWereRecorded, WhatIsNotThereIsLoadedAsNone,
                            OpenShipmentsAreThoseWithRoomOldestFirst,
                            TradesStandInTheOrderOfLoading, SeqsAreContiguousPerLaneWhoeverWrites,
                            RolledBackSeqsAreTakenAgain, KnownOutcomesComeBackAsTheyWereRecorded,
                            AnOutcomeIsRecordedOnce, ConstraintsAreFaultsOfACommand,
                            ARowThatDoesNotMoveOnIsAMachineFailure,
                            WatermarksMoveFromWhereTheyStandOnly, TheJournalIsReadInPieces,
                            OnePublisherPerLane, AttemptsAreCounted, UnreadableBytesAreParkedOnce,
                            InstancesAreRememberedByName, RightsAreThoseOfEachPrincipalNow);

}  // namespace itn::storage::contract
