#include "common/messaging/frame_writer.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "common/base/ensure.h"

namespace itn::messaging {

namespace {

constexpr std::size_t frame_overhead = 8;
constexpr std::size_t max_short_string = 255;
/// A method of ours holds at most a few short strings, or a small table.
constexpr std::size_t max_method = 4096;
/// Six short strings, flags and a timestamp.
constexpr std::size_t max_properties = 6 * (max_short_string + 1) + 64;

amqp_bytes_t short_string(std::string_view text) {
    if (text.size() > max_short_string)
        throw std::length_error("AMQP name longer than 255 bytes: " +
                                std::string(text.substr(0, 40)));
    return amqp_view(text);
}

std::uint64_t unix_seconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

amqp_bytes_t amqp_view(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};
}

std::string_view text_of(const amqp_bytes_t& bytes) {
    return {static_cast<const char*>(bytes.bytes), bytes.len};
}

void FrameWriter::big_endian(std::uint64_t value, int bytes) {
    char* place = out_.room(static_cast<std::size_t>(bytes));
    for (int i = 0; i < bytes; ++i)
        place[i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
    out_.extend(static_cast<std::size_t>(bytes));
}

std::size_t FrameWriter::begin(std::uint8_t type, std::uint16_t channel) {
    const std::size_t start = out_.size();
    big_endian(type, 1);
    big_endian(channel, 2);
    big_endian(0, 4);
    return start;
}

void FrameWriter::end(std::size_t start) {
    const auto size = static_cast<std::uint32_t>(out_.size() - start - 7);
    for (int i = 0; i < 4; ++i)
        out_.data()[start + 3 + static_cast<std::size_t>(i)] =
            static_cast<char>(size >> (8 * (3 - i)));
    big_endian(AMQP_FRAME_END, 1);
}

void FrameWriter::protocol_header() {
    out_.append(std::string_view("AMQP\0\0\x09\x01", 8));
}

void FrameWriter::heartbeat() {
    end(begin(AMQP_FRAME_HEARTBEAT, 0));
}

void FrameWriter::encode_method(std::uint16_t channel, amqp_method_number_t id, void* fields) {
    const std::size_t start = begin(AMQP_FRAME_METHOD, channel);
    big_endian(id, 4);
    const int size = amqp_encode_method(id, fields, {max_method, out_.room(max_method)});
    ENSURE(size >= 0);
    out_.extend(static_cast<std::size_t>(size));
    end(start);
}

void FrameWriter::ack(std::uint16_t channel, std::uint64_t tag, bool multiple) {
    method(channel, AMQP_BASIC_ACK_METHOD,
           amqp_basic_ack_t{.delivery_tag = tag, .multiple = multiple});
}

void FrameWriter::close_channel(std::uint16_t channel) {
    method(channel, AMQP_CHANNEL_CLOSE_METHOD,
           amqp_channel_close_t{.reply_code = AMQP_REPLY_SUCCESS,
                                .reply_text = amqp_view("done"),
                                .class_id = 0,
                                .method_id = 0});
}

void FrameWriter::publish(std::uint16_t channel, const Message& message, const std::string& user) {
    amqp_basic_publish_t fields{};
    fields.exchange = short_string(message.exchange);
    fields.routing_key = short_string(message.routing_key);
    fields.mandatory = message.mandatory;
    short_string(message.message_id);
    short_string(message.reply_to);
    short_string(message.content_type);
    short_string(user);
    method(channel, AMQP_BASIC_PUBLISH_METHOD, fields);
    header(channel, message, user);
    body(channel, message.body);
}

void FrameWriter::header(std::uint16_t channel, const Message& message, const std::string& user) {
    const std::size_t start = begin(AMQP_FRAME_HEADER, channel);
    big_endian(AMQP_BASIC_CLASS, 2);
    big_endian(0, 2);
    big_endian(message.body.size(), 8);
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
                        AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TIMESTAMP_FLAG |
                        AMQP_BASIC_USER_ID_FLAG | AMQP_BASIC_APP_ID_FLAG;
    properties.content_type = amqp_view(message.content_type);
    properties.delivery_mode =
        message.persistent ? AMQP_DELIVERY_PERSISTENT : AMQP_DELIVERY_NONPERSISTENT;
    properties.message_id = amqp_view(message.message_id);
    properties.timestamp = unix_seconds();
    properties.user_id = amqp_view(user);
    properties.app_id = amqp_view("itn");
    if (!message.reply_to.empty()) {
        properties._flags |= AMQP_BASIC_REPLY_TO_FLAG;
        properties.reply_to = amqp_view(message.reply_to);
    }
    const int size = amqp_encode_properties(AMQP_BASIC_CLASS, &properties,
                                            {max_properties, out_.room(max_properties)});
    ENSURE(size >= 0);
    out_.extend(static_cast<std::size_t>(size));
    end(start);
}

void FrameWriter::body(std::uint16_t channel, std::string_view bytes) {
    const std::size_t most = frame_max_ - frame_overhead;
    while (!bytes.empty()) {
        const auto part = bytes.substr(0, most);
        const std::size_t start = begin(AMQP_FRAME_BODY, channel);
        out_.append(part);
        end(start);
        bytes.remove_prefix(part.size());
    }
}

}  // namespace itn::messaging
