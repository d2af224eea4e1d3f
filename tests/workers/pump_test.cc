// The pump over the fakes of its seams: a broker and a database in memory, shared by several
// workers, each with a loop on a thread of its own as in production.

#include "workers/pump.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "common/messaging/broker_memory.h"
#include "common/storage/store_memory.h"
#include "common/wire/notice.h"
#include "tests/workers/orders.h"

namespace itn::workers {
namespace {

using namespace std::chrono_literals;
using messaging::MemoryBroker;
using messaging::MemoryServer;
using storage::MemoryDatabase;
using storage::MemoryStore;

template <class Condition>
bool eventually(Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!holds()) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

/// A worker process in miniature.
class Worker final {
public:
    Worker(Family family, std::shared_ptr<MemoryServer> server,
           std::shared_ptr<MemoryDatabase> database)
        : thread_([this, family, server = std::move(server), database = std::move(database)] {
              run(family, server, database);
          }) {
        while (!is_running_)
            std::this_thread::yield();
    }
    ~Worker() {
        if (thread_.joinable()) die();
    }
    /// As by kill -9: nothing is finished, nothing is said.
    void die() {
        loop_->stop();
        thread_.join();
    }
    void drain() {
        loop_->post([this] { pump_->drain(10s, [this] { loop_->stop(); }); });
        thread_.join();
    }
    void cut() { broker_->cut(); }

private:
    void run(Family family, const std::shared_ptr<MemoryServer>& server,
             const std::shared_ptr<MemoryDatabase>& database) {
        runtime::Loop loop;
        runtime::Metrics metrics;
        const runtime::SystemClock clock;
        MemoryBroker broker(loop, server, "itn_" + std::string(name(family)));
        Pump pump(loop, broker, std::make_unique<MemoryStore>(database),
                  std::make_unique<MemoryStore>(database), clock, metrics,
                  {.family = family,
                   .shards = test::shards,
                   .epoch = MemoryStore(database).epoch(),
                   .instance = "worker"});
        loop_ = &loop;
        broker_ = &broker;
        pump_ = &pump;
        broker.start([&](messaging::State state) { pump.on_broker_state(state); });
        pump.start();
        is_running_ = true;
        loop.run();
    }

    runtime::Loop* loop_ = nullptr;
    MemoryBroker* broker_ = nullptr;
    Pump* pump_ = nullptr;
    std::atomic<bool> is_running_ = false;
    std::thread thread_;
};

class PumpTest : public testing::Test {
protected:
    PumpTest() {
        server_->declare(messaging::topology(test::shards));
        server_->declare_queue("watch", 0, false);
        server_->bind(std::string(messaging::events_exchange), "watch", "#");
        server_->declare_queue("answers", 0, false);
        for (const char* id : {"ceres", "europa", "titan"})
            database_->add_station(StationId(id));
        database_->add_product(ProductId("ice"));
        database_->set_rights(test::rights_of_dev());
    }

    void put(const std::vector<Item>& items) {
        std::map<Lane, std::vector<std::string>> by_lane;
        for (const Item& item : items)
            by_lane[item.lane].push_back(wire::render(item.envelope));
        for (const auto& [lane, rendered] : by_lane) {
            messaging::Delivery delivery;
            delivery.body = wire::pack(rendered);
            delivery.user_id = "itn_api";
            server_->put(messaging::queue_name(lane), delivery);
        }
    }
    /// Restocks ceres and waits for it, then one message each of trades from there.
    void put_trades(int count) {
        put({test::restock("stock", "ceres", 1'000'000)});
        ASSERT_TRUE(eventually([&] { return database_->stock().size() == 1; }));
        for (int i = 0; i < count; ++i)
            put({trade(i)});
    }
    static Item trade(int i) {
        return test::trade("t" + std::to_string(i), "ceres", i % 2 == 0 ? "europa" : "titan", 1);
    }
    Worker worker(Family family) { return {family, server_, database_}; }

