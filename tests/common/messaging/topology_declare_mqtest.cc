#include "common/messaging/topology_declare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/messaging/rabbit_world.h"

namespace itn::messaging {
namespace {

using testing::HasSubstr;
using testing::Not;

class TopologyAtBroker : public testing::Test {
protected:
    /// The real table under names of this test's own.
    Topology table(std::uint16_t shards) {
        const auto prefix = server.unique_name("topology.");
        auto made = topology(shards);
        for (auto& exchange : made.exchanges)
            exchange.name.insert(0, prefix);
        for (auto& queue : made.queues)
            queue.name.insert(0, prefix);
        for (auto& binding : made.bindings) {
            binding.exchange.insert(0, prefix);
            binding.queue.insert(0, prefix);
        }
        for (auto& exchange : made.retired_exchanges)
            exchange.insert(0, prefix);
        return made;
    }
    static std::string complaint(const std::function<void()>& action) {
        try {
            action();
            return "none";
        } catch (const TopologyError& error) {
            return error.what();
        }
    }

    tests::PrivateRabbitmq& server = tests::private_rabbitmq();
    ConnectionSettings settings = test_settings();
};

TEST_F(TopologyAtBroker, is_declared_again_and_again_and_then_verified) {
    const auto lanes = table(2);
    declare_topology(settings, lanes);
    declare_topology(settings, lanes);
    EXPECT_EQ(complaint([&] { verify_topology(settings, lanes); }), "none");
}

TEST_F(TopologyAtBroker, what_is_retired_goes_and_the_queues_bound_to_it_stay) {
    const auto now = table(1);
    ASSERT_EQ(now.retired_exchanges.size(), 1U);
    const Exchange shared{.name = now.retired_exchanges[0], .type = "topic"};
    const auto queue = now.queues[0];
    const Topology before{.exchanges = {shared},
                          .queues = {queue},
                          .bindings = {{.exchange = shared.name, .queue = queue.name, .key = "#"}}};
    declare_topology(settings, before);
    EXPECT_EQ(complaint([&] { verify_topology(settings, before); }), "none");
    Topology soon = before;
    soon.retired_exchanges = {shared.name};
    for (int again = 0; again < 2; ++again)
        EXPECT_EQ(complaint([&] { verify_topology(settings, soon); }), "none") << "it deletes none";
    for (int again = 0; again < 2; ++again) {
        declare_topology(settings, now);
        EXPECT_EQ(complaint([&] { verify_topology(settings, now); }), "none");
        const auto said = complaint([&] { verify_topology(settings, before); });
        EXPECT_THAT(said, HasSubstr("exchange " + shared.name + " does not exist"));
        EXPECT_THAT(said, Not(HasSubstr(queue.name)));
    }
}

TEST_F(TopologyAtBroker, names_everything_that_is_missing) {
    auto lanes = table(1);
    const auto complete = lanes;
    lanes.exchanges.erase(lanes.exchanges.begin() + 1);
    lanes.queues.erase(lanes.queues.begin());
    lanes.bindings.erase(lanes.bindings.begin());
    declare_topology(settings, lanes);
    const auto said = complaint([&] { verify_topology(settings, complete); });
    EXPECT_THAT(said, HasSubstr("exchange " + complete.exchanges[1].name + " does not exist"));
    EXPECT_THAT(said,
                HasSubstr("queue " + complete.queues[0].name + " does not exist: run itn-migrate"));
    EXPECT_THAT(said, Not(HasSubstr(complete.queues[1].name)));
    EXPECT_THAT(said, Not(HasSubstr("secret")));
}

TEST_F(TopologyAtBroker, names_the_argument_that_differs) {
    const auto lanes = table(1);
    declare_topology(settings, lanes);
    auto other = lanes;
    other.queues[1].arguments[3].second = std::int64_t(5);
    other.exchanges[0].type = "fanout";
    for (const auto& check : {&declare_topology, &verify_topology}) {
        const auto said = complaint([&] { check(settings, other); });
        EXPECT_THAT(said, HasSubstr("queue " + other.queues[1].name + " is not what"));
        EXPECT_THAT(said, HasSubstr("x-max-length"));
        EXPECT_THAT(said, HasSubstr("exchange " + other.exchanges[0].name + " is not what"));
        EXPECT_THAT(said, HasSubstr("then run itn-migrate"));
    }
}

TEST_F(TopologyAtBroker, is_verified_by_a_user_without_configure_rights) {
    server.add_user("worker", "w", "^$", "^itn\\.commands$", ".*");
    const auto as_worker = test_settings(server.url_for("worker", "w"));
    const auto lanes = table(1);
    EXPECT_THAT(complaint([&] { verify_topology(as_worker, lanes); }),
                HasSubstr("does not exist: run itn-migrate"));
    EXPECT_THAT(complaint([&] { declare_topology(as_worker, lanes); }),
                HasSubstr("was refused: 403"));
    declare_topology(settings, lanes);
    EXPECT_EQ(complaint([&] { verify_topology(as_worker, lanes); }), "none");
}

TEST_F(TopologyAtBroker, says_where_it_could_not_connect) {
    auto nobody = settings;
    nobody.url.port = 1;
    EXPECT_THAT(complaint([&] { verify_topology(nobody, topology(1)); }), HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace itn::messaging
