#include "common/messaging/broker_rabbitmq.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/common/messaging/broker_contract.h"
#include "tests/common/messaging/rabbit_world.h"

namespace itn::messaging {
namespace {

INSTANTIATE_TYPED_TEST_SUITE_P(rabbitmq, BrokerContract, RabbitWorld);

class RabbitFaults : public testing::Test {
protected:
    Party party() { return Party(world.broker(desk.loop), desk); }

    tests::PrivateRabbitmq& server = tests::private_rabbitmq();
    Desk desk;
    RabbitWorld world;
};

TEST_F(RabbitFaults, every_publish_is_answered_and_every_confirmed_one_survives_kill_9) {
    const auto queue = world.queue("crash", 0);
    server.remember_queues();
    auto one = party();
    std::set<std::string> confirmed;
    int published = 0;
    int answered = 0;
    const auto publish = [&] {
        const auto body = std::to_string(published++);
        one.broker->publish(
            {.exchange = "", .routing_key = queue, .body = body, .message_id = body},
            [&, body](Published what) {
                ++answered;
                if (what == Published::confirmed) confirmed.insert(body);
            });
    };
    const auto keep_window = [&] {
        while (one.broker->in_flight() < limits::publisher_window)
            publish();
    };
    ASSERT_TRUE(desk.until([&] {
        keep_window();
        return confirmed.size() > 2'000;
    }));
    server.kill();
    ASSERT_TRUE(desk.until([&] { return answered == published; }));
    EXPECT_GT(published, int(confirmed.size())) << "the crash came when nothing was under way";
    server.start();
    ASSERT_TRUE(desk.until([&] { return one.is_up(); }));
    std::set<std::string> found;
    one.broker->subscribe(queue, 500, [&](const Delivery& delivery) {
        found.insert(delivery.body);
        one.broker->ack(delivery.tag);
    });
    EXPECT_TRUE(desk.until([&] { return std::ranges::includes(found, confirmed); }));
}

TEST_F(RabbitFaults, heartbeats_notice_a_broker_that_stands_still_and_keep_an_idle_one) {
    auto one = party();
    const auto queue = world.queue("still", 0);
    one.subscribe(queue, 1);
    ASSERT_TRUE(desk.until([&] { return one.is_up(); }));
    one.states.clear();
    // Idle for longer than the broker would tolerate silence.
    runtime::Timer idle(desk.loop, [] {});
    idle.start(std::chrono::seconds(3 * limits::heartbeat_seconds));
    ASSERT_TRUE(desk.until([&] { return !idle.is_active(); }));
    EXPECT_TRUE(one.is_up());
    EXPECT_TRUE(one.states.empty());

    server.pause();
    one.publish(queue, 0, 3);
    const auto patience = std::chrono::seconds(4 * limits::heartbeat_seconds);
    EXPECT_TRUE(desk.until(
        [&] {
            return one.broker->state() == State::connecting && !one.broker->is_consuming() &&
                   one.answers[Published::lost] == 3;
        },
        patience));
    server.resume();
    EXPECT_TRUE(world.logged("no sign of life"));
    EXPECT_TRUE(desk.until([&] { return one.is_up(); }));
}

TEST_F(RabbitFaults, an_alarm_stops_publishing_and_not_consuming) {
    const auto queue = world.queue("alarm", 0);
    auto one = party();
    one.publish(queue, 0, 300);
    ASSERT_TRUE(desk.until([&] { return one.answers[Published::confirmed] == 300; }));
    server.raise_memory_alarm();
    // The broker tells a publisher only once it publishes.
    one.publish(queue, 300, 1);
    ASSERT_TRUE(desk.until([&] { return one.broker->state() == State::blocked; }));
    one.publish(queue, 301, 1);
    ASSERT_TRUE(desk.until([&] { return one.answers[Published::lost] == 1; }));
    int drained = 0;
    one.broker->subscribe(queue, 10, [&](const Delivery& delivery) {
        ++drained;
        one.broker->ack(delivery.tag);
    });
    EXPECT_TRUE(desk.until([&] { return drained == 300; }));
    EXPECT_EQ(one.broker->state(), State::blocked);
    server.clear_memory_alarm();
    ASSERT_TRUE(desk.until([&] { return one.broker->state() == State::open; }));
    EXPECT_TRUE(desk.until([&] { return one.answers[Published::confirmed] == 301; }));
    one.publish(queue, 302, 1);
    EXPECT_TRUE(desk.until([&] { return one.answers[Published::confirmed] == 302; }));
}

TEST_F(RabbitFaults, a_missing_exchange_costs_the_channel_and_nothing_else) {
    const auto queue = world.queue("exchange", 0);
    auto one = party();
    one.subscribe(queue, 10);
    one.publish({.exchange = world.name("no exchange"),
                 .routing_key = "x",
                 .body = "x",
                 .message_id = "x"});
    one.publish(queue, 0, 2);
    ASSERT_TRUE(desk.until([&] { return one.answered() == 3; }));
    EXPECT_GE(one.answers[Published::lost], 1);
    EXPECT_TRUE(world.logged("404 NOT_FOUND - no exchange"));
    ASSERT_TRUE(desk.until([&] { return one.broker->state() == State::open; }));
    one.publish(queue, 2, 1);
    EXPECT_TRUE(desk.until([&] { return !one.got.empty() && one.got.back().body == "2"; }));
}

TEST_F(RabbitFaults, a_missing_queue_is_consumed_once_it_exists) {
    auto one = party();
    const auto name = world.name("late");
    one.subscribe(name, 10);
    ASSERT_TRUE(desk.until([&] { return world.logged("404 NOT_FOUND - no queue"); }));
    EXPECT_FALSE(one.broker->is_consuming());
    declare_topology(test_settings(),
                     {.exchanges = {}, .queues = {test_queue(name, 0)}, .bindings = {}});
    ASSERT_TRUE(desk.until([&] { return one.broker->is_consuming(); }));
    one.publish(name, 0, 1);
    ASSERT_TRUE(desk.until([&] { return one.got.size() == 1; }));

    server.control({"delete_queue", name});
    ASSERT_TRUE(desk.until([&] { return !one.broker->is_consuming(); }));
    declare_topology(test_settings(),
                     {.exchanges = {}, .queues = {test_queue(name, 0)}, .bindings = {}});
    ASSERT_TRUE(desk.until([&] { return one.broker->is_consuming(); }));
    one.publish(name, 1, 1);
    EXPECT_TRUE(desk.until([&] { return one.got.size() == 2; }));
}

TEST_F(RabbitFaults, speaks_tls_and_trusts_only_its_authority) {
    const auto queue = world.queue("tls", 0);
    Party one(
        world.broker(desk.loop, test_settings(server.tls_url(),
                                              {.ca_file = server.certificate("ca.pem"),
                                               .certificate_file = server.certificate("client.pem"),
                                               .key_file = server.certificate("client.key")})),
        desk);
    one.subscribe(queue, 500);
    one.publish(queue, 0, 400);
    one.publish({.exchange = "",
                 .routing_key = queue,
                 .body = std::string(1'000'000, 'x'),
                 .message_id = "big"});
    ASSERT_TRUE(desk.until([&] { return one.answered() == 401 && one.got.size() == 401; }));
    EXPECT_EQ(one.answers[Published::confirmed], 401);
    EXPECT_EQ(one.got.back().body.size(), 1'000'000U);

    const auto distrustful = world.broker(
        desk.loop, test_settings(server.tls_url(), {.ca_file = server.certificate("other_ca.pem"),
                                                    .certificate_file = "",
                                                    .key_file = ""}));
    distrustful->start([](State) {});
    EXPECT_TRUE(desk.until([&] { return world.logged("TLS: handshake failed"); }));
    EXPECT_EQ(distrustful->state(), State::connecting);
}

TEST_F(RabbitFaults, a_wrong_password_is_said) {
    const auto broker = world.broker(desk.loop, test_settings(server.url_for("itn", "wrong")));
    broker->start([](State) {});
    EXPECT_TRUE(desk.until([&] { return world.logged("403 ACCESS_REFUSED"); }));
    for (const auto& line : *world.log)
        EXPECT_EQ(line.find("wrong@"), std::string::npos) << line;
}

TEST_F(RabbitFaults, carries_tens_of_thousands_a_second) {
    const auto queue = world.queue("fast", 0);
    auto one = party();
    constexpr int count = 20'000;
    const std::string body(400, 'x');
    int published = 0;
    int received = 0;
    one.broker->subscribe(queue, 500, [&](const Delivery& delivery) {
        ++received;
        one.broker->ack(delivery.tag);
    });
    const auto start = std::chrono::steady_clock::now();
    const clock_t cpu = clock();
    std::function<void()> publish = [&] {
        if (published == count) return;
        ++published;
        one.broker->publish({.exchange = "", .routing_key = queue, .body = body, .message_id = "m"},
                            [&](Published) { publish(); });
    };
    ASSERT_TRUE(desk.until([&] {
        while (published < count && one.broker->in_flight() < limits::publisher_window)
            publish();
        return received == count;
    }));
    const auto took = std::chrono::steady_clock::now() - start;
    const double seconds = std::chrono::duration<double>(took).count();
    const double cpu_seconds = double(clock() - cpu) / CLOCKS_PER_SEC;
    RecordProperty("messages_per_second", int(count / seconds));
    RecordProperty("own_cpu_ns_per_message", int(cpu_seconds / count * 1e9));
    EXPECT_LT(cpu_seconds / count, 100e-6);
}

}  // namespace
}  // namespace itn::messaging
