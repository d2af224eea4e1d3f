#include "common/messaging/frame_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/limits.h"
#include "common/messaging/amqp_table.h"
#include "common/messaging/frame_writer.h"

namespace itn::messaging {

namespace {

constexpr std::size_t head_size = 7;
constexpr std::size_t pool_page = 8192;

std::uint64_t big_endian(std::span<const char> bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

/// The methods a broker may send to a client; the decoder is used for no others.
bool comes_from_broker(amqp_method_number_t id) {
    switch (id) {
        case AMQP_CONNECTION_START_METHOD:
        case AMQP_CONNECTION_TUNE_METHOD:
        case AMQP_CONNECTION_OPEN_OK_METHOD:
        case AMQP_CONNECTION_CLOSE_METHOD:
        case AMQP_CONNECTION_CLOSE_OK_METHOD:
        case AMQP_CONNECTION_BLOCKED_METHOD:
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
        case AMQP_CHANNEL_OPEN_OK_METHOD:
        case AMQP_CHANNEL_FLOW_METHOD:
        case AMQP_CHANNEL_CLOSE_METHOD:
        case AMQP_CHANNEL_CLOSE_OK_METHOD:
        case AMQP_EXCHANGE_DECLARE_OK_METHOD:
        case AMQP_EXCHANGE_DELETE_OK_METHOD:
        case AMQP_QUEUE_DECLARE_OK_METHOD:
        case AMQP_QUEUE_BIND_OK_METHOD:
        case AMQP_QUEUE_DELETE_OK_METHOD:
        case AMQP_BASIC_QOS_OK_METHOD:
        case AMQP_BASIC_CONSUME_OK_METHOD:
        case AMQP_BASIC_CANCEL_METHOD:
        case AMQP_BASIC_DELIVER_METHOD:
        case AMQP_BASIC_RETURN_METHOD:
        case AMQP_BASIC_ACK_METHOD:
        case AMQP_BASIC_NACK_METHOD:
        case AMQP_CONFIRM_SELECT_OK_METHOD:
            return true;
        default:
            return false;
    }
}

std::int64_t whole_number(const amqp_field_value_t& value) {
    switch (value.kind) {
        case AMQP_FIELD_KIND_I8:
            return value.value.i8;
        case AMQP_FIELD_KIND_U8:
            return value.value.u8;
        case AMQP_FIELD_KIND_I16:
            return value.value.i16;
        case AMQP_FIELD_KIND_U16:
            return value.value.u16;
        case AMQP_FIELD_KIND_I32:
            return value.value.i32;
        case AMQP_FIELD_KIND_U32:
            return value.value.u32;
        case AMQP_FIELD_KIND_I64:
            return value.value.i64;
        case AMQP_FIELD_KIND_U64:
            return static_cast<std::int64_t>(std::min<std::uint64_t>(value.value.u64, INT64_MAX));
        default:
            return 0;
    }
}

void copy_properties(const amqp_basic_properties_t& from, Delivery& to) {
    const auto flags = from._flags;
    if ((flags & AMQP_BASIC_CONTENT_TYPE_FLAG) != 0) to.content_type = text_of(from.content_type);
    if ((flags & AMQP_BASIC_MESSAGE_ID_FLAG) != 0) to.message_id = text_of(from.message_id);
    if ((flags & AMQP_BASIC_USER_ID_FLAG) != 0) to.user_id = text_of(from.user_id);
    if ((flags & AMQP_BASIC_REPLY_TO_FLAG) != 0) to.reply_to = text_of(from.reply_to);
    if ((flags & AMQP_BASIC_CONTENT_ENCODING_FLAG) != 0 && from.content_encoding.len > 0)
        to.other_headers.emplace_back("content-encoding");
    if ((flags & AMQP_BASIC_EXPIRATION_FLAG) != 0) to.other_headers.emplace_back("expiration");
    if ((flags & AMQP_BASIC_HEADERS_FLAG) == 0) return;
    const std::span entries(from.headers.entries,
                            static_cast<std::size_t>(from.headers.num_entries));
    for (const auto& entry : entries) {
        if (text_of(entry.key) == "x-delivery-count") {
            to.delivery_count = whole_number(entry.value);
        } else {
            to.other_headers.emplace_back(text_of(entry.key));
        }
    }
}

}  // namespace

FrameReader::FrameReader(Events events)
    : events_(std::move(events)), buffer_(limits::broker_frame + 2 * limits::broker_read) {
    init_amqp_pool(&pool_, pool_page);
}

FrameReader::~FrameReader() {
    empty_amqp_pool(&pool_);
}

std::span<char> FrameReader::space() {
    if (begin_ > 0 && buffer_.size() - end_ < limits::broker_read) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
    return std::span(buffer_).subspan(end_);
}

void FrameReader::added(std::size_t count) {
    end_ += count;
    while (!stopped_ && end_ - begin_ >= head_size) {
        const std::span head(buffer_.data() + begin_, end_ - begin_);
        const std::size_t size = big_endian(head, 3, 4);
        if (size + head_size + 1 > limits::broker_frame)
            throw ProtocolError("not AMQP 0-9-1, or a frame larger than agreed");
        if (head.size() < head_size + size + 1) break;
        if (static_cast<unsigned char>(head[head_size + size]) != AMQP_FRAME_END)
            throw ProtocolError("a frame without its end mark");
        begin_ += head_size + size + 1;
        take({.type = static_cast<std::uint8_t>(head[0]),
              .channel = static_cast<std::uint16_t>(big_endian(head, 1, 2)),
              .payload = head.subspan(head_size, size)});
        recycle_amqp_pool(&pool_);
    }
    if (begin_ == end_) begin_ = end_ = 0;
}

void FrameReader::take(const Frame& frame) {
    switch (frame.type) {
        case AMQP_FRAME_METHOD:
            return take_method(frame);
        case AMQP_FRAME_HEADER:
            return take_header(frame);
        case AMQP_FRAME_BODY:
            return take_body(frame);
        case AMQP_FRAME_HEARTBEAT:
            return;
        default:
            throw ProtocolError("unknown frame type " + std::to_string(frame.type));
    }
}

void FrameReader::take_method(const Frame& frame) {
    if (frame.payload.size() < 4) throw ProtocolError("a method frame without a method");
    amqp_method_t method{};
    method.id = static_cast<amqp_method_number_t>(big_endian(frame.payload, 0, 4));
    const auto fields = frame.payload.subspan(4);
    if (!comes_from_broker(method.id))
        throw ProtocolError("unexpected method " + std::to_string(method.id));
    // version-major(1) version-minor(1) server-properties(table)
    if (method.id == AMQP_CONNECTION_START_METHOD &&
        (fields.size() < 2 || !is_sane_table(fields.subspan(2))))
        throw ProtocolError("connection.start with a broken table");
    const int status =
        amqp_decode_method(method.id, &pool_, {fields.size(), fields.data()}, &method.decoded);
    if (status < 0)
        throw ProtocolError(std::string("undecodable method: ") + amqp_error_string2(status));
    if (method.id == AMQP_BASIC_DELIVER_METHOD) {
        begin(frame.channel, *static_cast<const amqp_basic_deliver_t*>(method.decoded));
    } else if (method.id == AMQP_BASIC_RETURN_METHOD) {
        begin(frame.channel, *static_cast<const amqp_basic_return_t*>(method.decoded));
    } else {
        if (method.id == AMQP_CHANNEL_CLOSE_METHOD || method.id == AMQP_CHANNEL_CLOSE_OK_METHOD)
            partials_.erase(frame.channel);
        events_.on_method(frame.channel, method);
    }
}

void FrameReader::begin(std::uint16_t channel, const amqp_basic_deliver_t& fields) {
    auto& content = (partials_[channel] = {}).content;
    content.channel = channel;
    content.delivery_tag = fields.delivery_tag;
    content.delivery.redelivered = fields.redelivered != 0;
    content.delivery.exchange = text_of(fields.exchange);
    content.delivery.routing_key = text_of(fields.routing_key);
}

void FrameReader::begin(std::uint16_t channel, const amqp_basic_return_t& fields) {
    auto& content = (partials_[channel] = {}).content;
    content.channel = channel;
    content.returned = true;
    content.reply_text = text_of(fields.reply_text);
    content.delivery.exchange = text_of(fields.exchange);
    content.delivery.routing_key = text_of(fields.routing_key);
}

FrameReader::Partial& FrameReader::partial(std::uint16_t channel, bool with_header) {
    const auto found = partials_.find(channel);
    if (found == partials_.end() || found->second.body_size.has_value() != with_header)
        throw ProtocolError("content frames out of order");
    return found->second;
}

void FrameReader::take_header(const Frame& frame) {
    // class(2) weight(2) body-size(8) flags and properties
    if (frame.payload.size() < 14) throw ProtocolError("a content header too short");
    auto& whole = partial(frame.channel, false);
    whole.body_size = big_endian(frame.payload, 4, 8);
    whole.content.delivery.body.reserve(
        std::min<std::uint64_t>(*whole.body_size, limits::max_delivery_body));
    read_properties(frame.payload.subspan(12), whole.content.delivery);
    complete_if_whole(frame.channel);
}

void FrameReader::read_properties(std::span<char> encoded, Delivery& delivery) {
    void* decoded = nullptr;
    if (are_sane_properties(encoded) &&
        amqp_decode_properties(AMQP_BASIC_CLASS, &pool_, {encoded.size(), encoded.data()},
                               &decoded) >= 0) {
        copy_properties(*static_cast<const amqp_basic_properties_t*>(decoded), delivery);
    } else {
        delivery.other_headers.emplace_back("undecodable");
    }
}

void FrameReader::take_body(const Frame& frame) {
    auto& whole = partial(frame.channel, true);
    whole.received += frame.payload.size();
    if (whole.received > *whole.body_size) throw ProtocolError("a body longer than announced");
    auto& body = whole.content.delivery.body;
    body.append(frame.payload.data(),
                std::min(frame.payload.size(), limits::max_delivery_body - body.size()));
    complete_if_whole(frame.channel);
}

void FrameReader::complete_if_whole(std::uint16_t channel) {
    const auto found = partials_.find(channel);
    if (found->second.received < *found->second.body_size) return;
    Content content = std::move(found->second.content);
    partials_.erase(found);
    events_.on_content(std::move(content));
}

}  // namespace itn::messaging
