#pragma once

// What every Broker promises, as tests over any implementation. A World makes brokers and queues:
//
//     std::unique_ptr<Broker> broker(runtime::Loop&)
//     std::string queue(name, max_length)   a lane-like queue (0: unbounded); its unique name
//     std::string name(text)                a unique name for something that does not exist
//     void cut()                            drops all connections, as a crash would
//     std::string user()                    the user_id of what the brokers publish

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/messaging/broker.h"
#include "common/messaging/topology.h"
#include "tests/common/messaging/desk.h"

namespace itn::messaging {

/// One broker with everything it said.
struct Party {
    std::unique_ptr<Broker> broker;
    std::vector<Delivery> got;
    std::map<Published, int> answers;
    std::vector<State> states;

    Party(std::unique_ptr<Broker> made, Desk& desk) : broker(std::move(made)) {
        broker->start([this](State state) { states.push_back(state); });
        EXPECT_TRUE(desk.until([this] { return is_up(); }));
    }
    bool is_up() const { return broker->state() == State::open && broker->is_consuming(); }
    void subscribe(const std::string& queue, std::uint16_t prefetch) {
        broker->subscribe(queue, prefetch,
                          [this](Delivery delivery) { got.push_back(std::move(delivery)); });
    }
    void publish(Message message) {
        broker->publish(std::move(message), [this](Published what) { ++answers[what]; });
    }
    void publish(const std::string& queue, int first, int count) {
        for (int i = first; i < first + count; ++i)
            publish({.exchange = "",
                     .routing_key = queue,
                     .body = std::to_string(i),
                     .message_id = std::to_string(i)});
    }
    int answered() const {
        int sum = 0;
        for (const auto& [what, count] : answers)
            sum += count;
        return sum;
    }
    std::vector<std::string> bodies() const {
        std::vector<std::string> all;
        for (const auto& delivery : got)
            all.push_back(delivery.body);
        return all;
    }
};

inline std::vector<std::string> numbers(int first, int count) {
    std::vector<std::string> all;
    for (int i = first; i < first + count; ++i)
        all.push_back(std::to_string(i));
    return all;
}

template <class World>
class BrokerContract : public testing::Test {
protected:
    Party party() { return Party(world.broker(desk.loop), desk); }
    Desk desk;
    World world;
};

TYPED_TEST_SUITE_P(BrokerContract);

TYPED_TEST_P(BrokerContract, publish_is_lost_before_the_broker_is_open) {
    const auto queue = this->world.queue("early", 0);
    const auto broker = this->world.broker(this->desk.loop);
    int lost = 0;
    broker->publish({.exchange = "", .routing_key = queue, .body = "1", .message_id = "m"},
                    [&](Published what) { lost += what == Published::lost; });
    EXPECT_EQ(lost, 0) << "called from inside publish()";
    EXPECT_EQ(broker->in_flight(), 1U);
    EXPECT_TRUE(this->desk.until([&] { return lost == 1; }));
    EXPECT_EQ(broker->in_flight(), 0U);
}

TYPED_TEST_P(BrokerContract, messages_are_confirmed_and_delivered_in_order) {
    const auto queue = this->world.queue("order", 0);
    auto one = this->party();
    one.subscribe(queue, 500);
    one.publish(queue, 0, 400);
    EXPECT_EQ(one.answered(), 0) << "called from inside publish()";
    ASSERT_TRUE(this->desk.until([&] { return one.answered() == 400 && one.got.size() == 400; }));
    EXPECT_EQ(one.answers[Published::confirmed], 400);
    EXPECT_EQ(one.bodies(), numbers(0, 400));
    EXPECT_EQ(one.broker->in_flight(), 0U);
}

TYPED_TEST_P(BrokerContract, a_delivery_carries_the_message_whole) {
    const auto queue = this->world.queue("whole", 0);
    auto one = this->party();
    one.subscribe(queue, 5);
    const std::string body(300'000, 'x');
    one.publish({.exchange = "",
                 .routing_key = queue,
                 .body = body,
                 .message_id = "m-1",
                 .reply_to = "itn.reply.me",
                 .content_type = "text/plain"});
    one.publish({.exchange = "", .routing_key = queue, .body = "", .message_id = ""});
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 2; }));
    const auto& first = one.got[0];
    EXPECT_TRUE(first.body == body);
    EXPECT_EQ(first.message_id, "m-1");
    EXPECT_EQ(first.reply_to, "itn.reply.me");
    EXPECT_EQ(first.content_type, "text/plain");
    EXPECT_EQ(first.user_id, this->world.user());
    EXPECT_EQ(first.exchange, "");
    EXPECT_EQ(first.routing_key, queue);
    EXPECT_EQ(first.tag.queue, queue);
    EXPECT_FALSE(first.redelivered);
    EXPECT_EQ(first.delivery_count, 0);
    EXPECT_TRUE(first.other_headers.empty());
    EXPECT_EQ(one.got[1].body, "");
}

