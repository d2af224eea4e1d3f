#pragma once

// A small blocking WebSocket client for tests, written from RFC 6455 and not from our server. It
// can break every rule on purpose. Every wait ends at a deadline. One object is one connection and
// belongs to one thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/http_client.h"

namespace itn::tests {

struct WsFrame {
    int opcode = 0;
    bool fin = true;
    bool masked = false;
    std::string payload;

    /// Of a close frame; 1005 when it has none.
    std::uint16_t close_code() const;
};

inline constexpr int ws_continuation = 0;
inline constexpr int ws_text = 1;
inline constexpr int ws_binary = 2;
inline constexpr int ws_close_opcode = 8;
inline constexpr int ws_ping = 9;
inline constexpr int ws_pong = 10;

/// The headers of a correct opening handshake.
Headers ws_headers();
/// The bytes of one frame of a client.
std::string ws_client_frame(int opcode, std::string_view payload, bool fin = true,
                            bool masked = true);
/// The payload of a close frame.
std::string ws_close_payload(std::uint16_t code, std::string_view reason = {});

/// Bytes of one connection, read with a deadline.
class ByteReader final {
public:
    ByteReader(int descriptor, std::chrono::milliseconds deadline)
        : fd_(descriptor), deadline_(deadline) {}

    /// Exactly that many bytes; nothing at the end of the connection or the deadline.
    std::optional<std::string> read(std::size_t size);
    /// Up to and with `mark`.
    std::optional<std::string> read_until(std::string_view mark);
    /// True when the other side ends the connection before the deadline; discards what comes.
    bool ends();

private:
    bool read_more();

    int fd_;
    std::chrono::milliseconds deadline_;
    std::string unread_;
};

class WsClient final {
public:
    /// Connects and shakes hands; throws std::runtime_error when that fails.
    explicit WsClient(std::uint16_t port, const std::string& target = "/api/updates/real-time",
                      std::chrono::milliseconds deadline = std::chrono::seconds(5),
                      int receive_buffer = 0);

    bool send_text(std::string_view text) { return send_bytes(ws_client_frame(ws_text, text)); }
    bool send_bytes(std::string_view bytes) { return http_.send(bytes); }

    /// The next frame; nothing at the end of the connection or the deadline.
    std::optional<WsFrame> read_frame();
    /// The payload of the next text frame, answering pings on the way; "" when there is none.
    std::string read_text();
    /// Reads on to the close frame; its code, or nothing when the connection just ends.
    std::optional<std::uint16_t> read_close();
    /// True when the server ends the connection before the deadline.
    bool ends() { return reader_.ends(); }
    /// The head of the server's answer.
    const std::string& head() const { return head_; }

private:
    HttpClient http_;
    ByteReader reader_;
    std::string head_;
};

/// An event stream.
class SseClient final {
public:
    SseClient(std::uint16_t port, const std::string& query, const Headers& headers = {},
              std::chrono::milliseconds deadline = std::chrono::seconds(5));

    struct Event {
        std::string name;
        std::string id;
        std::string data;
    };
    /// The next event; nothing at the end of the stream or the deadline. Comments are skipped.
    std::optional<Event> read_event();
    /// The next block up to its empty line, comments included; "" when there is none.
    std::string read_block();
    const std::string& head() const { return head_; }
    bool ends() { return reader_.ends(); }

private:
    HttpClient http_;
    ByteReader reader_;
    std::string head_;
};

}  // namespace itn::tests
