#pragma once

// One AMQP 0-9-1 connection: handshake, heartbeats, farewell. librabbitmq is a codec here and
// nothing else (its own socket calls can block a loop for ever). Channels are the business of
// whoever holds it: their methods and messages come through the handlers, theirs go out through
// frames(), in one write per turn of the loop.
//
// Whatever ends it ends in one on_closed(reason); a Connection is not used again after that.
// Loop thread only. No handler is called from inside a call; a Connection may not be destroyed
// inside its own handlers.

#include <functional>
#include <memory>
#include <string>

#include "common/messaging/broker_url.h"
#include "common/messaging/frame_reader.h"
#include "common/messaging/frame_writer.h"
#include "common/messaging/transport.h"

namespace itn::messaging {

struct ConnectionSettings {
    BrokerUrl url;
    std::shared_ptr<const TlsContext> tls;  // for amqps; made by settings_for()
    std::string name;                       // shown by the broker: the process and what it does
};

/// Settings with the TLS context that `url` asks for. Throws std::runtime_error when a TLS file is
/// unusable.
ConnectionSettings settings_for(const BrokerUrl& url, const TlsOptions& tls, std::string name);

class Connection final {
public:
    struct Handlers {
        std::function<void()> on_open;
        std::function<void(bool blocked, std::string reason)> on_blocked;
        /// Methods of channels 1 and up, except content.
        std::function<void(std::uint16_t channel, const amqp_method_t& method)> on_method;
        std::function<void(Content content)> on_content;
        /// Before the bytes of a turn leave: the place to send what was saved up.
        std::function<void()> before_flush;
        std::function<void(std::string reason)> on_closed;
    };

    Connection(runtime::Loop& loop, ConnectionSettings settings, Handlers handlers);
    /// Drops the connection without a word.
    ~Connection();

    bool is_open() const { return phase_ == Phase::open; }
    FrameWriter& frames() { return writer_; }
    /// Highest usable channel number, once open.
    std::uint16_t channel_max() const { return channel_max_; }
    /// Says goodbye and ends in on_closed, at the latest after limits::broker_close_deadline.
    void close();

private:
    enum class Phase { connecting, open, closing, closed };

    Transport::Events transport_events();
    void take(std::uint16_t channel, const amqp_method_t& method);
    void take_own(const amqp_method_t& method);
    void answer_start(const amqp_connection_start_t& start);
    void answer_tune(const amqp_connection_tune_t& tune);
    void opened();
    void closed_by_broker(const amqp_connection_close_t& close);
    void beat();
    void fail(std::string reason);

    runtime::Loop& loop_;
    ConnectionSettings settings_;
    Handlers handlers_;
    FrameReader reader_;
    Transport transport_;
    FrameWriter writer_;
    runtime::Timer deadline_;
    runtime::Timer heartbeat_;
    Phase phase_ = Phase::connecting;
    std::uint16_t channel_max_ = 0;
    std::uint16_t heartbeat_seconds_ = 0;
    std::uint64_t last_received_ms_ = 0;
    std::uint64_t last_beat_ms_ = 0;
    bool sent_since_beat_ = false;
};

}  // namespace itn::messaging
