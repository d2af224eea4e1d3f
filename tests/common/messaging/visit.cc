#include "tests/common/messaging/visit.h"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/messaging/partner_queues.h"
#include "tests/common/messaging/rabbit_world.h"

namespace itn::messaging {

namespace {

amqp_bytes_t bytes(const std::string& text) {
    return amqp_view(text);
}

amqp_table_entry_t entry_of(const std::string& key, amqp_field_value_t value) {
    return {.key = bytes(key), .value = value};
}

amqp_field_value_t text_value(const std::string& text) {
    amqp_field_value_t value{};
    value.kind = AMQP_FIELD_KIND_UTF8;
    value.value.bytes = bytes(text);
    return value;
}

amqp_basic_properties_t properties_of(const std::string& user) {
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_USER_ID_FLAG;
    properties.user_id = bytes(user);
    return properties;
}

}  // namespace

std::vector<std::string> admit(const std::vector<std::string>& partners) {
    auto& server = tests::private_rabbitmq();
    auto users = component_users();
    for (const auto& partner : partners)
        users.push_back(partner_user(partner));
    std::vector<std::string> names;
    auto document = nlohmann::json::parse(render_definitions(users, "/"));
    for (auto& user : document["users"]) {
        user["password"] = visit_password;
        names.push_back(user.at("name"));
    }
    const auto file = server.certificate("users.json");
    std::ofstream(file) << document.dump();
    server.control({"import_definitions", file});
    declare_topology(test_settings(), topology(1));
    for (const auto& partner : partners)
        declare_topology(test_settings(), partner_topology(partner));
    return names;
}

Visit::Visit(std::string user) : user_(std::move(user)), state_(amqp_new_connection()) {
    const auto url = parse_broker_url(tests::private_rabbitmq().url()).value();
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    auto* const socket = amqp_tcp_socket_new(state_);
    EXPECT_EQ(amqp_socket_open(socket, "127.0.0.1", url.port), AMQP_STATUS_OK);
    EXPECT_EQ(amqp_set_rpc_timeout(state_, &patience), AMQP_STATUS_OK);
    const auto login = amqp_login(state_, "/", 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN, user_.c_str(),
                                  visit_password);
    EXPECT_EQ(login.reply_type, AMQP_RESPONSE_NORMAL) << user_;
}

Visit::~Visit() {
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(state_);
}

int Visit::attempt(const Verb& verb) {
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

int Visit::open_channel() {
    amqp_channel_open(state_, ++channel_);
    return code_of(amqp_get_rpc_reply(state_));
}

std::uint32_t Visit::depth(const std::string& queue) {
    std::uint32_t count = 0;
    const int code = attempt([&](auto state, auto channel, const std::string&) {
        const auto* const told =
            amqp_queue_declare(state, channel, bytes(queue), 1, 0, 0, 0, amqp_empty_table);
        if (told != nullptr) count = told->message_count;
    });
    EXPECT_EQ(code, 0) << queue << ": " << text_;
    return count;
}

int Visit::code_of(const amqp_rpc_reply_t& reply) {
    if (reply.reply_type == AMQP_RESPONSE_NORMAL || reply.reply_type == AMQP_RESPONSE_NONE)
        return 0;
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
        reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto& close = *static_cast<const amqp_connection_close_t*>(reply.reply.decoded);
        text_ = text_of(close.reply_text);
        return close.reply_code;
    }
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

Verb publish(const std::string& exchange, const std::string& key, const std::string& as,
             std::size_t size) {
    return [=](auto state, auto channel, const std::string& user) {
        const auto properties = properties_of(as.empty() ? user : as);
        const std::string body(size, ' ');
        amqp_basic_publish(state, channel, bytes(exchange), bytes(key), 0, 0, &properties,
                           bytes(body));
    };
}

Verb publish_copies(const std::string& exchange, const std::string& key,
                    const std::vector<std::string>& keys, int count) {
    return [=](auto state, auto channel, const std::string& user) {
        std::vector<amqp_field_value_t> list;
        for (const auto& one : keys)
            list.push_back(text_value(one));
        amqp_field_value_t value{};
        value.kind = AMQP_FIELD_KIND_ARRAY;
        value.value.array = {int(list.size()), list.data()};
        const std::string open = "CC", hidden = "BCC", body = "x";
        std::vector<amqp_table_entry_t> entries = {entry_of(open, value), entry_of(hidden, value)};
        auto properties = properties_of(user);
        properties._flags |= AMQP_BASIC_HEADERS_FLAG;
        properties.headers = {int(entries.size()), entries.data()};
        for (int i = 0; i < count; ++i)
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

Verb declare(const std::string& queue, const std::string& dead_letters_to) {
    return [=](auto state, auto channel, const std::string&) {
        const std::string letters = "x-dead-letter-exchange", ttl = "x-message-ttl";
        amqp_field_value_t at_once{};
        at_once.kind = AMQP_FIELD_KIND_I32;
        std::vector<amqp_table_entry_t> entries;
        if (dead_letters_to != "none")
            entries = {entry_of(letters, text_value(dead_letters_to)), entry_of(ttl, at_once)};
        amqp_queue_declare(state, channel, bytes(queue), 0, 0, 1, 0,
                           {int(entries.size()), entries.data()});
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

}  // namespace itn::messaging
