#pragma once

// What one worker says to its clients: takes requests out of the bytes that came, hands them to
// their handlers, writes what tickets answer. Sockets are accepted, read, watched and closed
// elsewhere (worker.h); a Connection that is Stage::dead here is closed there.

#include <ctime>
#include <string_view>

#include "api/front/connection.h"
#include "api/front/matcher.h"
#include "api/front/render.h"
#include "api/front/shared.h"

namespace itn::api::front {

class Dialogue final {
public:
    Dialogue(Shared& shared, Seat& seat);

    /// The clock is read once per burst of events, by whoever calls.
    void set_time(Clock::time_point now, std::time_t wall);
    /// From now on every reply is the last of its connection.
    void begin_drain() { draining_ = true; }

    /// Takes as many requests as can be taken: until one waits for bytes, a ticket or the client.
    void advance(Connection& connection);
    /// What a ticket says. The connection must be the one named by the ticket.
    void complete(Connection& connection, std::optional<Reply> reply);
    /// The deadline of the stage has passed: answers 408 or 504 and ends the connection.
    void expire(Connection& connection);
    /// There is no memory for the rest of its body: answers 503 and forgets what came.
    void shed(Connection& connection);
    /// One too many: answers 503.
    void refuse(Connection& connection);
    /// Sends on what is unsent.
    void send(Connection& connection);

    static int ticket_descriptor(std::uint64_t ticket);
    /// True when `ticket` is the one that is out for this connection.
    static bool is_for(std::uint64_t ticket, const Connection& connection);

private:
    bool take_head(Connection& connection);
    bool take_body(Connection& connection);
    void begin_request(Connection& connection, const Head& head);
    bool fill_request(Connection& connection, const Head& head, Match match) const;
    Reply error(int status, std::string_view detail, std::string_view path = {}) const;
    std::optional<Reply> refusal_for(const Match& match, std::string_view path) const;
    void dispatch(Connection& connection);
    void take_ticket_back(Connection& connection);
    void fail(Connection& connection, int status, std::string_view detail,
              std::string_view path = {});
    void answer(Connection& connection, const Reply& reply);

    Shared& shared_;
    Seat& seat_;
    Tally& tally_;
    Matcher matcher_;
    DateLine date_;
    Clock::time_point now_;
    std::time_t wall_ = 0;
    std::uint64_t last_exchange_ = 0;
    bool draining_ = false;
};

}  // namespace itn::api::front
