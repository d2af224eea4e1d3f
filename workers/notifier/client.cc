#include "workers/notifier/client.h"

#include <algorithm>

namespace itn::workers::notifier {
namespace {

constexpr std::uint64_t rate_window_ms = 60'000;

bool is_over(std::uint64_t since, std::uint64_t now, std::chrono::milliseconds allowed) {
    return now - since >= static_cast<std::uint64_t>(allowed.count());
}

}  // namespace

Client::Client(ClientId id, Hall& hall)
    : id_(id),
      hall_(hall),
      connection_(hall.loop, *this, hall.read_buffer),
      inbox_(hall.parsers),
      since_(now()),
      heard_(since_) {}

bool Client::accept(uv_stream_t* listener) {
    return connection_.accept(listener);
}

void Client::refuse() {
    refuse_with(
        refusal("overloaded", "there are too many clients: try later", {}, "Retry-After: 5\r\n"));
}

void Client::send(Frame frame, Subject subject) {
    if (!is_open()) return;
    if (!has_room(frame->size())) {
        // Slow is who does not take it, not who was sent much in one turn.
        is_sending_ = true;
        connection_.flush();
        is_sending_ = false;
        if (!is_open()) return;
        if (!has_room(frame->size()) && !conflate(frame->size(), subject))
            return close(CloseCode::slow);
    }
    push(std::move(frame), std::move(subject));
}

bool Client::has_room(std::size_t size) const {
    return connection_.queued() + size <= limits::max_client_queue;
}

bool Client::conflate(std::size_t size, const Subject& next) {
    if (!conflates_) return false;
    connection_.drop_superseded(next);
    return connection_.queued() + size <= limits::max_conflated_queue;
}

void Client::send_json(std::string_view name, std::string_view json, std::string_view position) {
    send(shared(is_stream() ? sse_event(name, position, json) : ws_frame(Opcode::text, json)));
}

void Client::push(Frame frame, Subject subject) {
    connection_.push(std::move(frame), std::move(subject));
    if (is_dirty_) return;
    is_dirty_ = true;
    hall_.dirty.push_back(id_);
}

void Client::flush() {
    is_dirty_ = false;
    connection_.flush();
}

void Client::close(CloseCode code) {
    if (phase_ == Phase::closing) return;
    if (code == CloseCode::slow) connection_.drop_queue();
    const bool speaks_frames =
        phase_ == Phase::open || phase_ == Phase::opening || phase_ == Phase::knocking;
    if (speaks_frames) connection_.push(shared(ws_close(code)));
    leave(static_cast<std::uint16_t>(code));
    connection_.finish();
}

void Client::leave(std::uint16_t code) {
    if (phase_ != Phase::head && phase_ != Phase::knocking_stream) hall_.on_close_code(code);
    phase_ = Phase::closing;
    since_ = now();
    if (has_seat_) hall_.audience->on_gone(*this);
    has_seat_ = false;
    knock_.reset();
    if (visitor_) hall_.entrance->leave(visitor_->caller.principal);
    visitor_.reset();
}

void Client::on_bytes(std::string_view bytes) {
    heard_ = now();
    is_pinged_ = false;
    if (phase_ == Phase::head) {
        head_.append(bytes);
        return read_head();
    }
    if (phase_ == Phase::opening || phase_ == Phase::knocking || phase_ == Phase::open)
        read_frames(bytes);
}

void Client::read_frames(std::string_view bytes) {
    const Heard heard = inbox_.read(bytes);
    partial_ = !inbox_.is_open() ? 0 : partial_ != 0 ? partial_ : now();
    for (const std::string& text : heard.messages) {
        ++messages_;
        if (!is_within_rate({})) return close(CloseCode::policy);
        take_message(text);
        if (phase_ == Phase::closing) return;
    }
    if (!is_within_rate(heard)) return close(CloseCode::policy);
    if (heard.close_code != 0) {
        connection_.push(shared(heard.close));
        leave(heard.close_code);
        return connection_.finish();
    }
    if (!heard.pongs.empty()) push(shared(heard.pongs));
    if (connection_.queued() > limits::max_client_queue) close(CloseCode::slow);
}

bool Client::is_within_rate(const Heard& heard) {
    if (is_over(window_, now(), std::chrono::milliseconds(rate_window_ms))) {
        window_ = now();
        messages_ = std::min<std::uint16_t>(messages_, 1);
        frames_ = 0;
    }
    frames_ = static_cast<std::uint16_t>(
        std::min<std::size_t>(frames_ + heard.frames, limits::max_ws_frames_per_minute + 1));
    return messages_ <= limits::max_ws_messages_per_minute &&
           frames_ <= limits::max_ws_frames_per_minute;
}

void Client::take_change(std::string_view text) {
    auto change = parse_change(text);
    if (!change) return complain(change.problem());
    const auto ping = change->ping;
    const auto secret = change->authorize;
    if (const auto problem = hall_.audience->on_change(*this, std::move(*change)))
        complain(*problem);
    if (phase_ == Phase::closing) return;
    // Whatever became of its topics, its new token counts.
    if (ping) send_json("pong", pong_json(*ping));
    if (secret) renew(*secret);
}

void Client::complain(const Problem& problem) {
    const std::string pointer = problem.faults.empty() ? "" : problem.faults.front().pointer;
    push(shared(ws_frame(Opcode::text, error_json(problem.detail, pointer))));
    if (++errors_ > limits::max_ws_errors) close(CloseCode::policy);
}

void Client::tick(std::uint64_t now_ms) {
    switch (phase_) {
        case Phase::head:
            if (is_over(since_, now_ms, hall_.times.head))
                refuse_with(refusal("request_timeout", "the request took too long"));
            return;
        case Phase::opening:
            if (is_over(since_, now_ms, hall_.times.opening)) close(CloseCode::unauthorized);
            return;
        case Phase::knocking:
        case Phase::knocking_stream:
            if (is_over(since_, now_ms, hall_.times.opening))
                turn_away({.slug = "database_unavailable", .detail = "nobody knows who you are"},
                          knock_->occasion);
            return;
        case Phase::open:
        case Phase::stream:
            if (watch_stay(now_ms)) watch_pings(now_ms);
            return;
        case Phase::closing: {
            const auto allowed = connection_.is_shut() ? hall_.times.linger : hall_.times.close;
            if (is_over(since_, now_ms, allowed)) connection_.close();
            return;
        }
    }
}

bool Client::watch_stay(std::uint64_t now_ms) {
    if (!is_over(stayed_, now_ms, hall_.times.stay)) return true;
    stayed_ = now_ms;
    if (hall_.entrance->may_stay(*visitor_)) return true;
    close(CloseCode::unauthorized);
    return false;
}

void Client::watch_pings(std::uint64_t now_ms) {
    if (partial_ != 0 && is_over(partial_, now_ms, hall_.times.partial))
        return close(CloseCode::policy);
    if (is_pinged_ && is_over(pinged_, now_ms, hall_.times.pong)) return close(CloseCode::no_pong);
    if (is_pinged_ || !is_over(heard_, now_ms, hall_.times.ping)) return;
    if (is_stream()) {
        // A stream cannot answer: what the kernel cannot deliver in time ends it.
        heard_ = now_ms;
        return push(shared(std::string(sse_heartbeat)));
    }
    is_pinged_ = true;
    pinged_ = now_ms;
    push(shared(ws_frame(Opcode::ping, "")));
}

void Client::on_drained() {
    // Inside send() a frame is still to come, and with it another end of the queue.
    if (has_seat_ && !is_sending_) hall_.audience->on_drained(*this);
}

void Client::on_ended() {
    if (phase_ != Phase::closing) leave(1006);
}

void Client::on_closed() {
    if (phase_ != Phase::closing) leave(1006);
    hall_.closed.push_back(id_);
}

}  // namespace itn::workers::notifier
