#pragma once

// One client as its worker sees it: bytes that came, the request they make, bytes that go. A
// connection has one request under way at a time; what a client pipelines waits in `in`.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/front/framing.h"
#include "api/front/front.h"

namespace itn::api::front {

using Clock = std::chrono::steady_clock;

//     head ──▶ body ──▶ answering ──▶ head …      and from anywhere: lingering ──▶ dead
enum class Stage {
    head,       // waits for a request, or for the rest of its head
    body,       // has the head
    answering,  // a ticket is out
    lingering,  // we ended; what the client still sends is thrown away
    dead,
};

struct Connection final {
    Connection(int descriptor, std::string address, Clock::time_point now)
        : fd(descriptor), peer(std::move(address)), since(now) {}
    ~Connection();  // closes the socket
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    const int fd;
    const std::string peer;
    Stage stage = Stage::head;
    Clock::time_point since;  // what the deadline of the stage counts from

    std::string in;
    std::size_t taken = 0;  // bytes of `in` that are done with
    HeadScanner scanner;
    int empty_lines = 0;  // skipped since the last request
    std::string out;
    std::size_t sent = 0;  // bytes of `out`

    Request request;
    const Route* route = nullptr;
    std::optional<Reply> refusal;  // the answer when there is no route, once the body was read
    std::size_t body_size = 0;
    std::size_t counted = 0;     // its share of Shared::buffered
    std::uint64_t exchange = 0;  // numbers the requests of a worker; names the ticket that is out
    bool keep_alive = true;
    bool to_head = false;
    bool is_1_0 = false;

    bool ticket_out = false;  // and unanswered
    bool threw = false;       // the handler of this exchange did
    bool closing = false;     // nothing more is read once `out` is gone
    bool ended = false;       // the client sends no more
    bool reads = true;        // what the poll set watches for
    bool writes = false;

    std::string_view waiting() const { return std::string_view(in).substr(taken); }
    /// Neither in the middle of a request nor of a reply.
    bool is_idle() const { return stage == Stage::head && in.empty() && out.empty(); }
    /// Idle but for line ends, which begin no request.
    bool awaits_request() const {
        return stage == Stage::head && out.empty() &&
               waiting().find_first_not_of("\r\n") == std::string_view::npos;
    }
};

/// Sends what it can of `out`, without blocking. The connection is dead when the client is gone or
/// when more than `max_out` bytes stay unsent; that is the only case that returns false.
bool flush(Connection& connection, Clock::time_point now, std::size_t max_out);

/// Bytes that it holds of what its client sent, also of the request that is out with its ticket: 0
/// up to what every connection may hold.
std::size_t held(const Connection& connection);

/// Forgets the bytes that were taken, and memory that a large request needed.
void compact(Connection& connection);

}  // namespace itn::api::front
