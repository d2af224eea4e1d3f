#include "workers/intake.h"

#include <gtest/gtest.h>

#include "common/messaging/topology.h"
#include "tests/workers/orders.h"

namespace itn::workers {
namespace {

messaging::Delivery delivery(const Item& item, std::string body) {
    messaging::Delivery made;
    made.tag.queue = messaging::queue_name(item.lane);
    made.body = std::move(body);
    made.user_id = "itn_api";
    return made;
}
std::string body_of(const Item& item) {
    return '[' + wire::render(item.envelope) + ']';
}

TEST(Intake, reads_the_commands_of_many_messages_in_order) {
    const Item a = test::restock("a", "ceres", 1), b = test::restock("b", "ceres", 2);
    const auto intake = read(std::vector{delivery(a, body_of(a)), delivery(b, body_of(b))},
                             test::shards, BrokerUsers{});
    ASSERT_EQ(intake.items.size(), 2u);
    EXPECT_EQ(intake.items[0].envelope, a.envelope);
    EXPECT_EQ(intake.items[1].envelope, b.envelope);
    EXPECT_EQ(intake.items[0].lane, a.lane);
    EXPECT_FALSE(intake.items[0].suspect);
    EXPECT_TRUE(intake.unreadable.empty());
}

TEST(Intake, suspects_what_was_delivered_twice_before) {
    const Item a = test::restock("a", "ceres", 1);
    auto again = delivery(a, body_of(a));
    for (const std::int64_t count : {0, 1, 2, 3}) {
        again.delivery_count = count;
        EXPECT_EQ(read(std::vector{again}, test::shards, BrokerUsers{}).items.at(0).suspect,
                  count >= 2)
            << count;
    }
}

TEST(Intake, puts_aside_bytes_that_are_no_commands_with_a_reason) {
    const Item a = test::restock("a", "ceres", 1);
    for (const char* garbage : {"", "\xff\x00", "{}", "[", "[1]", "[{\"id\":\"x\"}]"}) {
        const auto intake = read(std::vector{delivery(a, garbage), delivery(a, body_of(a))},
                                 test::shards, BrokerUsers{});
        EXPECT_EQ(intake.items.size(), 1u) << garbage;
        ASSERT_EQ(intake.unreadable.size(), 1u) << garbage;
        EXPECT_EQ(intake.unreadable[0].reason, "unreadable");
        EXPECT_FALSE(intake.unreadable[0].detail.empty());
        EXPECT_EQ(intake.unreadable[0].lane, a.lane);
    }
}

TEST(Intake, puts_aside_a_bad_element_and_keeps_its_neighbours) {
    const Item a = test::restock("a", "ceres", 1), b = test::restock("b", "ceres", 2);
    const std::string body =
        '[' + wire::render(a.envelope) + ",{\"id\":7}," + wire::render(b.envelope) + ']';
    const auto intake = read(std::vector{delivery(a, body)}, test::shards, BrokerUsers{});
    EXPECT_EQ(intake.items.size(), 2u);
    ASSERT_EQ(intake.unreadable.size(), 1u);
    EXPECT_EQ(intake.unreadable[0].payload, "{\"id\":7}");
}

TEST(Intake, puts_aside_a_command_of_another_lane) {
    const Item a = test::restock("a", "ceres", 1);
    Item elsewhere = a;
    elsewhere.lane.shard = static_cast<std::uint16_t>(1 - a.lane.shard);
    const auto intake =
        read(std::vector{delivery(elsewhere, body_of(a))}, test::shards, BrokerUsers{});
    EXPECT_TRUE(intake.items.empty());
    ASSERT_EQ(intake.unreadable.size(), 1u);
    EXPECT_EQ(intake.unreadable[0].reason, "wrong_lane");
    EXPECT_EQ(intake.unreadable[0].command_id, "a");
}

TEST(Intake, takes_commands_from_those_who_may_carry_them) {
    const Item wish = test::restock("a", "ceres", 1);
    Item reaction = wish;
    reaction.envelope.command.principal = domain::system_principal;
    const auto is_taken = [](const Item& item, const std::string& user) {
        auto one = delivery(item, body_of(item));
        one.user_id = user;
        const auto intake = read(std::vector{one}, test::shards, BrokerUsers{});
        EXPECT_EQ(intake.items.size() + intake.unreadable.size(), 1u) << user;
        for (const storage::Parked& parked : intake.unreadable) {
            EXPECT_EQ(parked.reason, "wrong_sender");
            EXPECT_EQ(parked.payload, wire::render(item.envelope));
        }
        return !intake.items.empty();
    };
    for (const char* door : {"itn_api", "itn_ingress"}) {
        EXPECT_TRUE(is_taken(wish, door)) << door;
        EXPECT_FALSE(is_taken(reaction, door)) << door;
    }
    for (const char* worker : {"itn_trade", "itn_cargo", "itn_inventory"}) {
        EXPECT_FALSE(is_taken(wish, worker)) << worker;
        EXPECT_TRUE(is_taken(reaction, worker)) << worker;
    }
    for (const char* other : {"", "itn_notifier", "itn_migrate", "acme", "itn_api2"}) {
        EXPECT_FALSE(is_taken(wish, other)) << other;
        EXPECT_FALSE(is_taken(reaction, other)) << other;
    }
}

}  // namespace
}  // namespace itn::workers