TYPED_TEST_P(BrokerContract, what_no_queue_takes_is_returned) {
    const auto queue = this->world.queue("taken", 0);
    const auto nowhere = this->world.name("nowhere");
    auto one = this->party();
    std::vector<Published> told;
    const auto publish = [&](const std::string& key, bool mandatory) {
        Message message{.exchange = "", .routing_key = key, .body = "x", .message_id = "same id"};
        message.mandatory = mandatory;
        one.broker->publish(std::move(message), [&](Published what) { told.push_back(what); });
    };
    publish(nowhere, false);
    ASSERT_TRUE(this->desk.until([&] { return told.size() == 1; }));
    publish(nowhere, true);
    ASSERT_TRUE(this->desk.until([&] { return told.size() == 2; }));
    publish(queue, true);
    ASSERT_TRUE(this->desk.until([&] { return told.size() == 3; }));
    EXPECT_EQ(told, (std::vector{Published::confirmed, Published::returned, Published::confirmed}));
}

TYPED_TEST_P(BrokerContract, a_full_queue_refuses) {
    const auto queue = this->world.queue("full", 3);
    auto one = this->party();
    // A real broker notices a little late that its queue is full.
    for (int sent = 0; one.answers[Published::nacked] == 0; sent += 10) {
        ASSERT_LT(sent, 1'000);
        one.publish(queue, sent, 10);
        ASSERT_TRUE(this->desk.until([&] { return one.answered() == sent + 10; }));
    }
    EXPECT_GE(one.answers[Published::confirmed], 3);
    EXPECT_EQ(one.answers[Published::confirmed] + one.answers[Published::nacked], one.answered());
    one.subscribe(queue, 200);
    const auto confirmed = static_cast<std::size_t>(one.answers[Published::confirmed]);
    EXPECT_TRUE(this->desk.until([&] { return one.got.size() == confirmed; }));
}

TYPED_TEST_P(BrokerContract, the_depth_of_a_queue_is_what_waits_in_it) {
    using Depth = std::optional<std::uint64_t>;
    const auto queue = this->world.queue("depth", 0);
    const auto nowhere = this->world.name("nowhere");
    std::vector<Depth> told;
    Party* asking = nullptr;
    const auto ask = [&](const std::string& name) {
        asking->broker->ask_depth(name, [&](Depth depth) { told.push_back(depth); });
    };
    auto one = this->party();
    asking = &one;
    one.publish(queue, 0, 5);
    ASSERT_TRUE(this->desk.until([&] { return one.answered() == 5; }));
    for (const auto& name : {queue, nowhere, queue, nowhere, nowhere, queue})
        ask(name);
    EXPECT_TRUE(told.empty()) << "called from inside ask_depth()";
    ASSERT_TRUE(this->desk.until([&] { return told.size() == 6; }));
    EXPECT_EQ(told, (std::vector<Depth>{5, {}, 5, {}, {}, 5}));
    EXPECT_EQ(one.broker->state(), State::open);
    one.subscribe(queue, 2);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 2; }));
    ASSERT_TRUE(this->desk.until([&] {
        if (told.back() != Depth(3)) ask(queue);
        return told.back() == Depth(3);
    })) << "what is delivered does not wait";
    told.clear();
    one.broker->stop([] {});
    ask(queue);
    ASSERT_TRUE(this->desk.until([&] { return !told.empty(); }));
    EXPECT_EQ(told[0], std::nullopt);
}

