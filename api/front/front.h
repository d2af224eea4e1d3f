#pragma once

// The HTTP front: our own accept, framing, deadlines, replies and tickets around Pistache's request
// parser, reactor and router. A handler runs on an http thread, copies what it needs and answers
// through its Ticket, at once or later, from any thread. Nothing of Pistache crosses threads, and
// nothing of Pistache shows in this header.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/limits.h"

namespace itn::api::front {

enum class Method { get, head, post, put, patch, del, options };
std::string_view name(Method method);  // "GET"

/// One request, owned by whoever holds it. Header names are matched without regard to case.
struct Request {
    Method method = Method::get;
    std::string path;   // percent-encoded, as sent
    std::string route;  // the pattern that matched
    /// What stood for each ":name" of the pattern: the name without its colon, the value decoded.
    std::vector<std::pair<std::string, std::string>> params;
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    /// As sent, in order, without surrounding blanks: no control characters but HTAB, yet not
    /// necessarily UTF-8.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string peer;  // address of the client, behind proxies that are trusted

    /// "" when there is none; the name may be given with its colon.
    std::string_view param(std::string_view name) const;
    /// The first of several.
    std::optional<std::string_view> query_value(std::string_view name) const;
    std::optional<std::string_view> header(std::string_view name) const;
};

struct Reply {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";  // "" for none
    /// CR, LF and NUL in a value are replaced by blanks.
    std::vector<std::pair<std::string, std::string>> headers;
};

/// The right to answer one request, exactly once, from any thread. Destroyed unanswered it answers
/// 500. Answering a client that has gone is a no-op.
class Ticket final {
public:
    class Mailbox;
    Ticket() = default;
    Ticket(std::shared_ptr<Mailbox> mailbox, std::uint64_t id);
    Ticket(Ticket&&) noexcept;
    Ticket& operator=(Ticket&&) noexcept;
    ~Ticket();

    /// False when this ticket was used already or its worker is gone.
    bool reply(Reply reply);
    bool pending() const { return mailbox_ != nullptr; }

private:
    std::shared_ptr<Mailbox> mailbox_;
    std::uint64_t id_ = 0;
};

using Handler = std::function<void(Request, Ticket)>;
/// Makes the answer for errors that the front itself finds (400, 404, 405, 408, 411, 413, 414, 431,
/// 500, 503, 504, 505): so they look like all other errors. The front adds the Allow header of a
/// 405. Called on any http thread, several at a time; `detail` is a sentence for the client, `path`
/// is the request's, "" when it is not known.
using ErrorPage = std::function<Reply(int status, std::string_view detail, std::string_view path)>;

/// HEAD on a GET route and OPTIONS on any need no route of their own. A handler is called on any
/// http thread, several at a time, and must not block; what it throws is answered with 500.
struct Route {
    Method method = Method::get;
    std::string pattern;  // "/api/trades/:transactionId", at least one segment
    std::size_t max_body = limits::max_body;
    Handler handler;
};

struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    unsigned threads = 2;
    int backlog = 1024;
    std::size_t max_connections = 4096;  // per thread
    std::size_t max_out = 4u << 20;      // unsent bytes of one client; past it the client goes
    std::vector<std::string> trusted_proxies{};  // plain_address()es
    std::chrono::milliseconds head_deadline = limits::head_deadline;
    std::chrono::milliseconds body_deadline = limits::body_deadline;
    std::chrono::milliseconds keep_alive = limits::keep_alive;
    std::chrono::milliseconds reply_deadline = limits::reply_deadline;
    std::chrono::milliseconds write_deadline = limits::write_deadline;
};

/// Sums since start, and what stands now (open, pending).
struct Counters {
    std::uint64_t accepted = 0, requests = 0, replies = 0;
    std::uint64_t late_replies = 0;  // tickets answered after their client or deadline had gone
    std::uint64_t deadlines = 0;     // 408, 504 and clients that did not read
    std::uint64_t bad_requests = 0;  // refused for their framing or encoding
    std::uint64_t slow_closed = 0;   // clients that did not read their replies
    std::uint64_t refused_connections = 0;
    std::uint64_t accept_pauses = 0;  // for want of descriptors or memory
    std::uint64_t faults = 0;         // handlers that threw, tickets that were dropped
    std::uint64_t open = 0;           // connections
    std::uint64_t pending = 0;        // tickets
};

class Server final {
public:
    Server(Options options, std::vector<Route> routes, ErrorPage error_page);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Throws std::system_error when the port cannot be had, std::runtime_error when two routes are
    /// the same. Once.
    void start();
    /// What was bound, also where Options::port was 0.
    std::uint16_t port() const;
    Counters counters() const;
    /// Stops accepting, waits up to `grace` for pending replies, then closes. Blocks; further calls
    /// do nothing. Tickets may outlive it.
    void stop(std::chrono::milliseconds grace);

private:
    class Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace itn::api::front
