#pragma once

// One client from accept to close:
//
//   head → opening → knocking → open → closing          a WebSocket
//   head → knocking_stream → stream → closing           server-sent events
//
// While it knocks the doorkeeper finds out who it is. Then it stays for as long as it may: until
// its token expires, unless it brings a fresh one, or until somebody takes its rights away. It
// keeps the rules of the conversation: deadlines, rates, pings, the bound of what waits to be sent.
// What the client wants goes to the Audience, which decides what it is sent. How it comes in stands
// in client_entry.cc.

#include <uv.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/limits.h"
#include "workers/notifier/connection.h"
#include "workers/notifier/demand.h"
#include "workers/notifier/entrance.h"
#include "workers/notifier/inbox.h"
#include "workers/notifier/upgrade.h"

namespace itn::workers::notifier {

class Client;

/// Who decides what clients hear. Loop thread.
class Audience {
public:
    virtual ~Audience() = default;
    /// Whether clients can be served at all; if not they get 503.
    virtual bool is_ready() const = 0;
    /// The client asked to be let in: exactly once.
    virtual void on_opening(Client& client, Opening opening) = 0;
    /// Its visitor is another one of the same principal.
    virtual void on_renewed(Client& client) = 0;
    /// What is wrong, if the change cannot be made.
    virtual std::optional<Problem> on_change(Client& client, Change change) = 0;
    /// All that was sent to it reached the kernel.
    virtual void on_drained(Client& client) = 0;
    /// It hears nothing any more; its id is reused later. Only for clients that had an opening.
    virtual void on_gone(Client& client) = 0;
};

/// What the clients of a Socket share, and what they count.
struct Hall {
    struct Times {
        std::chrono::milliseconds head = limits::head_deadline;
        std::chrono::milliseconds opening = limits::ws_first_frame;
        std::chrono::milliseconds partial = limits::body_deadline;
        std::chrono::milliseconds ping = limits::ws_ping;
        std::chrono::milliseconds pong = limits::ws_pong;
        std::chrono::milliseconds close = limits::ws_close_deadline;
        std::chrono::milliseconds linger = limits::ws_linger;
        std::chrono::milliseconds stay = limits::ws_stay;
    };

    uv_loop_t* loop = nullptr;
    Audience* audience = nullptr;
    Entrance* entrance = nullptr;
    Times times{};
    Origins origins{};
    std::vector<std::string> trusted_proxies{};
    ParserPool parsers{};
    std::vector<char> read_buffer = std::vector<char>(limits::max_read);
    std::vector<ClientId> dirty{};  // to be flushed at the end of the turn
    std::vector<ClientId> closed{};
    /// A client was closed with that code, or (0) an event stream or a head ended otherwise.
    std::function<void(std::uint16_t)> on_close_code;
    std::function<void(int)> on_refused;  // HTTP status
};

class Client final : private Connection::Owner {
public:
    Client(ClientId id, Hall& hall);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool accept(uv_stream_t* listener);
    /// Answers 503 at once: there are too many.
    void refuse();

    ClientId id() const { return id_; }
    /// Takes server-sent events, not WebSocket frames.
    bool is_stream() const { return phase_ == Phase::stream; }
    /// Whether it may be sent to.
    bool is_open() const { return phase_ == Phase::open || phase_ == Phase::stream; }

    /// Who it is; set while it is open.
    const gateway::VisitorPtr& visitor() const { return visitor_; }

    /// Whether it asked to miss superseded updates rather than be closed as slow.
    bool conflates() const { return conflates_; }

    /// Queues a frame of the client's own kind. More than limits::max_client_queue waiting closes
    /// it as slow; a client that conflates first loses what later frames of the same `subject`
    /// supersede. Does nothing when it is not open.
    void send(Frame frame, Subject subject = nullptr);
    /// The same for JSON that only this client gets; `position` becomes the id of a stream's event.
    void send_json(std::string_view name, std::string_view json, std::string_view position = {});
    std::size_t queued() const { return connection_.queued(); }
    void close(CloseCode code);
    void flush();
    /// Once a second or so: deadlines and pings.
    void tick(std::uint64_t now_ms);
    /// Without any politeness.
    void abort() { connection_.close(); }

private:
    enum class Phase : std::uint8_t {
        head,
        opening,
        knocking,
        knocking_stream,
        open,
        stream,
        closing
    };
    /// What waits for the doorkeeper's answer.
    struct Knock {
        Opening opening{};
        Occasion occasion{};               // of a stream
        std::string reply{};               // of a stream, when it is let in
        std::vector<std::string> early{};  // frames that came meanwhile
        std::size_t early_bytes = 0;
    };

    void on_bytes(std::string_view bytes) override;
    void on_drained() override;
    void on_ended() override;
    void on_closed() override;

    void read_head();
    void enter(const Decision& decision);
    void knock_for_stream(const Decision& decision);
    void refuse_with(Refusal refusal);
    /// What to tell the doorkeeper's answer to, unless the client is gone by then.
    Entrance::OnKnown hand_to(void (Client::*take)(const Result<gateway::VisitorPtr>&));
    void take_answer(const Result<gateway::VisitorPtr>& known);
    /// What keeps it from coming in, as clients hear it.
    std::optional<Problem> admit(const Result<gateway::VisitorPtr>& known);
    void turn_away(const Problem& problem, const Occasion& occasion);
    void let_in(Knock knock);
    void renew(std::string_view secret);
    void take_renewal(const Result<gateway::VisitorPtr>& known);
    void read_frames(std::string_view bytes);
    bool is_within_rate(const Heard& heard);
    void take_message(const std::string& text);
    void take_opening(std::string_view text);
    /// Keeps a frame until it is known who sends it.
    void take_early(const std::string& text);
    void take_change(std::string_view text);
    void complain(const Problem& problem);
    /// False when it was closed because it may not stay.
    bool watch_stay(std::uint64_t now_ms);
    void watch_pings(std::uint64_t now_ms);
    void push(Frame frame, Subject subject = nullptr);
    bool has_room(std::size_t size) const;
    /// Whether dropping what is superseded made room, for more than this one frame.
    bool conflate(std::size_t size, const Subject& next);
    void leave(std::uint16_t code);
    std::uint64_t now() const { return uv_now(hall_.loop); }

    const ClientId id_;
    Hall& hall_;
    Connection connection_;
    Inbox inbox_;
    std::string head_;
    std::string peer_;              // its address, once the head is read
    gateway::VisitorPtr visitor_;   // counted by the entrance
    std::shared_ptr<Knock> knock_;  // also for a renewal
    Phase phase_ = Phase::head;
    bool is_dirty_ = false;
    bool has_seat_ = false;  // the audience knows it
    bool is_pinged_ = false;
    bool conflates_ = false;
    bool is_sending_ = false;  // inside send(): it flushes
    std::uint8_t errors_ = 0;
    std::uint16_t frames_ = 0;    // since window_
    std::uint16_t messages_ = 0;  // since window_
    std::uint64_t window_ = 0;    // ms
    std::uint64_t since_ = 0;     // ms; the phase began
    std::uint64_t heard_ = 0;     // ms; the last byte came
    std::uint64_t pinged_ = 0;    // ms; the last ping went
    std::uint64_t stayed_ = 0;    // ms; it was last looked at whether it may stay
    std::uint64_t partial_ = 0;   // ms; a message began and did not end, else 0
};

}  // namespace itn::workers::notifier
