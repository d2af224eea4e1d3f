// The table of broker users against a real broker, verb by verb: who may do what, and that nobody
// may do more.

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "common/messaging/broker_users.h"
#include "common/messaging/partner_queues.h"
#include "tests/common/messaging/desk.h"
#include "tests/common/messaging/rabbit_world.h"

namespace itn::messaging {
namespace {

constexpr const char* password = "password";

/// Speaks the library's own blocking client: our connections do not know most of these verbs.
using Verb = std::function<void(amqp_connection_state_t, amqp_channel_t, const std::string& user)>;

/// One user's connection; each try has a channel of its own.
class Visit final {
public:
    explicit Visit(std::string user) : user_(std::move(user)), state_(amqp_new_connection()) {
        const auto url = parse_broker_url(tests::private_rabbitmq().url()).value();
        const timeval patience{.tv_sec = 30, .tv_usec = 0};
        auto* const socket = amqp_tcp_socket_new(state_);
        EXPECT_EQ(amqp_socket_open(socket, "127.0.0.1", url.port), AMQP_STATUS_OK);
        EXPECT_EQ(amqp_set_rpc_timeout(state_, &patience), AMQP_STATUS_OK);
        const auto login =
            amqp_login(state_, "/", 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN, user_.c_str(), password);
        EXPECT_EQ(login.reply_type, AMQP_RESPONSE_NORMAL) << user_;
    }
    ~Visit() { amqp_destroy_connection(state_); }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

    /// 0 when the broker did as told, else its reply code.
    int attempt(const Verb& verb) {
        ++channel_;
        amqp_channel_open(state_, channel_);
        verb(state_, channel_, user_);
        int code = code_of(amqp_get_rpc_reply(state_));
        if (code != 0) return code;
        // What had no answer of its own was done, or refused, before this is answered.
        amqp_confirm_select(state_, channel_);
        code = code_of(amqp_get_rpc_reply(state_));
        if (code == 0) amqp_channel_close(state_, channel_, AMQP_REPLY_SUCCESS);
        return code;
    }
    const std::string& text() const { return text_; }

private:
    int code_of(const amqp_rpc_reply_t& reply) {
        if (reply.reply_type == AMQP_RESPONSE_NORMAL || reply.reply_type == AMQP_RESPONSE_NONE)
            return 0;
        if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION ||
            reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD) {
            text_ = amqp_error_string2(reply.library_error);
            return -1;
        }
        const auto& close = *static_cast<const amqp_channel_close_t*>(reply.reply.decoded);
        text_ = text_of(close.reply_text);
        amqp_channel_close_ok_t farewell{};
        amqp_send_method(state_, channel_, AMQP_CHANNEL_CLOSE_OK_METHOD, &farewell);
        return close.reply_code;
    }

