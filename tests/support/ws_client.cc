#include "tests/support/ws_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>

namespace itn::tests {

namespace {

using Clock = std::chrono::steady_clock;

constexpr char mask[4] = {0x12, 0x5a, 0x33, 0x7f};

void append_big_endian(std::string& out, std::uint64_t value, unsigned bytes) {
    for (unsigned shift = bytes * 8; shift != 0;)
        out.push_back(static_cast<char>((value >> (shift -= 8)) & 0xff));
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes)
        value = value << 8 | static_cast<unsigned char>(c);
    return value;
}

}  // namespace

std::uint16_t WsFrame::close_code() const {
    if (payload.size() < 2) return 1005;
    return static_cast<std::uint16_t>(big_endian(std::string_view(payload).substr(0, 2)));
}

Headers ws_headers() {
    return {{"Upgrade", "websocket"},
            {"Connection", "Upgrade"},
            {"Sec-WebSocket-Version", "13"},
            {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
}

std::string ws_client_frame(int opcode, std::string_view payload, bool fin, bool masked) {
    std::string frame(1, static_cast<char>((fin ? 0x80 : 0) | opcode));
    const int mask_bit = masked ? 0x80 : 0;
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(mask_bit | static_cast<int>(payload.size())));
    } else {
        const bool is_short = payload.size() <= 0xffff;
        frame.push_back(static_cast<char>(mask_bit | (is_short ? 126 : 127)));
        append_big_endian(frame, payload.size(), is_short ? 2 : 8);
    }
    if (!masked) return frame.append(payload);
    frame.append(mask, 4);
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    return frame;
}

std::string ws_close_payload(std::uint16_t code, std::string_view reason) {
    std::string payload;
    append_big_endian(payload, code, 2);
    return payload.append(reason);
}

bool ByteReader::read_more() {
    const auto end = Clock::now() + deadline_;
    char buffer[64 * 1024];
    while (true) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        if (left < 0) return false;
        pollfd one{.fd = fd_, .events = POLLIN, .revents = 0};
        if (::poll(&one, 1, static_cast<int>(left) + 1) < 0 && errno != EINTR) return false;
        const ssize_t got = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got > 0) {
            unread_.append(buffer, static_cast<std::size_t>(got));
            return true;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) return false;
    }
}

std::optional<std::string> ByteReader::read(std::size_t size) {
    while (unread_.size() < size)
        if (!read_more()) return std::nullopt;
    std::string bytes = unread_.substr(0, size);
    unread_.erase(0, size);
    return bytes;
}

std::optional<std::string> ByteReader::read_until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = unread_.find(mark)) == std::string::npos)
        if (!read_more()) return std::nullopt;
    return read(at + mark.size());
}

bool ByteReader::ends() {
    const auto end = Clock::now() + deadline_;
    while (read_more())
        unread_.clear();
    char byte = 0;
    const ssize_t got = ::recv(fd_, &byte, 1, MSG_DONTWAIT);
    return Clock::now() < end && (got == 0 || (got < 0 && errno != EAGAIN));
}

WsClient::WsClient(std::uint16_t port, const std::string& target,
                   std::chrono::milliseconds deadline, int receive_buffer)
    : http_(port, deadline, "127.0.0.1", receive_buffer), reader_(http_.descriptor(), deadline) {
    http_.send(request_text("GET", target, {}, ws_headers()));
    head_ = reader_.read_until("\r\n\r\n").value_or("");
    if (!head_.starts_with("HTTP/1.1 101 ")) throw std::runtime_error("no upgrade: " + head_);
}

std::optional<WsFrame> WsClient::read_frame() {
    const auto head = reader_.read(2);
    if (!head) return std::nullopt;
    const auto first = static_cast<unsigned char>((*head)[0]);
    const auto second = static_cast<unsigned char>((*head)[1]);
    WsFrame frame{.opcode = first & 0x0f,
                  .fin = (first & 0x80) != 0,
                  .masked = (second & 0x80) != 0,
                  .payload = {}};
    std::uint64_t size = second & 0x7f;
    if (size >= 126) {
        const auto longer = reader_.read(size == 126 ? 2 : 8);
        if (!longer) return std::nullopt;
        size = big_endian(*longer);
    }
    auto payload = reader_.read(size);
    if (!payload) return std::nullopt;
    frame.payload = std::move(*payload);
    return frame;
}

std::string WsClient::read_text() {
    while (const auto frame = read_frame()) {
        if (frame->opcode == ws_text) return frame->payload;
        if (frame->opcode == ws_ping) send_bytes(ws_client_frame(ws_pong, frame->payload));
    }
    return {};
}

std::optional<std::uint16_t> WsClient::read_close() {
    while (const auto frame = read_frame())
        if (frame->opcode == ws_close_opcode) return frame->close_code();
    return std::nullopt;
}

SseClient::SseClient(std::uint16_t port, const std::string& query, const Headers& headers,
                     std::chrono::milliseconds deadline)
    : http_(port, deadline), reader_(http_.descriptor(), deadline) {
    Headers all = headers;
    all.emplace_back("Accept", "text/event-stream");
    http_.send(request_text("GET", "/api/updates/real-time" + query, {}, all));
    head_ = reader_.read_until("\r\n\r\n").value_or("");
}

std::string SseClient::read_block() {
    return reader_.read_until("\n\n").value_or("");
}

std::optional<SseClient::Event> SseClient::read_event() {
    for (std::string block = read_block(); !block.empty(); block = read_block()) {
        if (block.starts_with(":")) continue;
        Event event;
        for (std::size_t at = 0; at < block.size();) {
            const std::size_t end = block.find('\n', at);
            const std::string line = block.substr(at, end - at);
            at = end + 1;
            if (line.starts_with("event: ")) event.name = line.substr(7);
            if (line.starts_with("id: ")) event.id = line.substr(4);
            if (line.starts_with("data: ")) event.data = line.substr(6);
        }
        return event;
    }
    return std::nullopt;
}

}  // namespace itn::tests
