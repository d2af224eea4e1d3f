#include <gtest/gtest.h>

#include <future>

#include "tests/common/storage/postgres_backend.h"
#include "tests/common/storage/store_contract.h"

namespace itn::storage {

namespace contract {
INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, StoreContract, PostgresBackend);
}

namespace {

using namespace contract;

class PostgresStoreTest : public ::testing::Test {
protected:
    PostgresBackend backend_;
    std::unique_ptr<Store> store_ = backend_.open(Family::trade);
};

TEST_F(PostgresStoreTest, OutcomesJournalAndLedgerOnlyGrow) {
    WriteSet writes{.outcomes = {an_outcome("c1")}, .entries = {an_entry(lane_0, "a", 1)}};
    writes.moves = {{.entry = 0, .move = {"world", "station:ceres", ice, Quantity(5)}}};
    write(*store_, writes);
    for (const std::string table : {"outcome", "journal", "ledger"}) {
        // Even for a user who was granted every right again.
        backend_.execute("GRANT ALL ON " + table + " TO CURRENT_USER");
        for (const std::string& wish : {"UPDATE " + table + " SET seq = seq + 1",
                                        "DELETE FROM " + table, "TRUNCATE " + table}) {
            EXPECT_THROW(backend_.execute(wish), pqxx::insufficient_privilege) << wish;
        }
    }
    EXPECT_EQ(store_->journal(lane_0, 0, 10).size(), 1U);
}

TEST_F(PostgresStoreTest, EveryMoveHasTwoLegs) {
    WriteSet writes{.entries = {an_entry(lane_0, "a", 1), an_entry(lane_0, "a", 2)}};
    writes.moves = {{.entry = 1, .move = {"world", "station:ceres", ice, Quantity(5)}},
                    {.entry = 1, .move = {"station:ceres", "lost", ore, Quantity(2)}}};
    write(*store_, writes);
    const auto rows = backend_.execute(
        "SELECT string_agg(format('%s/%s/%s %s %s %s', lane, seq, n, account, product, delta), "
        "'; ' ORDER BY n) FROM ledger");
    EXPECT_STREQ(rows[0][0].c_str(),
                 "trade.00/2/0 world ice -5; trade.00/2/1 station:ceres ice 5; "
                 "trade.00/2/2 station:ceres ore -2; trade.00/2/3 lost ore 2");
}

TEST_F(PostgresStoreTest, BatchesTakeTurnsOnARowAndSeeEachOther) {
    put_stock(*store_, ceres_ice, Quantity(0));
    constexpr int workers = 4;
    constexpr int rounds = 25;
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < workers; ++worker) {
        threads.emplace_back([&] {
            const auto store = backend_.open(Family::inventory);
            for (int round = 0; round < rounds; ++round) {
                const auto transaction = store->begin();
                domain::World world;
                transaction->load({.stock = {ceres_ice, {vesta, ore}, {vesta, ice}}}, world);
                domain::Stock& row = world.stocks.change(ceres_ice);
                row.on_hand += Quantity(1);
                ++row.version;
                WriteSet writes{.world = &world};
                transaction->record(writes);
                transaction->commit();
            }
        });
    }
    threads.clear();
    EXPECT_EQ(load(*store_, {.stock = {ceres_ice}}).stock(ceres_ice).on_hand,
              Quantity(workers * rounds));
}

TEST_F(PostgresStoreTest, ForeignRowsAreSharedOwnRowsAreNot) {
    domain::World world;
    world.trades.change(trade_id(1)) = a_trade(1);
    write(*store_, world);
    const domain::Wanted wanted{.trades = {trade_id(1)}};
    const auto cargo_a = backend_.open(Family::cargo);
    const auto cargo_b = backend_.open(Family::cargo);
    const auto first = cargo_a->begin();
    const auto second = cargo_b->begin();
    domain::World seen;
    first->load(wanted, seen);
    second->load(wanted, seen);  // would wait for ever if it were not shared
    const auto owner = store_->begin();
    EXPECT_THROW(owner->load(wanted, seen), MachineFailure);  // lock_timeout
}

TEST_F(PostgresStoreTest, AShipmentWhoseTradesMovedIsTriedAgain) {
    const ShipmentId id("s1");
    const auto cargo = backend_.open(Family::cargo);
    domain::World world;
    domain::Shipment& row = world.shipments.change(id);
    row = a_shipment("s1", 1);
    world.trades.change(trade_id(1)) = a_trade(1);
    world.trades.change(trade_id(2)) = a_trade(2);
    join(world, trade_id(1), row);
    write(*cargo, world);

    // A neighbour holds the shipment, loads one more trade, and commits while the other waits.
    const auto neighbour = backend_.open(Family::cargo);
    auto loading = neighbour->begin();
    domain::World changed;
    loading->load({.trades = {trade_id(2)}, .shipments = {id}}, changed);
    auto departure =
        std::async(std::launch::async, [&] { load(*cargo, {.shipments_with_trades = {id}}); });
    const auto is_waiting = [&] {
        return !backend_
                    .execute(
                        "SELECT FROM pg_stat_activity WHERE datname = current_database() "
                        "AND wait_event_type = 'Lock'")
                    .empty();
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (!is_waiting())
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    domain::Shipment& joined = changed.shipments.change(id);
    join(changed, trade_id(2), joined);
    ++joined.cargo.version;
    WriteSet writes{.world = &changed};
    loading->record(writes);
    loading->commit();
    EXPECT_THROW(departure.get(), Moved);
    EXPECT_EQ(load(*cargo, {.shipments_with_trades = {id}}).shipment(id)->manifest.trades,
              (std::vector{trade_id(1), trade_id(2)}));
}

TEST_F(PostgresStoreTest, ALostConnectionIsOpenedAnew) {
    WriteSet writes{.entries = {an_entry(lane_0, "a", 1)}};
    write(*store_, writes);
    const auto transaction = store_->begin();
    WriteSet lost{.entries = {an_entry(lane_0, "a", 2)}};
    transaction->record(lost);
    backend_.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'store-test' AND datname = current_database()");
    EXPECT_THROW(transaction->commit(), MachineFailure);
    EXPECT_EQ(store_->journal(lane_0, 0, 10), writes.entries);
    WriteSet again{.entries = {an_entry(lane_0, "a", 2)}};
    write(*store_, again);
    EXPECT_EQ(again.entries[0].seq, 2);
}

TEST(PostgresDown, IsAMachineFailureThatPasses) {
    PostgresBackend backend;
    const auto store = backend.open(Family::trade);
    WriteSet writes{.entries = {an_entry(lane_0, "a", 1)}};
    write(*store, writes);
    tests::private_postgres().stop();
    EXPECT_THROW(store->journal(lane_0, 0, 10), MachineFailure);
    EXPECT_THROW(store->begin(), MachineFailure);
    tests::private_postgres().start();
    EXPECT_EQ(store->journal(lane_0, 0, 10), writes.entries);
}

}  // namespace
}  // namespace itn::storage
