#include "workers/notifier/inbox.h"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/ensure.h"
#include "common/base/limits.h"
#include "workers/notifier/frames.h"

namespace itn::workers::notifier {
namespace {

bool is_close_code(std::uint16_t code) {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

/// Our answer to a client's close with that payload.
std::uint16_t close_answer(std::string_view payload) {
    if (payload.empty()) return 1000;
    if (payload.size() == 1) return 1002;
    const auto high = static_cast<unsigned char>(payload[0]);
    const auto low = static_cast<unsigned char>(payload[1]);
    const auto code = static_cast<std::uint16_t>(high << 8 | low);
    if (!is_close_code(code)) return 1002;
    return is_utf8(payload.substr(2)) ? code : std::uint16_t{1007};
}

}  // namespace

/// One wslay context and what it is fed with.
class Parser final {
public:
    Parser() {
        const wslay_event_callbacks callbacks{
            .recv_callback = on_recv,
            .send_callback = on_send,
            .genmask_callback = nullptr,
            .on_frame_recv_start_callback = on_frame,
            .on_frame_recv_chunk_callback = nullptr,
            .on_frame_recv_end_callback = nullptr,
            .on_msg_recv_callback = on_message,
        };
        ENSURE(wslay_event_context_server_init(&context_, &callbacks, this) == 0);
        wslay_event_config_set_max_recv_msg_length(context_, limits::max_ws_message);
    }
    ~Parser() { wslay_event_context_free(context_); }
    Parser(const Parser&) = delete;
    Parser& operator=(const Parser&) = delete;

    Heard read(std::string_view bytes) {
        heard_ = {};
        input_ = bytes;
        fed_ += bytes.size();
        const bool failed = wslay_event_recv(context_) != 0;
        if (heard_.close_code == 0 && failed) answer(1002);
        if (heard_.close_code == 0) {
            wslay_event_send(context_);
            if (wslay_event_get_close_sent(context_) != 0) {
                heard_.close_code = wslay_event_get_status_code_sent(context_);
                heard_.close = std::exchange(heard_.pongs, {});
            }
        }
        return std::move(heard_);
    }
    /// Between two messages, with nothing half read.
    bool is_at_rest() const { return fed_ == expected_ && !in_message_; }

private:
    static Parser& of(void* self) { return *static_cast<Parser*>(self); }

    static ssize_t on_recv(wslay_event_context_ptr context, std::uint8_t* out, std::size_t size,
                           int, void* self) {
        std::string_view& input = of(self).input_;
        if (input.empty() || of(self).heard_.close_code != 0) {
            wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
            return -1;
        }
        const std::size_t taken = std::min(size, input.size());
        std::memcpy(out, input.data(), taken);
        input.remove_prefix(taken);
        return static_cast<ssize_t>(taken);
    }
    static ssize_t on_send(wslay_event_context_ptr, const std::uint8_t* bytes, std::size_t size,
                           int, void* self) {
        of(self).heard_.pongs.append(reinterpret_cast<const char*>(bytes), size);
        return static_cast<ssize_t>(size);
    }
    static void on_frame(wslay_event_context_ptr, const wslay_event_on_frame_recv_start_arg* frame,
                         void* self) {
        Parser& parser = of(self);
        const std::uint64_t length = frame->payload_length;
        const std::uint64_t extended = length < 126 ? 0 : length <= 0xffff ? 2 : 8;
        parser.expected_ += 2 + extended + 4 + length;
        ++parser.heard_.frames;
        if (!wslay_is_ctrl_frame(frame->opcode)) parser.in_message_ = frame->fin == 0;
    }
    static void on_message(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message,
                           void* self) {
        Parser& parser = of(self);
        if (parser.heard_.close_code != 0) return;
        const std::string_view payload(reinterpret_cast<const char*>(message->msg),
                                       message->msg_length);
        if (message->opcode == WSLAY_CONNECTION_CLOSE) return parser.answer(close_answer(payload));
        if (message->opcode == WSLAY_BINARY_FRAME) return parser.answer(1003);
        if (message->opcode == WSLAY_TEXT_FRAME) parser.heard_.messages.emplace_back(payload);
    }
    void answer(std::uint16_t code) {
        heard_.close_code = code;
        heard_.close = ws_close(code, "");
    }

    wslay_event_context_ptr context_ = nullptr;
    std::string_view input_;
    Heard heard_;
    std::uint64_t fed_ = 0;
    std::uint64_t expected_ = 0;
    bool in_message_ = false;
};

ParserPool::ParserPool() = default;
ParserPool::~ParserPool() = default;

std::unique_ptr<Parser> ParserPool::take() {
    if (idle_.empty()) return std::make_unique<Parser>();
    auto parser = std::move(idle_.back());
    idle_.pop_back();
    return parser;
}

void ParserPool::give_back(std::unique_ptr<Parser> parser) {
    if (idle_.size() < limits::max_idle_parsers) idle_.push_back(std::move(parser));
}

Inbox::Inbox(ParserPool& pool) : pool_(pool) {}
Inbox::~Inbox() = default;

Heard Inbox::read(std::string_view bytes) {
    if (!parser_) parser_ = pool_.take();
    Heard heard = parser_->read(bytes);
    if (heard.close_code != 0)
        parser_.reset();
    else if (parser_->is_at_rest())
        pool_.give_back(std::move(parser_));
    return heard;
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t more = first < 0x80                    ? 0
                                 : first >= 0xc2 && first < 0xe0 ? 1
                                 : (first & 0xf0) == 0xe0        ? 2
                                 : first >= 0xf0 && first < 0xf5 ? 3
                                                                 : 4;
        if (more == 4 || at + more >= text.size()) return false;
        std::uint32_t point = more == 0 ? first : first & (0x3fU >> more);
        for (std::size_t i = 1; i <= more; ++i) {
            const auto next = static_cast<unsigned char>(text[at + i]);
            if ((next & 0xc0) != 0x80) return false;
            point = point << 6 | (next & 0x3fU);
        }
        const bool is_short = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
        if (is_short || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
        at += more + 1;
    }
    return true;
}

}  // namespace itn::workers::notifier
