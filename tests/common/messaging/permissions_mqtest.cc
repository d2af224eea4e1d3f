// The table of broker users against a real broker, verb by verb: who may do what, and that nobody
// may do more.

#include <amqp.h>
#include <amqp_framing.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <sstream>
#include <utility>

#include "common/messaging/partner_queues.h"
#include "tests/common/messaging/desk.h"
#include "tests/common/messaging/rabbit_world.h"
#include "tests/common/messaging/visit.h"

namespace itn::messaging {
namespace {

struct Row {
    std::string what;
    Verb verb;
    std::string who;  // everybody else is refused
};

std::vector<Row> rows_of_queue(const std::string& queue, const std::string& who) {
    return {{"get " + queue, get(queue), who},
            {"purge " + queue, purge(queue), who},
            {"consume " + queue, consume(queue), who}};
}

/// What is deleted does not exist: the broker asks for the right first, and nothing breaks.
std::vector<Row> all_rows() {
    std::vector<Row> rows = {
        {"publish a command", publish("itn.commands", "trade.00"),
         "itn_migrate itn_api itn_ingress itn_trade itn_cargo itn_inventory"},
        {"publish an event", publish("itn.events", "trade.confirmed"),
         "itn_migrate itn_trade itn_cargo itn_inventory"},
        {"publish acme's commands", publish("itn.partner.acme", "acme.commands"),
         "itn_migrate acme"},
        {"publish other's commands", publish("itn.partner.other", "other.commands"),
         "itn_migrate other"},
        {"publish to other's exchange", publish("itn.partner.other", "acme.commands"),
         "itn_migrate"},
        {"publish under other's key", publish("itn.partner.acme", "other.commands"), "itn_migrate"},
        {"publish under any key", publish("itn.partner.acme", "acme.events"), "itn_migrate"},
        {"publish under two keys", publish("itn.partner.acme", "acme.commands.x"), "itn_migrate"},
        {"publish to a queue by its name", publish("", "itn.partner.acme.commands"),
         "itn_ingress itn_trade itn_cargo itn_inventory itn_notifier"},
        {"publish to amq.topic", publish("amq.topic", "acme.commands"), ""},
        {"publish to amq.direct", publish("amq.direct", "acme.commands"), ""},
        {"publish to amq.fanout", publish("amq.fanout", ""), ""},
        {"publish to amq.headers", publish("amq.headers", ""), ""},
        {"bind own replies to events", bind("itn.reply.acme.1", "itn.events", "#"), "itn_migrate"},
        {"bind own replies to commands", bind("itn.reply.acme.1", "itn.partner.acme", "#"),
         "itn_migrate"},
        {"bind other's commands", bind("itn.partner.other.commands", "itn.partner.acme", "x"),
         "itn_migrate"},
        {"bind own events", bind("itn.partner.acme.events", "itn.events", "#"),
         "itn_migrate itn_notifier"},
        {"bind the api's watch", bind("itn.watch.api.1", "itn.events", "#"),
         "itn_migrate itn_api itn_notifier"},
        {"bind the notifier's watch", bind("itn.watch.notifier.1", "itn.events", "#"),
         "itn_migrate itn_notifier"},
        {"bind a lane elsewhere", bind("itn.trade.00", "itn.events", "#"), "itn_migrate"},
        {"bind events to partners", bind_exchange("itn.events", "itn.partner.acme"), "itn_migrate"},
        {"declare acme's replies", declare("itn.reply.acme.2"), "itn_migrate acme"},
        {"declare other's replies", declare("itn.reply.other.2"), "itn_migrate other"},
        {"declare the api's replies", declare("itn.reply.api.2"), "itn_migrate itn_api"},
        {"declare the ingress's replies", declare("itn.reply.ingress.2"),
         "itn_migrate itn_ingress"},
        {"declare a watch", declare("itn.watch.notifier.2"), "itn_migrate itn_notifier"},
        {"declare a lane", declare("itn.trade.98"), "itn_migrate"},
        {"declare anything else", declare("x"), ""},
        {"dead letters to commands", declare("itn.reply.acme.3", "itn.commands"), "itn_migrate"},
        {"dead letters to own commands", declare("itn.reply.acme.5", "itn.partner.acme"),
         "itn_migrate acme"},
        {"dead letters to other's commands", declare("itn.reply.acme.6", "itn.partner.other"),
         "itn_migrate"},
        {"dead letters to a queue", declare("itn.reply.acme.4", ""), ""},
        {"declare an exchange", declare_exchange("itn.more"), "itn_migrate"},
        {"declare a partner's exchange", declare_exchange("itn.partner.more"), "itn_migrate"},
        {"declare any exchange", declare_exchange("more"), ""},
        // Nothing comes to such an exchange: nobody but itn_migrate may publish or bind anything to
        // it.
        {"declare an exchange like a reply", declare_exchange("itn.reply.acme.x"),
         "itn_migrate acme"},
        {"lead it to own commands", bind_exchange("itn.partner.acme", "itn.reply.acme.x"),
         "itn_migrate acme"},
        {"lead it to other's commands", bind_exchange("itn.partner.other", "itn.reply.acme.x"),
         "itn_migrate"},
        {"lead it to own replies", bind("itn.reply.acme.1", "itn.reply.acme.x", "#"),
         "itn_migrate"},
        {"lead own commands to it", bind_exchange("itn.reply.acme.x", "itn.partner.acme"),
         "itn_migrate"},
        {"publish to it", publish("itn.reply.acme.x", "acme.commands"), "itn_migrate"},
        {"delete acme's replies", remove("itn.reply.acme.9"), "itn_migrate acme"},
        {"delete other's replies", remove("itn.reply.other.9"), "itn_migrate other"},
        {"delete a lane", remove("itn.trade.99"), "itn_migrate"},
        {"delete a partner's queue", remove("itn.partner.nobody.commands"), "itn_migrate"},
        {"delete a partner's exchange", remove_exchange("itn.partner.nobody"), "itn_migrate"},
        {"delete an exchange", remove_exchange("itn.none"), "itn_migrate"},
    };
    const std::vector<std::pair<std::string, std::string>> readers = {
        {"itn.trade.00", "itn_migrate itn_trade"},
        {"itn.cargo.00", "itn_migrate itn_cargo"},
        {"itn.inventory.00", "itn_migrate itn_inventory"},
        {"itn.partner.acme.commands", "itn_migrate itn_ingress"},
        {"itn.partner.acme.events", "itn_migrate acme"},
        {"itn.partner.other.events", "itn_migrate other"},
        {"itn.reply.acme.1", "itn_migrate acme"},
        {"itn.reply.other.1", "itn_migrate other"},
        {"itn.reply.api.1", "itn_migrate itn_api"},
        {"itn.watch.api.1", "itn_migrate itn_api itn_notifier"},
        {"itn.watch.notifier.1", "itn_migrate itn_notifier"},
    };
    for (const auto& [queue, who] : readers) {
        for (auto& row : rows_of_queue(queue, who))
            rows.push_back(std::move(row));
    }
    return rows;
}

class Permissions : public testing::Test {
protected:
    static void SetUpTestSuite() {
        names() = admit({"acme", "other", crowd});
        std::erase(names(), crowd);
        Topology own;
        for (const char* queue : {"itn.reply.acme.1", "itn.reply.other.1", "itn.reply.api.1",
                                  "itn.watch.api.1", "itn.watch.notifier.1"})
            own.queues.push_back({.name = queue, .arguments = {}});
        declare_topology(test_settings(), own);
    }
    /// A partner with no connection but those that a test counts.
    static constexpr const char* crowd = "crowd";
    static std::vector<std::string>& names() {
        static std::vector<std::string> kept;
        return kept;
    }
    static std::set<std::string> words(const std::string& text) {
        std::istringstream in(text);
        return {std::istream_iterator<std::string>(in), {}};
    }
};

TEST_F(Permissions, are_as_the_table_says_for_every_user_and_verb) {
    const auto rows = all_rows();
    ASSERT_EQ(names().size(), 9U);
    for (const auto& user : names()) {
        Visit visit(user);
        for (const auto& row : rows) {
            const bool is_allowed = words(row.who).contains(user);
            const int code = visit.attempt(row.verb);
            EXPECT_EQ(code == AMQP_ACCESS_REFUSED, !is_allowed)
                << user << ": " << row.what << ": " << visit.text();
            // Whoever has the right may still not "get" where there is one active consumer.
            const bool is_locked = code == AMQP_RESOURCE_LOCKED && row.what.starts_with("get ");
            EXPECT_TRUE(!is_allowed || code == 0 || is_locked)
                << user << ": " << row.what << ": " << code << " " << visit.text();
        }
    }
}

TEST_F(Permissions, nobody_makes_a_queue_without_bounds) {
    auto& server = tests::private_rabbitmq();
    const auto bounds_of = [&](const std::string& queue) {
        auto told = server.control(
            {"eval", R"({ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<")" +
                         queue + R"(">>)), {rabbit_policy:name_op(Q), )" +
                         "rabbit_policy:effective_definition(Q)}."});
        std::erase_if(told, [](char c) { return std::isspace(c) != 0; });
        return told;
    };
    for (const char* queue : {"itn.reply.acme.1", "itn.reply.other.1"}) {
        const auto told = bounds_of(queue);
        for (const char* bound :
             {R"({<<"itn-replies">>,)", R"(<<"max-length">>=>10000)",
              R"(<<"max-length-bytes">>=>67108864)", R"(<<"expires">>=>86400000)"})
            EXPECT_NE(told.find(bound), std::string::npos) << told;
    }
    EXPECT_EQ(bounds_of("itn.trade.00").find("itn-replies"), std::string::npos);
    EXPECT_NE(server.control({"list_vhost_limits"}).find("\"max-queues\":4000"), std::string::npos);
}

