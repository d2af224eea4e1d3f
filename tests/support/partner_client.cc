#include "tests/support/partner_client.h"

#include <amqp_framing.h>
#include <amqp_tcp_socket.h>

#include <list>
#include <stdexcept>

#include "common/messaging/broker_url.h"

namespace itn::tests {

namespace {

constexpr amqp_channel_t channel = 1;

amqp_bytes_t bytes(const std::string& text) {
    return {text.size(), const_cast<char*>(text.data())};
}

timeval as_timeval(std::chrono::milliseconds duration) {
    return {.tv_sec = duration.count() / 1'000, .tv_usec = duration.count() % 1'000 * 1'000};
}

}  // namespace

PartnerClient::PartnerClient(const std::string& amqp_url) : state_(amqp_new_connection()) {
    const auto url = messaging::parse_broker_url(amqp_url).value();
    user_ = url.user;
    reply_queue_ = "itn.reply." + user_ + ".tests";
    auto* const socket = amqp_tcp_socket_new(state_);
    if (amqp_socket_open(socket, url.host.c_str(), url.port) != AMQP_STATUS_OK)
        throw std::runtime_error("the broker does not answer");
    const auto patience = as_timeval(std::chrono::seconds(20));
    amqp_set_rpc_timeout(state_, &patience);
    const auto login = amqp_login(state_, url.vhost.c_str(), 0, 131'072, 0, AMQP_SASL_METHOD_PLAIN,
                                  user_.c_str(), url.password.c_str());
    if (login.reply_type != AMQP_RESPONSE_NORMAL)
        throw std::runtime_error("the broker refuses " + user_);
    amqp_channel_open(state_, channel);
    check("channel.open");
    amqp_queue_declare(state_, channel, bytes(reply_queue_), 0, 0, 0, 1, amqp_empty_table);
    check("queue.declare");
    amqp_basic_consume(state_, channel, bytes(reply_queue_), amqp_empty_bytes, 0, 1, 0,
                       amqp_empty_table);
    check("basic.consume");
}

PartnerClient::~PartnerClient() {
    amqp_connection_close(state_, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(state_);
}

void PartnerClient::check(const char* what) {
    if (amqp_get_rpc_reply(state_).reply_type != AMQP_RESPONSE_NORMAL)
        throw std::runtime_error(std::string(what) + " was refused");
}

void PartnerClient::ask_for_confirms() {
    amqp_confirm_select(state_, channel);
    check("confirm.select");
}

void PartnerClient::publish(const std::string& body, const Properties& given) {
    std::vector<amqp_table_entry_t> entries;
    std::list<amqp_field_value_t> lists;
    for (const auto& [key, value] : given.headers) {
        amqp_table_entry_t entry{};
        entry.key = bytes(key);
        entry.value.kind = AMQP_FIELD_KIND_UTF8;
        entry.value.value.bytes = bytes(value);
        // The broker reads the keys of copies as a list.
        if (key == "CC" || key == "BCC") {
            lists.push_back(entry.value);
            entry.value.kind = AMQP_FIELD_KIND_ARRAY;
            entry.value.value.array = {1, &lists.back()};
        }
        entries.push_back(entry);
    }
    amqp_basic_properties_t properties{};
    properties._flags =
        AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_REPLY_TO_FLAG;
    properties.content_type = bytes(given.content_type);
    properties.delivery_mode =
        given.is_persistent ? AMQP_DELIVERY_PERSISTENT : AMQP_DELIVERY_NONPERSISTENT;
    properties.reply_to = bytes(reply_queue_);
    if (given.has_user_id) {
        properties._flags |= AMQP_BASIC_USER_ID_FLAG;
        properties.user_id = bytes(user_);
    }
    if (!given.expiration.empty()) {
        properties._flags |= AMQP_BASIC_EXPIRATION_FLAG;
        properties.expiration = bytes(given.expiration);
    }
    if (!entries.empty()) {
        properties._flags |= AMQP_BASIC_HEADERS_FLAG;
        properties.headers = {int(entries.size()), entries.data()};
    }
    const std::string exchange = "itn.partner." + user_;
    const std::string key = user_ + ".commands";
    if (amqp_basic_publish(state_, channel, bytes(exchange), bytes(key), 0, 0, &properties,
                           bytes(body)) != AMQP_STATUS_OK)
        throw std::runtime_error("basic.publish failed");
}

void PartnerClient::read(std::chrono::milliseconds patience) {
    amqp_frame_t frame{};
    const auto wait = as_timeval(patience);
    amqp_maybe_release_buffers(state_);
    const int status = amqp_simple_wait_frame_noblock(state_, &frame, &wait);
    if (status == AMQP_STATUS_TIMEOUT) return;
    if (status != AMQP_STATUS_OK) throw std::runtime_error(amqp_error_string2(status));
    if (frame.frame_type == AMQP_FRAME_METHOD) take(frame);
}

void PartnerClient::take(const amqp_frame_t& frame) {
    const auto settle = [this](std::uint64_t tag, bool multiple, std::size_t& count) {
        count += multiple ? tag - settled_ : 1;
        settled_ = std::max(settled_, tag);
    };
    switch (frame.payload.method.id) {
        case AMQP_BASIC_ACK_METHOD: {
            const auto& ack = *static_cast<amqp_basic_ack_t*>(frame.payload.method.decoded);
            return settle(ack.delivery_tag, ack.multiple != 0, acked_);
        }
        case AMQP_BASIC_NACK_METHOD: {
            const auto& nack = *static_cast<amqp_basic_nack_t*>(frame.payload.method.decoded);
            return settle(nack.delivery_tag, nack.multiple != 0, nacked_);
        }
        case AMQP_BASIC_DELIVER_METHOD:
            return take_message();
        case AMQP_CHANNEL_CLOSE_METHOD:
            throw std::runtime_error("the broker closed the channel");
        default:
            return;
    }
}

void PartnerClient::take_message() {
    amqp_message_t message{};
    const auto read = amqp_read_message(state_, channel, &message, 0);
    if (read.reply_type != AMQP_RESPONSE_NORMAL) throw std::runtime_error("half a message");
    const std::string body(static_cast<const char*>(message.body.bytes), message.body.len);
    amqp_destroy_message(&message);
    for (auto& outcome : nlohmann::json::parse(body))
        outcomes_.push_back(std::move(outcome));
}

nlohmann::json PartnerClient::outcome_of(const std::string& id) {
    nlohmann::json found;
    until([&] {
        for (const auto& outcome : outcomes_)
            if (outcome.value("id", "") == id) found = outcome;
        return !found.is_null();
    });
    return found;
}

}  // namespace itn::tests
