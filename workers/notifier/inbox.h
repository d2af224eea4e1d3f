#pragma once

// What clients send over WebSocket: bytes in, whole messages and the answers to control frames out.
// wslay parses; its contexts are large, so they come from a pool and a client holds one only while
// it is inside a frame or a fragmented message. Closes follow RFC 6455, 7.4: our own answer where
// wslay's is not. No I/O; loop thread only.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace itn::workers::notifier {

struct Heard {
    std::vector<std::string> messages{};  // text, valid UTF-8, at most limits::max_ws_message
    std::size_t frames = 0;               // frames begun, fragments and control frames among them
    std::string pongs{};                  // whole frames to send
    /// The whole close frame that answers what came, and its code; nothing more is to be read.
    std::string close{};
    std::uint16_t close_code = 0;
};

class Parser;

class ParserPool final {
public:
    ParserPool();
    ~ParserPool();
    std::unique_ptr<Parser> take();
    /// Keeps it for the next one, up to limits::max_idle_parsers.
    void give_back(std::unique_ptr<Parser> parser);

private:
    std::vector<std::unique_ptr<Parser>> idle_;
};

class Inbox final {
public:
    explicit Inbox(ParserPool& pool);
    ~Inbox();
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    Heard read(std::string_view bytes);
    /// Whether a frame or message has begun and not ended.
    bool is_open() const { return parser_ != nullptr; }

private:
    ParserPool& pool_;
    std::unique_ptr<Parser> parser_;
};

bool is_utf8(std::string_view text);

}  // namespace itn::workers::notifier
