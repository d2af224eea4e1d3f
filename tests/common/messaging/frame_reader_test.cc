#include "common/messaging/frame_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/base/limits.h"
#include "common/messaging/frame_writer.h"

namespace itn::messaging {
namespace {

/// A reader with everything it said.
struct Ear {
    std::vector<Content> contents;
    std::vector<std::string> methods;
    FrameReader reader{
        {.on_method =
             [this](std::uint16_t channel, const amqp_method_t& method) {
                 methods.push_back(std::to_string(channel) + " " + amqp_method_name(method.id));
             },
         .on_content = [this](Content content) { contents.push_back(std::move(content)); }}};

    void hear(std::string_view bytes, std::size_t chunk = SIZE_MAX) {
        while (!bytes.empty()) {
            const auto space = reader.space();
            const auto part = bytes.substr(0, std::min(chunk, space.size()));
            std::ranges::copy(part, space.begin());
            reader.added(part.size());
            bytes.remove_prefix(part.size());
        }
    }
};

std::size_t frame_end(std::string_view bytes) {
    std::size_t size = 0;
    for (std::size_t i = 3; i < 7; ++i)
        size = size << 8 | static_cast<unsigned char>(bytes[i]);
    return size + 8;
}

/// basic.deliver with the header and body frames that a publish of `message` has.
std::vector<std::string> delivery_frames(std::uint16_t channel, const Message& message) {
    ByteBuffer out;
    FrameWriter writer(out);
    amqp_basic_deliver_t deliver{};
    deliver.consumer_tag = amqp_view("tag");
    deliver.delivery_tag = 7;
    deliver.redelivered = 1;
    deliver.exchange = amqp_view(message.exchange);
    deliver.routing_key = amqp_view(message.routing_key);
    writer.method(channel, AMQP_BASIC_DELIVER_METHOD, deliver);
    std::vector<std::string> frames = {std::string(out.view())};
    out.clear();
    writer.publish(channel, message, "me");
    for (auto rest = out.view(); !rest.empty();) {
        const auto size = frame_end(rest);
        frames.emplace_back(rest.substr(0, size));
        rest.remove_prefix(size);
    }
    frames.erase(frames.begin() + 1);  // basic.publish itself
    return frames;
}

std::string joined(const std::vector<std::string>& frames) {
    std::string all;
    for (const auto& frame : frames)
        all += frame;
    return all;
}

const Message sample = {.exchange = "itn.commands",
                        .routing_key = "trade.07",
                        .body = std::string(10'000, 'b'),
                        .message_id = "m-1",
                        .reply_to = "itn.reply.x"};

TEST(FrameReader, puts_a_message_together_from_any_chunks) {
    for (const std::size_t chunk : {std::size_t(1), std::size_t(7), std::size_t(4096), SIZE_MAX}) {
        Ear ear;
        ear.hear(joined(delivery_frames(3, sample)), chunk);
        ASSERT_EQ(ear.contents.size(), 1U) << chunk;
        const auto& content = ear.contents[0];
        EXPECT_EQ(content.channel, 3);
        EXPECT_FALSE(content.returned);
        EXPECT_EQ(content.delivery_tag, 7U);
        EXPECT_TRUE(content.delivery.redelivered);
        EXPECT_EQ(content.delivery.exchange, "itn.commands");
        EXPECT_EQ(content.delivery.routing_key, "trade.07");
        EXPECT_EQ(content.delivery.message_id, "m-1");
        EXPECT_EQ(content.delivery.user_id, "me");
        EXPECT_EQ(content.delivery.reply_to, "itn.reply.x");
        EXPECT_EQ(content.delivery.content_type, "application/vnd.itn+json");
        EXPECT_TRUE(content.delivery.body == sample.body);
    }
}

TEST(FrameReader, keeps_channels_apart) {
    auto one = delivery_frames(1, sample);
    Message other = sample;
    other.body = std::string(9'000, 'o');
    const auto two = delivery_frames(2, other);
    ASSERT_EQ(one.size(), two.size());
    Ear ear;
    for (std::size_t i = 0; i < one.size(); ++i)
        ear.hear(one[i] + two[i]);
    ASSERT_EQ(ear.contents.size(), 2U);
    EXPECT_TRUE(ear.contents[0].delivery.body == sample.body);
    EXPECT_TRUE(ear.contents[1].delivery.body == other.body);
}

TEST(FrameReader, cuts_a_body_that_cannot_be_ours) {
    Message big = sample;
    big.body = std::string(limits::max_delivery_body + 5'000, 'b');
    Ear ear;
    ear.hear(joined(delivery_frames(1, big)) + joined(delivery_frames(1, sample)));
    ASSERT_EQ(ear.contents.size(), 2U);
    EXPECT_EQ(ear.contents[0].delivery.body.size(), limits::max_delivery_body);
    EXPECT_EQ(ear.contents[1].delivery.body.size(), sample.body.size());
}

std::string be(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

std::string frame(int type, std::uint16_t channel, const std::string& payload) {
    return be(static_cast<std::uint64_t>(type), 1) + be(channel, 2) + be(payload.size(), 4) +
           payload + "\xCE";
}

std::string header_with(const std::string& table) {
    return frame(AMQP_FRAME_HEADER, 1,
                 be(AMQP_BASIC_CLASS, 2) + be(0, 2) + be(0, 8) + be(AMQP_BASIC_HEADERS_FLAG, 2) +
                     be(table.size(), 4) + table);
}

TEST(FrameReader, reads_the_headers) {
    const std::string table = std::string("\x10") + "x-delivery-count" + "l" + be(5, 8) + "\x02" +
                              "CC" + "A" + be(6, 4) + "S" + be(1, 4) + "k";
    Ear ear;
    ear.hear(delivery_frames(1, sample)[0] + header_with(table));
    ASSERT_EQ(ear.contents.size(), 1U);
    EXPECT_EQ(ear.contents[0].delivery.delivery_count, 5);
    EXPECT_EQ(ear.contents[0].delivery.other_headers, std::vector<std::string>{"CC"});
}

TEST(FrameReader, names_an_encoding_that_nobody_undoes) {
    for (const std::string encoding : {"", "gzip"}) {
        Ear ear;
        ear.hear(delivery_frames(1, sample)[0] +
                 frame(AMQP_FRAME_HEADER, 1,
                       be(AMQP_BASIC_CLASS, 2) + be(0, 2) + be(0, 8) +
                           be(AMQP_BASIC_CONTENT_ENCODING_FLAG, 2) + be(encoding.size(), 1) +
                           encoding));
        ASSERT_EQ(ear.contents.size(), 1U);
        EXPECT_EQ(ear.contents[0].delivery.other_headers,
                  encoding.empty() ? std::vector<std::string>{}
                                   : std::vector<std::string>{"content-encoding"});
    }
}

TEST(FrameReader, delivers_a_message_with_monstrous_headers_as_undecodable) {
    std::string nested;
    for (int depth = 0; depth < 10'000; ++depth)
        nested = "\x01nF" + be(nested.size(), 4) + nested;
    const std::string beyond = "\x01nF" + be(1'000'000, 4);
    for (const auto& table : {nested, beyond, std::string("\x01n?"), std::string("\xFFx")}) {
        Ear ear;
        ear.hear(delivery_frames(1, sample)[0] + header_with(table));
        ear.hear(joined(delivery_frames(1, sample)));
        ASSERT_EQ(ear.contents.size(), 2U);
        EXPECT_EQ(ear.contents[0].delivery.other_headers, std::vector<std::string>{"undecodable"});
        EXPECT_TRUE(ear.contents[1].delivery.other_headers.empty());
    }
}

TEST(FrameReader, refuses_what_is_not_amqp) {
    const auto refused = [](const std::string& bytes) {
        Ear ear;
        EXPECT_THROW(ear.hear(bytes), ProtocolError);
    };
    refused("HTTP/1.1 400 Bad Request\r\n\r\n");
    refused(std::string("AMQP\0\0\x09\x01", 8));
    refused(frame(AMQP_FRAME_METHOD, 1, ""));
    refused(frame(AMQP_FRAME_METHOD, 1, be(AMQP_BASIC_PUBLISH_METHOD, 4)));
    refused(frame(AMQP_FRAME_BODY, 1, "body without a header"));
    refused(frame(AMQP_FRAME_HEADER, 1, std::string(20, '\0')));
    refused(frame(9, 1, ""));
    auto broken = delivery_frames(1, sample)[0];
    broken.back() = 'x';
    refused(broken);
}

TEST(FrameReader, survives_random_bytes) {
    std::mt19937 random(1);
    for (int round = 0; round < 1'000; ++round) {
        std::string noise(random() % 600, '\0');
        std::ranges::generate(noise, [&] { return static_cast<char>(random()); });
        Ear ear;
        try {
            ear.hear(noise, 1 + random() % 64);
        } catch (const ProtocolError&) {
        }
        EXPECT_TRUE(ear.contents.empty());
    }
}

TEST(FrameReader, survives_damaged_streams) {
    Message small = sample;
    small.body = "short";
    std::string start = be(AMQP_CONNECTION_START_METHOD, 4) + std::string("\0\x09", 2);
    const std::string table = std::string("\x02") + "CC" + "A" + be(6, 4) + "S" + be(1, 4) + "k" +
                              "\x01" + "tF" + be(4, 4) + "\x01x" + "t\x01";
    start += be(table.size(), 4) + table + be(5, 4) + "PLAIN" + be(5, 4) + "en_US";
    const std::string whole = frame(AMQP_FRAME_METHOD, 0, start) +
                              joined(delivery_frames(1, small)) + delivery_frames(1, small)[0] +
                              header_with(table) + joined(delivery_frames(2, small));
    Ear untouched;
    untouched.hear(whole);
    EXPECT_EQ(untouched.contents.size(), 3U);
    EXPECT_EQ(untouched.methods.size(), 1U);
    std::mt19937 random(2);
    int refused = 0;
    for (int round = 0; round < 4'000; ++round) {
        std::string damaged = whole;
        for (std::size_t hits = 1 + random() % 4; hits > 0; --hits)
            damaged[random() % damaged.size()] = static_cast<char>(random());
        Ear ear;
        try {
            ear.hear(damaged, 1 + random() % 200);
        } catch (const ProtocolError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 200);
    EXPECT_LT(refused, 4'000);
}

}  // namespace
}  // namespace itn::messaging
