#include "common/messaging/topology.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace itn::messaging {
namespace {

TEST(topology, of_one_shard_is_this_text) {
    const std::string arguments =
        " durable x-queue-type=quorum x-single-active-consumer=true x-overflow=reject-publish"
        " x-max-length=1000000 x-delivery-limit=1000000 x-consumer-timeout=86400000\n";
    EXPECT_EQ(render(topology(1)),
              "exchange itn.commands direct durable\n"
              "exchange itn.events topic durable\n"
              "queue itn.trade.00" +
                  arguments + "queue itn.cargo.00" + arguments + "queue itn.inventory.00" +
                  arguments +
                  "bind itn.commands trade.00 -> itn.trade.00\n"
                  "bind itn.commands cargo.00 -> itn.cargo.00\n"
                  "bind itn.commands inventory.00 -> itn.inventory.00\n"
                  "no exchange itn.partner\n");
}

TEST(topology, has_a_queue_and_a_binding_for_each_lane) {
    const auto table = topology(16);
    EXPECT_EQ(table.queues.size(), 48U);
    EXPECT_EQ(table.bindings.size(), 48U);
    EXPECT_EQ(lanes_with_queue(16).size(), 48U);
    EXPECT_EQ(table.queues[17].name, "itn.cargo.01");
}

TEST(topology, fingerprints_tell_shard_counts_apart) {
    EXPECT_EQ(topology_fingerprint(4), topology_fingerprint(4));
    EXPECT_NE(topology_fingerprint(4), topology_fingerprint(16));
    EXPECT_EQ(topology_fingerprint(4).size(), 64U);
}

TEST(topology, queue_names_and_lanes_are_two_ways_of_saying_it) {
    for (const auto& lane : lanes_with_queue(100))
        EXPECT_EQ(lane_of_queue(queue_name(lane)), lane);
    for (const char* other : {"itn.catalogue.00", "itn.trade.7", "trade.07", "itn.reply.x", ""})
        EXPECT_FALSE(lane_of_queue(other)) << other;
}

}  // namespace
}  // namespace itn::messaging
