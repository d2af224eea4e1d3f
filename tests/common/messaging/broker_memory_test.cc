#include "common/messaging/broker_memory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/common/messaging/broker_contract.h"

namespace itn::messaging {
namespace {

struct MemoryWorld {
    std::shared_ptr<MemoryServer> server = std::make_shared<MemoryServer>();
    int names = 0;

    MemoryWorld() { server->declare(topology(1)); }
    std::unique_ptr<Broker> broker(runtime::Loop& loop) {
        return std::make_unique<MemoryBroker>(loop, server, user());
    }
    std::string queue(const std::string& text, std::int64_t max_length) {
        const auto queue = name(text);
        server->declare_queue(queue, max_length);
        return queue;
    }
    std::string name(std::string text) { return text.append(std::to_string(++names)); }
    void cut() {
        server->down();
        server->up();
    }
    std::string user() { return "tester"; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(memory, BrokerContract, MemoryWorld);

class MemoryFaults : public testing::Test {
protected:
    Party party() { return Party(world.broker(desk.loop), desk); }
    Desk desk;
    MemoryWorld world;
};

TEST_F(MemoryFaults, an_alarm_stops_publishing_and_not_consuming) {
    const auto queue = world.queue("alarm", 0);
    auto one = party();
    one.subscribe(queue, 2);
    one.publish(queue, 0, 4);
    ASSERT_TRUE(desk.until([&] { return one.answered() == 4 && one.got.size() == 2; }));
    world.server->block();
    ASSERT_TRUE(desk.until([&] { return one.broker->state() == State::blocked; }));
    one.publish(queue, 4, 1);
    one.broker->ack(one.got[0].tag);
    one.broker->ack(one.got[1].tag);
    ASSERT_TRUE(desk.until([&] { return one.answered() == 5 && one.got.size() == 4; }));
    EXPECT_EQ(one.answers[Published::lost], 1);
    EXPECT_EQ(world.server->depth(queue), 2U);
    world.server->unblock();
    ASSERT_TRUE(desk.until([&] { return one.broker->state() == State::open; }));
    one.publish(queue, 5, 1);
    EXPECT_TRUE(desk.until([&] { return one.answers[Published::confirmed] == 5; }));
}

TEST_F(MemoryFaults, held_confirms_come_late_and_swallowed_messages_only_with_the_cut) {
    const auto queue = world.queue("held", 0);
    auto one = party();
    world.server->hold_confirms();
    one.publish(queue, 0, 3);
    ASSERT_TRUE(desk.until([&] { return world.server->depth(queue) == 3; }));
    EXPECT_EQ(one.answered(), 0);
    world.server->release_confirms();
    ASSERT_TRUE(desk.until([&] { return one.answers[Published::confirmed] == 3; }));
    world.server->swallow(1);
    one.publish(queue, 3, 2);
    ASSERT_TRUE(desk.until([&] { return one.answers[Published::confirmed] == 4; }));
    EXPECT_EQ(one.broker->in_flight(), 1U);
    EXPECT_EQ(world.server->waiting(queue), (std::vector<std::string>{"0", "1", "2", "4"}));
    dynamic_cast<MemoryBroker&>(*one.broker).cut();
    ASSERT_TRUE(desk.until([&] { return one.answers[Published::lost] == 1; }));
    EXPECT_TRUE(desk.until([&] { return one.is_up(); }));
}

TEST_F(MemoryFaults, a_missing_queue_is_consumed_as_soon_as_it_exists) {
    auto one = party();
    one.subscribe("late", 1);
    EXPECT_FALSE(one.broker->is_consuming());
    world.server->declare_queue("late");
    ASSERT_TRUE(desk.until([&] { return one.broker->is_consuming(); }));
    Delivery strange;
    strange.user_id = "partner";
    strange.delivery_count = 7;
    strange.other_headers = {"CC"};
    world.server->put("late", strange);
    ASSERT_TRUE(desk.until([&] { return one.got.size() == 1; }));
    EXPECT_EQ(one.got[0].user_id, "partner");
    EXPECT_EQ(one.got[0].delivery_count, 7);
    EXPECT_EQ(one.got[0].other_headers, std::vector<std::string>{"CC"});
    EXPECT_EQ(world.server->unacked("late"), 1U);
}

TEST(MemoryServer, is_shared_by_loops_of_several_threads) {
    const auto server = std::make_shared<MemoryServer>();
    server->declare_queue("shared");
    std::atomic<int> received = 0;
    const auto serve = [&](bool publishes) {
        Desk desk;
        MemoryBroker broker(desk.loop, server);
        broker.subscribe("shared", 4, [&](const Delivery& delivery) {
            broker.ack(delivery.tag);
            ++received;
        });
        broker.start([&](State state) {
            if (state != State::open || !publishes) return;
            for (int i = 0; i < 100; ++i)
                broker.publish(
                    {.exchange = "", .routing_key = "shared", .body = "x", .message_id = ""},
                    [](Published) {});
        });
        EXPECT_TRUE(desk.until([&] { return received >= 200; }));
    };
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back(serve, i < 2);
}

TEST(topic_matches, knows_words_stars_and_hashes) {
    EXPECT_TRUE(topic_matches("#", "trade.confirmed"));
    EXPECT_TRUE(topic_matches("#", ""));
    EXPECT_TRUE(topic_matches("trade.#", "trade"));
    EXPECT_TRUE(topic_matches("trade.#", "trade.a.b"));
    EXPECT_TRUE(topic_matches("#.b", "trade.a.b"));
    EXPECT_TRUE(topic_matches("*.*", "trade.a"));
    EXPECT_FALSE(topic_matches("*", "trade.a"));
    EXPECT_FALSE(topic_matches("trade.*", "trade"));
    EXPECT_FALSE(topic_matches("trade.a", "trade.b"));
    EXPECT_FALSE(topic_matches("#.b", "b.c"));
}

}  // namespace
}  // namespace itn::messaging
