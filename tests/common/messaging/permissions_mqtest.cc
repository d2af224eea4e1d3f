// The table of broker users against a real broker, verb by verb: who may do what, and that nobody
// may do more.

#include <gtest/gtest.h>
#include <unistd.h>

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

using Verb = std::function<void(FrameWriter&, std::uint16_t channel, const std::string& user)>;

/// One user's connection; each try has a channel of its own.
class Visit final {
public:
    explicit Visit(const std::string& user)
        : user_(user),
          connection_(desk_.loop, test_settings(tests::private_rabbitmq().url_for(user, password)),
                      {.on_open = [] {},
                       .on_blocked = [](bool, const std::string&) {},
                       .on_method = [this](auto channel, const auto& m) { take(channel, m); },
                       .on_content = [this](const Content&) { answer(0); },
                       .before_flush = [] {},
                       .on_closed = [this](const std::string& reason) { answer(-1, reason); }}) {
        EXPECT_TRUE(desk_.until([&] { return connection_.is_open(); })) << user;
    }

    /// 0 when the broker did as told, else its reply code.
    int attempt(const Verb& verb) {
        ++channel_;
        step_ = 0;
        code_.reset();
        verb_ = verb;
        connection_.frames().method(channel_, AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t{});
        EXPECT_TRUE(desk_.until([&] { return code_.has_value(); })) << user_;
        return code_.value_or(-1);
    }
    const std::string& text() const { return text_; }

private:
    void take(std::uint16_t channel, const amqp_method_t& method) {
        if (channel != channel_) return;
        if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
            const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
            connection_.frames().method(channel, AMQP_CHANNEL_CLOSE_OK_METHOD,
                                        amqp_channel_close_ok_t{});
            return answer(close.reply_code, std::string(text_of(close.reply_text)));
        }
        // The channel opens, then confirms are on, and then comes the answer that counts.
        if (++step_ == 1)
            return connection_.frames().method(channel, AMQP_CONFIRM_SELECT_METHOD,
                                               amqp_confirm_select_t{});
        if (step_ == 2) return verb_(connection_.frames(), channel, user_);
        answer(0);
    }
    void answer(int code, const std::string& text = {}) {
        code_ = code;
        text_ = text;
    }

    Desk desk_;
    std::string user_;
    std::uint16_t channel_ = 0;
    int step_ = 0;
    Verb verb_;
    std::optional<int> code_;
    std::string text_;
    Connection connection_;
};

Verb publish(const std::string& exchange, const std::string& key, const std::string& as = {}) {
    return [=](FrameWriter& frames, std::uint16_t channel, const std::string& user) {
        const Message message{.exchange = exchange,
                              .routing_key = key,
                              .body = "[]",
                              .message_id = "m",
                              .mandatory = false};
        frames.publish(channel, message, as.empty() ? user : as);
    };
}

Verb consume(const std::string& queue) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        amqp_basic_consume_t consume{};
        consume.queue = amqp_view(queue);
        frames.method(channel, AMQP_BASIC_CONSUME_METHOD, consume);
    };
}

Verb get(const std::string& queue) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        frames.method(channel, AMQP_BASIC_GET_METHOD,
                      amqp_basic_get_t{.ticket = 0, .queue = amqp_view(queue), .no_ack = 1});
    };
}

Verb purge(const std::string& queue) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        frames.method(channel, AMQP_QUEUE_PURGE_METHOD,
                      amqp_queue_purge_t{.ticket = 0, .queue = amqp_view(queue), .nowait = 0});
    };
}

Verb bind(const std::string& queue, const std::string& exchange, const std::string& key) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        amqp_queue_bind_t bind{};
        bind.queue = amqp_view(queue);
        bind.exchange = amqp_view(exchange);
        bind.routing_key = amqp_view(key);
        frames.method(channel, AMQP_QUEUE_BIND_METHOD, bind);
    };
}

Verb bind_exchange(const std::string& destination, const std::string& source) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        amqp_exchange_bind_t bind{};
        bind.destination = amqp_view(destination);
        bind.source = amqp_view(source);
        frames.method(channel, AMQP_EXCHANGE_BIND_METHOD, bind);
    };
}

Verb declare(const std::string& queue, const std::string& dead_letters_to = "none") {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        amqp_table_entry_t entry{};
        const std::string key = "x-dead-letter-exchange";
        entry.key = amqp_view(key);
        entry.value.kind = AMQP_FIELD_KIND_UTF8;
        entry.value.value.bytes = amqp_view(dead_letters_to);
        amqp_queue_declare_t declare{};
        declare.queue = amqp_view(queue);
        declare.exclusive = 1;
        if (dead_letters_to != "none") declare.arguments = {1, &entry};
        frames.method(channel, AMQP_QUEUE_DECLARE_METHOD, declare);
    };
}

Verb declare_exchange(const std::string& exchange) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        const std::string type = "topic";
        amqp_exchange_declare_t declare{};
        declare.exchange = amqp_view(exchange);
        declare.type = amqp_view(type);
        declare.auto_delete = 1;
        frames.method(channel, AMQP_EXCHANGE_DECLARE_METHOD, declare);
    };
}

Verb remove(const std::string& queue) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        amqp_queue_delete_t remove{};
        remove.queue = amqp_view(queue);
        frames.method(channel, AMQP_QUEUE_DELETE_METHOD, remove);
    };
}

Verb remove_exchange(const std::string& exchange) {
    return [=](FrameWriter& frames, std::uint16_t channel, const auto&) {
        amqp_exchange_delete_t remove{};
        remove.exchange = amqp_view(exchange);
        frames.method(channel, AMQP_EXCHANGE_DELETE_METHOD, remove);
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
        {"itn.watch.api.1", "itn_migrate itn_api"},
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
            const int expected = words(row.who).contains(user) ? 0 : AMQP_ACCESS_REFUSED;
            EXPECT_EQ(visit.attempt(row.verb), expected)
                << user << ": " << row.what << ": " << visit.text();
        }
    }
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