TYPED_TEST_P(BrokerContract, prefetch_bounds_what_is_under_way) {
    const auto queue = this->world.queue("prefetch", 0);
    auto one = this->party();
    one.subscribe(queue, 3);
    one.publish(queue, 0, 10);
    ASSERT_TRUE(this->desk.until([&] { return one.answered() == 10 && one.got.size() == 3; }));
    one.broker->ack(one.got[1].tag);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 4; }));
    one.broker->ack(one.got[0].tag);
    one.broker->ack(one.got[2].tag);
    one.broker->ack(one.got[2].tag);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 6; }));
    EXPECT_EQ(one.bodies(), numbers(0, 6));
}

TYPED_TEST_P(BrokerContract, what_is_not_acknowledged_comes_back_in_order) {
    const auto queue = this->world.queue("again", 0);
    auto one = this->party();
    one.subscribe(queue, 10);
    one.publish(queue, 0, 20);
    ASSERT_TRUE(this->desk.until([&] { return one.answered() == 20 && one.got.size() == 10; }));
    const auto first = one.got;
    for (const int i : {4, 0, 1})
        one.broker->ack(first[static_cast<std::size_t>(i)].tag);
    one.broker->unsubscribe(queue);
    one.got.clear();
    one.subscribe(queue, 30);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 17; }));
    std::vector<std::string> expected = {"2", "3"};
    for (const auto& number : numbers(5, 15))
        expected.push_back(number);
    EXPECT_EQ(one.bodies(), expected);
    EXPECT_TRUE(one.got[0].redelivered);
    EXPECT_EQ(one.got[0].delivery_count, 1);
    EXPECT_EQ(one.got.back().delivery_count, 0);
    EXPECT_NE(one.got[0].tag.generation, first[0].tag.generation);
    // The old generation is dead: acknowledging it settles nothing.
    one.broker->ack(first[2].tag);
    one.broker->unsubscribe(queue);
    one.got.clear();
    one.subscribe(queue, 1);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 1; }));
    EXPECT_EQ(one.got[0].body, "2");
    EXPECT_EQ(one.got[0].delivery_count, 2);
}

TYPED_TEST_P(BrokerContract, one_consumer_is_active_and_the_next_takes_over) {
    const auto queue = this->world.queue("single", 0);
    auto one = this->party();
    auto two = this->party();
    one.subscribe(queue, 4);
    ASSERT_TRUE(this->desk.until([&] { return one.is_up(); }));
    two.subscribe(queue, 50);
    ASSERT_TRUE(this->desk.until([&] { return two.is_up(); }));
    one.publish(queue, 0, 12);
    ASSERT_TRUE(this->desk.until([&] { return one.answered() == 12 && one.got.size() == 4; }));
    EXPECT_TRUE(two.got.empty());
    one.broker->ack(one.got[0].tag);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 5; }));
    one.broker->ack(one.got[1].tag);
    one.broker->unsubscribe(queue);
    ASSERT_TRUE(this->desk.until([&] { return two.got.size() == 10; }));
    EXPECT_EQ(two.bodies(), numbers(2, 10));
}