TEST_F(Permissions, nobody_speaks_under_another_name) {
    for (const auto& user : names()) {
        Visit visit(user);
        const bool is_partner = !user.starts_with("itn_");
        const auto exchange = is_partner ? partner_exchange(user) : "itn.commands";
        const auto key = is_partner ? partner_command_key(user) : "trade.00";
        if (user == "itn_notifier") continue;
        EXPECT_EQ(visit.attempt(publish(exchange, key, user)), 0) << user << visit.text();
        EXPECT_EQ(visit.attempt(publish(exchange, key, "somebody")), AMQP_PRECONDITION_FAILED)
            << user;
    }
}

TEST_F(Permissions, a_message_of_a_partner_has_a_size) {
    auto& server = tests::private_rabbitmq();
    const auto most = [&](std::size_t size) {
        server.control({"eval", "application:set_env(rabbit, max_message_size, " +
                                    std::to_string(size) + ")."});
    };
    most(limits::max_partner_message);
    Visit visit("acme");
    EXPECT_EQ(visit.attempt(publish("itn.partner.acme", "acme.commands", {}, 128 * 1024)), 0);
    EXPECT_EQ(visit.attempt(publish("itn.partner.acme", "acme.commands", {}, 129 * 1024)),
              AMQP_PRECONDITION_FAILED);
    most(128UL * 1024 * 1024);
}

