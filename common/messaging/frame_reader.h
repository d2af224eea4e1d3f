#pragma once

// AMQP 0-9-1 on its way in: cuts the stream into frames, decodes methods and properties with
// librabbitmq, and puts messages together, per channel, from METHOD, HEADER and BODY frames.
//
// What arrives is not trusted: frames and tables are checked before the library sees them (it
// recurses into nested tables without bound), bodies are cut at limits::max_delivery_body. A
// stream that is not AMQP throws ProtocolError; a message whose properties make no sense is
// delivered with "undecodable" among its other_headers, since the rest of the queue stands behind
// it.

#include <amqp.h>
#include <amqp_framing.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/messaging/broker.h"

namespace itn::messaging {

struct ProtocolError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A complete message: a delivery, or one that came back because no queue took it.
struct Content {
    std::uint16_t channel = 0;
    bool returned = false;
    std::uint64_t delivery_tag = 0;  // of a delivery
    std::string reply_text;          // of a returned message
    Delivery delivery;               // without its tag
};

class FrameReader final {
public:
    struct Events {
        /// The decoded fields are valid inside the call alone.
        std::function<void(std::uint16_t channel, const amqp_method_t& method)> on_method;
        std::function<void(Content content)> on_content;
    };

    explicit FrameReader(Events events);
    ~FrameReader();
    FrameReader(const FrameReader&) = delete;
    FrameReader& operator=(const FrameReader&) = delete;

    /// Where the next bytes are to be put; at least limits::broker_read of them.
    std::span<char> space();
    /// So many bytes were put there. Calls the events for every complete frame.
    void added(std::size_t count);
    /// Nothing is called any more, whatever is added.
    void stop() { stopped_ = true; }

private:
    struct Partial {
        Content content;
        std::optional<std::uint64_t> body_size;  // once the header came
        std::uint64_t received = 0;
    };
    struct Frame {
        std::uint8_t type = 0;
        std::uint16_t channel = 0;
        std::span<char> payload;
    };

    void take(const Frame& frame);
    void take_method(const Frame& frame);
    void take_header(const Frame& frame);
    void take_body(const Frame& frame);
    void begin(std::uint16_t channel, const amqp_basic_deliver_t& fields);
    void begin(std::uint16_t channel, const amqp_basic_return_t& fields);
    void complete_if_whole(std::uint16_t channel);
    void read_properties(std::span<char> encoded, Delivery& delivery);
    Partial& partial(std::uint16_t channel, bool with_header);

    Events events_;
    amqp_pool_t pool_{};
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::map<std::uint16_t, Partial> partials_;
    bool stopped_ = false;
};

}  // namespace itn::messaging