    std::string user_;
    amqp_connection_state_t state_;
    amqp_channel_t channel_ = 0;
    std::string text_;
};

amqp_bytes_t bytes(const std::string& text) {
    return amqp_view(text);
}

Verb publish(const std::string& exchange, const std::string& key, const std::string& as = {},
             std::size_t size = 2) {
    return [=](auto state, auto channel, const std::string& user) {
        amqp_basic_properties_t properties{};
        properties._flags = AMQP_BASIC_USER_ID_FLAG;
        properties.user_id = bytes(as.empty() ? user : as);
        const std::string body(size, ' ');
        amqp_basic_publish(state, channel, bytes(exchange), bytes(key), 0, 0, &properties,
                           bytes(body));
    };
}

Verb consume(const std::string& queue) {
    return [=](auto state, auto channel, const std::string&) {
        amqp_basic_consume(state, channel, bytes(queue), amqp_empty_bytes, 0, 0, 0,
                           amqp_empty_table);
    };
}

Verb get(const std::string& queue) {
    return [=](auto state, auto channel, const std::string&) {
        amqp_basic_get(state, channel, bytes(queue), 1);
    };
}

Verb purge(const std::string& queue) {
    return [=](auto state, auto channel, const std::string&) {
        amqp_queue_purge(state, channel, bytes(queue));
    };
}

Verb bind(const std::string& queue, const std::string& exchange, const std::string& key) {
    return [=](auto state, auto channel, const std::string&) {
        amqp_queue_bind(state, channel, bytes(queue), bytes(exchange), bytes(key),
                        amqp_empty_table);
    };
}

Verb bind_exchange(const std::string& destination, const std::string& source) {
    return [=](auto state, auto channel, const std::string&) {
        amqp_exchange_bind(state, channel, bytes(destination), bytes(source), amqp_empty_bytes,
                           amqp_empty_table);
    };
}

Verb declare(const std::string& queue, const std::string& dead_letters_to = "none") {
    return [=](auto state, auto channel, const std::string&) {
        amqp_table_entry_t entry{};
        const std::string key = "x-dead-letter-exchange";
        entry.key = bytes(key);
        entry.value.kind = AMQP_FIELD_KIND_UTF8;
        entry.value.value.bytes = bytes(dead_letters_to);
        const amqp_table_t arguments{dead_letters_to == "none" ? 0 : 1, &entry};
        amqp_queue_declare(state, channel, bytes(queue), 0, 0, 1, 0, arguments);
    };
}

Verb declare_exchange(const std::string& exchange) {
    return [=](auto state, auto channel, const std::string&) {
        const std::string type = "topic";
        amqp_exchange_declare(state, channel, bytes(exchange), bytes(type), 0, 0, 1, 0,
                              amqp_empty_table);
    };
}

Verb remove(const std::string& queue) {
    return [=](auto state, auto channel, const std::string&) {
        amqp_queue_delete(state, channel, bytes(queue), 0, 0);
    };
}

Verb remove_exchange(const std::string& exchange) {
    return [=](auto state, auto channel, const std::string&) {
        amqp_exchange_delete(state, channel, bytes(exchange), 0);
    };
}

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
        {"publish to itn.partner", publish("itn.partner", "acme.commands"), "itn_migrate acme"},
        {"publish under another's key", publish("itn.partner", "other.commands"),
         "itn_migrate other"},
        {"publish under any key", publish("itn.partner", "acme.events"), "itn_migrate"},
        {"publish under two keys", publish("itn.partner", "acme.commands.x"), "itn_migrate"},
        {"publish to a queue by its name", publish("", "itn.partner.acme.commands"),
         "itn_ingress itn_trade itn_cargo itn_inventory itn_notifier"},
        {"publish to amq.topic", publish("amq.topic", "acme.commands"), ""},
        {"publish to amq.direct", publish("amq.direct", "acme.commands"), ""},
        {"publish to amq.fanout", publish("amq.fanout", ""), ""},
        {"publish to amq.headers", publish("amq.headers", ""), ""},
        {"bind own replies to events", bind("itn.reply.acme.1", "itn.events", "#"), "itn_migrate"},
        {"bind own replies to commands", bind("itn.reply.acme.1", "itn.partner", "#"),
         "itn_migrate"},
        {"bind own events", bind("itn.partner.acme.events", "itn.events", "#"),
         "itn_migrate itn_notifier"},
        {"bind the api's watch", bind("itn.watch.api.1", "itn.events", "#"),
         "itn_migrate itn_api itn_notifier"},
        {"bind the notifier's watch", bind("itn.watch.notifier.1", "itn.events", "#"),
         "itn_migrate itn_notifier"},
        {"bind a lane elsewhere", bind("itn.trade.00", "itn.events", "#"), "itn_migrate"},
        {"bind events to partners", bind_exchange("itn.events", "itn.partner"), "itn_migrate"},
        {"declare acme's replies", declare("itn.reply.acme.2"), "itn_migrate acme"},
        {"declare other's replies", declare("itn.reply.other.2"), "itn_migrate other"},
        {"declare the api's replies", declare("itn.reply.api.2"), "itn_migrate itn_api"},
        {"declare the ingress's replies", declare("itn.reply.ingress.2"),
         "itn_migrate itn_ingress"},
        {"declare a watch", declare("itn.watch.notifier.2"), "itn_migrate itn_notifier"},
        {"declare a lane", declare("itn.trade.98"), "itn_migrate"},
        {"declare anything else", declare("x"), ""},
        {"dead letters to commands", declare("itn.reply.acme.3", "itn.commands"), "itn_migrate"},
        {"dead letters to a queue", declare("itn.reply.acme.4", ""), ""},
        {"declare an exchange", declare_exchange("itn.more"), "itn_migrate"},
        {"declare any exchange", declare_exchange("more"), ""},
        {"delete acme's replies", remove("itn.reply.acme.9"), "itn_migrate acme"},
        {"delete other's replies", remove("itn.reply.other.9"), "itn_migrate other"},
        {"delete a lane", remove("itn.trade.99"), "itn_migrate"},
        {"delete a partner's queue", remove("itn.partner.nobody.commands"), "itn_migrate"},
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
        auto& server = tests::private_rabbitmq();
        auto users = component_users();
        users.push_back(partner_user("acme"));
        users.push_back(partner_user("other"));
        for (const auto& user : users)
            names().push_back(user.name);
        auto document = nlohmann::json::parse(render_definitions(users, "/"));
        for (auto& user : document["users"])
            user["password"] = password;
        const auto file = server.certificate("users.json");
        std::ofstream(file) << document.dump();
        server.control({"import_definitions", file});
        declare_topology(test_settings(), topology(1));
        for (const char* partner : {"acme", "other"})
            declare_topology(test_settings(), partner_topology(partner));
        Topology own;
        for (const char* queue : {"itn.reply.acme.1", "itn.reply.other.1", "itn.reply.api.1",
                                  "itn.watch.api.1", "itn.watch.notifier.1"})
            own.queues.push_back({.name = queue, .arguments = {}});
        declare_topology(test_settings(), own);
    }
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
    EXPECT_NE(server.control({"list_vhost_limits"}).find("10000"), std::string::npos);
}

TEST_F(Permissions, nobody_speaks_under_another_name) {
    for (const auto& user : names()) {
        Visit visit(user);
        const bool is_partner = !user.starts_with("itn_");
        const auto exchange = is_partner ? "itn.partner" : "itn.commands";
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
    EXPECT_EQ(visit.attempt(publish("itn.partner", "acme.commands", {}, 128 * 1024)), 0);
    EXPECT_EQ(visit.attempt(publish("itn.partner", "acme.commands", {}, 129 * 1024)),
              AMQP_PRECONDITION_FAILED);
    most(128UL * 1024 * 1024);
}

TEST_F(Permissions, a_partner_has_five_connections) {
    std::vector<std::unique_ptr<Visit>> visits;
    for (std::int64_t i = 0; i < limits::max_partner_connections; ++i)
        visits.push_back(std::make_unique<Visit>("acme"));
    Desk desk;
    std::string why;
    Connection sixth(desk.loop, test_settings(tests::private_rabbitmq().url_for("acme", password)),
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