    std::vector<Lane> lanes() const {
        std::vector<Lane> all = messaging::lanes_with_queue(test::shards);
        return all;
    }
    bool is_settled() {
        MemoryStore store(database_);
        for (const Family family : {Family::trade, Family::cargo, Family::inventory}) {
            for (const auto& one : store.counters(family)) {
                if (one.published_seq != one.last_seq || one.reacted_seq != one.last_seq) {
                    return false;
                }
            }
        }
        return std::ranges::all_of(
            lanes(), [&](Lane lane) { return server_->depth(messaging::queue_name(lane)) == 0; });
    }
    /// Every journal entry was published at least once, exactly as it stands.
    void expect_all_published() {
        std::map<std::pair<Lane, std::int64_t>, wire::JournalEntry> published;
        for (const std::string& body : server_->waiting("watch")) {
            for (const wire::Notice& notice : wire::parse_notices(body)) {
                published[{notice.entry.lane, notice.entry.seq}] = notice.entry;
            }
        }
        std::size_t entries = 0;
        for (const Lane& lane : lanes()) {
            for (const wire::JournalEntry& entry : database_->journal(lane)) {
                ++entries;
                const auto found = published.find({entry.lane, entry.seq});
                ASSERT_NE(found, published.end()) << entry.lane.text() << ' ' << entry.seq;
                EXPECT_EQ(found->second.body, entry.body);
            }
        }
        EXPECT_EQ(published.size(), entries);
    }
    std::size_t loaded() const {
        std::size_t count = 0;
        for (const auto& [id, shipment] : database_->shipments()) {
            count += shipment.manifest.trades.size();
        }
        return count;
    }

