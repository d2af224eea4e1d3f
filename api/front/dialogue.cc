#include "api/front/dialogue.h"

#include <utility>

#include "api/front/decode.h"
#include "api/front/mailbox.h"
#include "common/base/address.h"

namespace itn::api::front {

namespace {

// A ticket's id names the socket (24 bits) and the exchange on it (40 bits). Exchanges are numbered
// per worker and never again, so an id that comes late finds no connection or another exchange.
constexpr int exchange_bits = 40;
constexpr std::uint64_t exchange_mask = (std::uint64_t{1} << exchange_bits) - 1;

std::uint64_t ticket_id(const Connection& connection) {
    return static_cast<std::uint64_t>(connection.fd) << exchange_bits | connection.exchange;
}

}  // namespace

Dialogue::Dialogue(Shared& shared, Seat& seat)
    : shared_(shared), seat_(seat), tally_(seat.tally), matcher_(shared.routes) {}

void Dialogue::set_time(Clock::time_point now, std::time_t wall) {
    now_ = now;
    wall_ = wall;
}

int Dialogue::ticket_descriptor(std::uint64_t ticket) {
    return static_cast<int>(ticket >> exchange_bits);
}

bool Dialogue::is_for(std::uint64_t ticket, const Connection& connection) {
    return connection.ticket_out && ticket == ticket_id(connection);
}

void Dialogue::advance(Connection& connection) {
    while (!connection.closing && connection.out.empty()) {
        if (connection.stage == Stage::head && !take_head(connection)) break;
        if (connection.stage != Stage::body || !take_body(connection)) break;
    }
    compact(connection);
}

bool Dialogue::take_head(Connection& connection) {
    // RFC 9112 2.2: some clients put an empty line between requests. One too many is taken for a
    // request line, and refused.
    while (connection.empty_lines < limits::max_empty_lines &&
           connection.waiting().starts_with("\r\n")) {
        connection.taken += 2;
        ++connection.empty_lines;
        connection.scanner.reset();
    }
    const auto end = connection.scanner.find_end(connection.waiting());
    if (const auto* fault = std::get_if<FramingFault>(&end)) {
        fail(connection, fault->status, fault->detail);
        return false;
    }
    const auto size = std::get<std::size_t>(end);
    if (size == 0) return false;
    const auto head = parse_head(connection.waiting().substr(0, size));
    connection.scanner.reset();
    connection.taken += size;
    connection.empty_lines = 0;
    if (const auto* fault = std::get_if<FramingFault>(&head))
        fail(connection, fault->status, fault->detail);
    else
        begin_request(connection, std::get<Head>(head));
    return connection.stage == Stage::body && !connection.closing;
}

void Dialogue::begin_request(Connection& connection, const Head& head) {
    connection.stage = Stage::body;
    connection.since = now_;
    connection.keep_alive = head.keep_alive;
    connection.to_head = head.method == name(Method::head);
    connection.is_1_0 = head.is_1_0;
    auto match = matcher_.find(head.method, head.path);
    connection.route = match.route;
    const auto bound = match.route ? match.route->max_body : limits::max_body;
    if (head.body_size > bound) return fail(connection, 413, "the body is too large", head.path);
    connection.body_size = static_cast<std::size_t>(head.body_size);
    connection.refusal = refusal_for(match, head.path);
    if (match.route && !fill_request(connection, head, std::move(match))) {
        tally_.bad_requests.add();
        connection.refusal =
            error(400, "the target is not valid UTF-8 in percent-encoding", head.path);
    }
    const bool must_ask =
        head.expects_continue && connection.waiting().size() < connection.body_size;
    if (must_ask && connection.refusal) {
        connection.closing = true;  // It may or may not send the body that it announced.
        answer(connection, *std::exchange(connection.refusal, std::nullopt));
    } else if (must_ask) {
        connection.out.append(continue_reply);
        send(connection);
    }
}

std::optional<Reply> Dialogue::refusal_for(const Match& match, std::string_view path) const {
    if (match.route) return std::nullopt;
    if (match.allow.empty()) return error(404, "there is nothing at this path", path);
    Reply reply = match.method == Method::options
                      ? Reply{.status = 204, .body = {}, .content_type = {}, .headers = {}}
                      : error(405, "this path does not have this method", path);
    reply.headers.emplace_back("Allow", match.allow);
    return reply;
}

bool Dialogue::fill_request(Connection& connection, const Head& head, Match match) const {
    Request& request = connection.request;
    request = {};
    request.method = match.method;
    for (auto& [name, value] : match.params) {
        auto decoded = percent_decoded(value);
        if (!decoded) return false;
        request.params.emplace_back(std::move(name), std::move(*decoded));
    }
    auto query = parse_query(head.query);
    if (!query) return false;
    request.query = std::move(*query);
    request.path = head.path;
    request.route = match.route->pattern;
    request.headers.reserve(head.headers.size());
    for (const auto& [name, value] : head.headers)
        request.headers.emplace_back(name, value);
    request.peer = client_behind(connection.peer, shared_.options.trusted_proxies, request.headers);
    return true;
}

bool Dialogue::take_body(Connection& connection) {
    const auto waiting = connection.waiting();
    if (waiting.size() < connection.body_size) return false;
    if (!connection.refusal) connection.request.body = waiting.substr(0, connection.body_size);
    connection.taken += connection.body_size;
    dispatch(connection);
    return true;
}

void Dialogue::dispatch(Connection& connection) {
    tally_.requests.add();
    if (connection.refusal)
        return answer(connection, *std::exchange(connection.refusal, std::nullopt));
    connection.stage = Stage::answering;
    connection.since = now_;
    connection.exchange = ++last_exchange_ & exchange_mask;
    connection.threw = false;
    connection.ticket_out = true;
    tally_.pending.add();
    try {
        connection.route->handler(std::move(connection.request),
                                  Ticket(seat_.mailbox, ticket_id(connection)));
    } catch (...) {  // A door: the ticket, dropped on the way here, answers 500.
        connection.threw = true;
        tally_.faults.add();
    }
}

void Dialogue::take_ticket_back(Connection& connection) {
    connection.ticket_out = false;
    tally_.pending.add(-1);
}

void Dialogue::shed(Connection& connection) {
    fail(connection, 503, "too many large bodies at once", connection.request.path);
    std::string().swap(connection.in);
    connection.taken = 0;
}

void Dialogue::refuse(Connection& connection) {
    connection.closing = true;
    Reply reply = error(503, "too many connections");
    reply.headers.emplace_back("Retry-After", "1");
    answer(connection, reply);
}

void Dialogue::complete(Connection& connection, std::optional<Reply> reply) {
    take_ticket_back(connection);
    if (!reply && !connection.threw) tally_.faults.add();
    if (!reply) reply = error(500, "the request was not answered");
    answer(connection, *reply);
    advance(connection);
}

void Dialogue::expire(Connection& connection) {
    tally_.deadlines.add();
    if (connection.stage == Stage::answering) {
        take_ticket_back(connection);
        connection.closing = true;
        return answer(connection, error(504, "no answer in time"));
    }
    fail(connection, 408, "the request did not arrive in time");
}

void Dialogue::fail(Connection& connection, int status, std::string_view detail,
                    std::string_view path) {
    if (status != 408 && status != 503) tally_.bad_requests.add();
    connection.closing = true;
    connection.to_head = connection.to_head && connection.stage == Stage::body;
    answer(connection, error(status, detail, path));
}

Reply Dialogue::error(int status, std::string_view detail, std::string_view path) const {
    try {
        return shared_.error_page(status, detail, path);
    } catch (...) {
        tally_.faults.add();
        return {.status = status, .body = {}, .content_type = {}, .headers = {}};
    }
}

void Dialogue::answer(Connection& connection, const Reply& reply) {
    tally_.replies.add();
    if (draining_ || !connection.keep_alive) connection.closing = true;
    append_reply(connection.out, reply,
                 {.to_head = connection.to_head,
                  .to_1_0 = connection.is_1_0,
                  .close = connection.closing,
                  .date = date_.at(wall_)});
    connection.stage = Stage::head;
    connection.since = now_;
    send(connection);
}

void Dialogue::send(Connection& connection) {
    if (!flush(connection, now_, shared_.options.max_out)) tally_.slow_closed.add();
}

}  // namespace itn::api::front