TYPED_TEST_P(BrokerContract, an_own_queue_hears_its_topics) {
    auto one = this->party();
    const std::string events(events_exchange);
    const auto name = this->world.name("watch");
    one.broker->subscribe_own(
        {.name = name, .max_length = 100, .bindings = {{events, "trade.*"}, {events, "#.lost"}}},
        [&](Delivery delivery) { one.got.push_back(std::move(delivery)); });
    ASSERT_TRUE(this->desk.until([&] { return one.is_up(); }));
    for (const char* key : {"trade.confirmed", "cargo.delivered", "cargo.goods.lost", "trade.x.y"})
        one.publish({.exchange = events,
                     .routing_key = key,
                     .body = key,
                     .message_id = key,
                     .mandatory = false});
    one.publish({.exchange = events,
                 .routing_key = "trade.end",
                 .body = "end",
                 .message_id = "end",
                 .mandatory = false});
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 3 && one.answered() == 5; }));
    EXPECT_EQ(one.bodies(),
              (std::vector<std::string>{"trade.confirmed", "cargo.goods.lost", "end"}));
    EXPECT_EQ(one.answers[Published::confirmed], 5);
}

TYPED_TEST_P(BrokerContract, after_a_cut_everything_is_answered_and_established_again) {
    const auto queue = this->world.queue("cut", 0);
    const auto own = this->world.name("own");
    auto one = this->party();
    one.subscribe(queue, 5);
    int watched = 0;
    one.broker->subscribe_own(
        {.name = own, .max_length = 10, .bindings = {{std::string(events_exchange), own}}},
        [&](const Delivery&) { ++watched; });
    ASSERT_TRUE(this->desk.until([&] { return one.is_up(); }));
    one.publish(queue, 0, 5);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() == 5; }));
    const auto before = one.got;
    one.publish(queue, 5, 200);
    one.states.clear();
    this->world.cut();
    ASSERT_TRUE(this->desk.until([&] { return one.answered() == 205; }));
    ASSERT_TRUE(this->desk.until([&] { return one.states.size() >= 2 && one.is_up(); }));
    EXPECT_EQ(one.states.front(), State::connecting);
    EXPECT_EQ(one.states.back(), State::open);
    ASSERT_TRUE(this->desk.until([&] { return one.got.size() >= 10; }));
    EXPECT_EQ(one.got[5].body, "0");
    EXPECT_TRUE(one.got[5].redelivered);
    EXPECT_NE(one.got[5].tag.generation, before[0].tag.generation);
    one.publish({.exchange = std::string(events_exchange),
                 .routing_key = own,
                 .body = "x",
                 .message_id = "x",
                 .mandatory = false});
    EXPECT_TRUE(this->desk.until([&] { return watched == 1; }));
}

TYPED_TEST_P(BrokerContract, stop_answers_everything_and_gives_back) {
    const auto queue = this->world.queue("stop", 0);
    auto two = this->party();
    {
        auto one = this->party();
        one.subscribe(queue, 2);
        one.publish(queue, 0, 6);
        ASSERT_TRUE(this->desk.until([&] { return one.answered() == 6 && one.got.size() == 2; }));
        one.broker->ack(one.got[0].tag);
        one.publish(queue, 6, 3);
        bool stopped = false;
        one.broker->stop([&] { stopped = true; });
        EXPECT_FALSE(stopped);
        one.publish(queue, 9, 1);
        ASSERT_TRUE(this->desk.until([&] { return stopped; }));
        EXPECT_EQ(one.answered(), 10);
        EXPECT_GE(one.answers[Published::lost], 1);
    }
    two.subscribe(queue, 50);
    ASSERT_TRUE(this->desk.until([&] { return two.got.size() >= 5; }));
    const auto bodies = two.bodies();
    EXPECT_EQ(bodies[0], "1");
}

REGISTER_TYPED_TEST_SUITE_P(BrokerContract, publish_is_lost_before_the_broker_is_open,
                            messages_are_confirmed_and_delivered_in_order,
                            a_delivery_carries_the_message_whole, what_no_queue_takes_is_returned,
                            a_full_queue_refuses, the_depth_of_a_queue_is_what_waits_in_it,
                            prefetch_bounds_what_is_under_way,
                            what_is_not_acknowledged_comes_back_in_order,
                            one_consumer_is_active_and_the_next_takes_over,
                            an_own_queue_hears_its_topics,
                            after_a_cut_everything_is_answered_and_established_again,
                            stop_answers_everything_and_gives_back);

}  // namespace itn::messaging