    std::shared_ptr<MemoryServer> server_ = std::make_shared<MemoryServer>();
    std::shared_ptr<MemoryDatabase> database_ = std::make_shared<MemoryDatabase>(test::shards);
};

TEST_F(PumpTest, carries_a_trade_from_its_lane_into_a_shipment) {
    const Worker trades = worker(Family::trade), cargo = worker(Family::cargo),
                 inventory = worker(Family::inventory);
    put_trades(300);
    ASSERT_TRUE(eventually([&] { return loaded() == 300 && is_settled(); }));
    EXPECT_EQ(database_->trades().size(), 300u);
    EXPECT_EQ(database_->outcomes().size(), 601u);
    EXPECT_TRUE(database_->parked().empty());
    for (const auto& [id, shipment] : database_->shipments()) {
        EXPECT_LE(shipment.manifest.trades.size(), 64u);
    }
    expect_all_published();
}

TEST_F(PumpTest, answers_whoever_asked) {
    const Worker inventory = worker(Family::inventory);
    Item item = test::restock("a", "ceres", 5);
    item.envelope.reply_to = "answers";
    put({item});
    ASSERT_TRUE(eventually([&] { return server_->waiting("answers").size() == 1; }));
    put({item});
    ASSERT_TRUE(eventually([&] { return server_->waiting("answers").size() == 2; }));
    for (const std::string& body : server_->waiting("answers")) {
        const auto outcomes = wire::parse_outcomes(body);
        ASSERT_EQ(outcomes.size(), 1u) << body;
        EXPECT_EQ(test::text(outcomes[0]), "applied");
        EXPECT_EQ(outcomes[0].id, CommandId("a"));
    }
}

TEST_F(PumpTest, survives_workers_that_die_in_the_middle) {
    const Worker cargo = worker(Family::cargo), inventory = worker(Family::inventory);
    auto first = std::make_unique<Worker>(Family::trade, server_, database_);
    put_trades(400);
    for (int i = 0; i < 5; ++i) {
        const auto seen = database_->trades().size();
        auto next = std::make_unique<Worker>(Family::trade, server_, database_);
        eventually([&] { return database_->trades().size() > seen || seen == 400; });
        first->die();
        first = std::move(next);
    }
    ASSERT_TRUE(eventually([&] { return loaded() == 400 && is_settled(); }));
    EXPECT_EQ(database_->trades().size(), 400u);
    expect_all_published();
}

TEST_F(PumpTest, survives_connections_that_break) {
    Worker trades = worker(Family::trade), cargo = worker(Family::cargo),
           inventory = worker(Family::inventory);
    put_trades(200);
    for (int i = 0; i < 10; ++i) {
        trades.cut();
        cargo.cut();
        std::this_thread::yield();
    }
    ASSERT_TRUE(eventually([&] { return loaded() == 200 && is_settled(); }));
    expect_all_published();
}

TEST_F(PumpTest, survives_a_database_that_fails_now_and_then) {
    const Worker trades = worker(Family::trade), cargo = worker(Family::cargo),
                 inventory = worker(Family::inventory);
    put_trades(100);
    for (int i = 0; i < 6; ++i) {
        database_->fail_next_commit(i % 2 == 0 ? storage::InDoubt::took_effect
                                               : storage::InDoubt::nothing_happened);
        put({trade(100 + i)});
        ASSERT_TRUE(eventually([&] { return database_->trades().size() == 101u + unsigned(i); }));
    }
    ASSERT_TRUE(eventually([&] { return loaded() == 106 && is_settled(); }));
    EXPECT_TRUE(database_->parked().empty());
    expect_all_published();
}

TEST_F(PumpTest, drains_its_queues_while_the_broker_refuses_publishers) {
    const Worker trades = worker(Family::trade), inventory = worker(Family::inventory);
    put_trades(1);
    ASSERT_TRUE(eventually([&] { return database_->trades().size() == 1; }));
    server_->block();
    for (int i = 1; i < 200; ++i)
        put({trade(i)});
    ASSERT_TRUE(eventually([&] {
        return database_->trades().size() == 200 && server_->depth("itn.trade.00") == 0 &&
               server_->depth("itn.trade.01") == 0;
    }));
    server_->unblock();
    const Worker cargo = worker(Family::cargo);
    ASSERT_TRUE(eventually([&] { return loaded() == 200 && is_settled(); }));
    expect_all_published();
}

TEST_F(PumpTest, publishes_what_a_dead_worker_committed_and_never_said) {
    const Worker inventory = worker(Family::inventory);
    put_trades(0);
    {
        MemoryStore store(database_);
        const runtime::SystemClock clock;
        const StopFlag stop;
        Committer committer(store, clock, stop, {});
        std::vector<Item> items;
        for (int i = 0; i < 2500; ++i)
            items.push_back(trade(i));
        committer.process(items);
    }
    const Worker trades = worker(Family::trade), cargo = worker(Family::cargo);
    ASSERT_TRUE(eventually([&] { return loaded() == 2500 && is_settled(); }));
    expect_all_published();
}

TEST_F(PumpTest, leaves_nothing_half_done_when_told_to_end) {
    Worker trades = worker(Family::trade);
    const Worker inventory = worker(Family::inventory);
    put_trades(100);
    trades.drain();
    const auto decided = database_->trades().size();
    std::size_t left = 0;
    for (const char* queue : {"itn.trade.00", "itn.trade.01"}) {
        EXPECT_EQ(server_->unacked(queue), 0u);
        left += server_->depth(queue);
    }
    EXPECT_EQ(decided + left, 100u);
    for (const auto& one : MemoryStore(database_).counters(Family::trade)) {
        EXPECT_EQ(one.published_seq, one.last_seq);
        EXPECT_EQ(one.reacted_seq, one.last_seq);
    }
}

TEST_F(PumpTest, beats_while_it_lives) {
    const Worker trades = worker(Family::trade);
    EXPECT_TRUE(eventually([&] { return database_->instances().contains("worker"); }));
}

}  // namespace
}  // namespace itn::workers
