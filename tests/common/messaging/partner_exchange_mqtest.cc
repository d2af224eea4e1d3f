// One partner against another's command queue, with all that a real broker lets a user try: other
// exchanges and keys, copies, dead letters.

#include <amqp.h>
#include <amqp_framing.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/messaging/partner_queues.h"
#include "tests/common/messaging/desk.h"
#include "tests/common/messaging/rabbit_world.h"
#include "tests/common/messaging/visit.h"

namespace itn::messaging {
namespace {

class PartnerExchange : public testing::Test {
protected:
    static void SetUpTestSuite() { admit({"acme", "other"}); }
    PartnerExchange() {
        for (const auto& queue : {acmes, others})
            EXPECT_EQ(migrate.attempt(purge(queue)), 0) << migrate.text();
    }

    bool holds(const std::string& queue, std::uint32_t count) {
        Desk desk;
        return desk.until([&] { return migrate.depth(queue) == count; });
    }
    /// Every key and name that leads, or might lead, to the other partner's commands.
    const std::vector<std::string> ways = {"other.commands", "itn.partner.other.commands",
                                           "itn.partner.other", "#", "*.commands"};
    const std::string acmes = partner_command_queue("acme");
    const std::string others = partner_command_queue("other");
    Visit migrate{"itn_migrate"};
};

TEST_F(PartnerExchange, takes_nothing_from_another_partner) {
    Visit acme("acme");
    for (const char* key : {"acme.commands", "other.commands"})
        EXPECT_EQ(acme.attempt(publish("itn.partner.other", key)), AMQP_ACCESS_REFUSED) << key;
    for (const auto& way : ways)
        EXPECT_EQ(acme.attempt(publish("itn.partner.acme", way)), AMQP_ACCESS_REFUSED) << way;
    EXPECT_EQ(acme.attempt(publish("itn.partner.acme", "acme.commands")), 0) << acme.text();
    EXPECT_TRUE(holds(acmes, 1));
    EXPECT_EQ(migrate.depth(others), 0U);
}

TEST_F(PartnerExchange, keeps_copies_from_four_connections_away_from_others) {
    constexpr int connections = 4, each = 500;
    std::vector<std::thread> flood;
    for (int i = 0; i < connections; ++i) {
        flood.emplace_back([&] {
            Visit acme("acme");
            EXPECT_EQ(acme.attempt(publish_copies("itn.partner.acme", "acme.commands", ways, each)),
                      0)
                << acme.text();
        });
    }
    for (auto& thread : flood)
        thread.join();
    EXPECT_TRUE(holds(acmes, connections * each));
    EXPECT_EQ(migrate.depth(others), 0U);
    Visit other("other");
    EXPECT_EQ(other.attempt(publish("itn.partner.other", "other.commands")), 0) << other.text();
    EXPECT_TRUE(holds(others, 1));
}

TEST_F(PartnerExchange, keeps_dead_letters_away_from_others) {
    Visit acme("acme");
    EXPECT_EQ(acme.attempt(declare("itn.reply.acme.7", "itn.partner.other")), AMQP_ACCESS_REFUSED);
    EXPECT_EQ(acme.attempt(declare("itn.reply.acme.8", "itn.partner.acme")), 0) << acme.text();
    // Dead letters go under all keys of the message. That it has others than the queue's name takes
    // a replier that sends copies, which ours do not.
    Visit replier("itn_ingress");
    EXPECT_EQ(replier.attempt(
                  publish_copies("", "itn.reply.acme.8", {"acme.commands", "other.commands"}, 1)),
              0)
        << replier.text();
    EXPECT_TRUE(holds(acmes, 1));
    EXPECT_EQ(migrate.depth(others), 0U);
}

}  // namespace
}  // namespace itn::messaging
