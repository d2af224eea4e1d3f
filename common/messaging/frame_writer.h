#pragma once

// AMQP 0-9-1 on its way out. librabbitmq encodes methods and properties; the frames around them
// are made here:
//
//     frame = type(1) channel(2) size(4) payload(size) 0xCE
//     message = METHOD frame (basic.publish), HEADER frame, BODY frames of at most frame_max − 8
//
// Everything is appended to a ByteBuffer; nothing is sent from here. Arguments come from our own
// code, so one that cannot be encoded is a broken invariant, except names longer than 255 bytes,
// which throw std::length_error.

#include <amqp.h>
#include <amqp_framing.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "common/messaging/broker.h"
#include "common/messaging/byte_buffer.h"

namespace itn::messaging {

/// A view for librabbitmq, which promises not to write through it.
amqp_bytes_t amqp_view(std::string_view text);
std::string_view text_of(const amqp_bytes_t& bytes);

class FrameWriter final {
public:
    explicit FrameWriter(ByteBuffer& out) : out_(out) {}

    void protocol_header();
    void heartbeat();
    /// `fields` is the amqp_..._t that belongs to `id`.
    template <class Fields>
    void method(std::uint16_t channel, amqp_method_number_t id, Fields fields) {
        encode_method(channel, id, &fields);
    }
    /// One message, whole. `user` is the user_id property, checked by the broker.
    void publish(std::uint16_t channel, const Message& message, const std::string& user);
    void ack(std::uint16_t channel, std::uint64_t tag, bool multiple);
    void close_channel(std::uint16_t channel);

    void limit_frames(std::uint32_t frame_max) { frame_max_ = frame_max; }

private:
    std::size_t begin(std::uint8_t type, std::uint16_t channel);
    void end(std::size_t start);
    void encode_method(std::uint16_t channel, amqp_method_number_t id, void* fields);
    void header(std::uint16_t channel, const Message& message, const std::string& user);
    void body(std::uint16_t channel, std::string_view bytes);
    void big_endian(std::uint64_t value, int bytes);

    ByteBuffer& out_;
    std::uint32_t frame_max_ = 4096;  // until tuned
};

}  // namespace itn::messaging