TEST_F(Permissions, a_partner_has_ten_channels) {
    Visit visit("acme");
    for (std::int64_t i = 0; i < limits::max_partner_channels; ++i)
        EXPECT_EQ(visit.open_channel(), 0) << i << visit.text();
    EXPECT_GT(visit.open_channel(), 0);
    EXPECT_NE(visit.text().find("limit"), std::string::npos) << visit.text();
}

TEST_F(Permissions, a_partner_has_five_connections) {
    std::vector<std::unique_ptr<Visit>> visits;
    for (std::int64_t i = 0; i < limits::max_partner_connections; ++i)
        visits.push_back(std::make_unique<Visit>(crowd));
    Desk desk;
    std::string why;
    Connection sixth(desk.loop,
                     test_settings(tests::private_rabbitmq().url_for(crowd, visit_password)),
                     {.on_open = [] {},
                      .on_blocked = [](bool, const std::string&) {},
                      .on_method = [](auto, const auto&) {},
                      .on_content = [](const Content&) {},
                      .before_flush = [] {},
                      .on_closed = [&](std::string reason) { why = std::move(reason); }});
    EXPECT_TRUE(desk.until([&] { return !why.empty(); }));
    EXPECT_NE(why.find("limit"), std::string::npos) << why;
}

}  // namespace
}  // namespace itn::messaging
