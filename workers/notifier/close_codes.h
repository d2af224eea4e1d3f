#pragma once

// Every code with which the notifier closes a WebSocket, what it means, and whether the client
// should come back. One table: docs and clients take it from here.

#include <array>
#include <cstdint>
#include <string_view>

namespace itn::workers::notifier {

enum class CloseCode : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported = 1003,
    bad_text = 1007,
    policy = 1008,
    too_big = 1009,
    internal = 1011,
    restart = 1012,
    try_later = 1013,
    slow = 4008,
    no_pong = 4009,
    unauthorized = 4401,
    forbidden = 4403,
    too_many_sockets = 4429,
};

enum class ComeBack : std::uint8_t {
    no,       // the client is at fault: the same again ends the same way
    at_once,  // with the last position: nothing is missed
    later,    // with backoff and jitter
    changed,  // after it got itself a new token
};

struct CloseRow {
    CloseCode code = CloseCode::normal;
    std::string_view name{};
    ComeBack come_back = ComeBack::no;
    std::string_view meaning{};
};

inline constexpr std::array close_table{
    CloseRow{CloseCode::normal, "normal", ComeBack::no, "the client ended the conversation"},
    CloseRow{CloseCode::going_away, "going_away", ComeBack::later, "the client or we go away"},
    CloseRow{CloseCode::protocol_error, "protocol_error", ComeBack::no,
             "what came is no WebSocket frame, or not masked"},
    CloseRow{CloseCode::unsupported, "unsupported", ComeBack::no,
             "binary messages mean nothing here"},
    CloseRow{CloseCode::bad_text, "bad_text", ComeBack::no, "a text message is not UTF-8"},
    CloseRow{CloseCode::policy, "policy", ComeBack::no,
             "too many messages or errors, or a position that never was one"},
    CloseRow{CloseCode::too_big, "too_big", ComeBack::no, "a message above 64 KiB"},
    CloseRow{CloseCode::internal, "internal", ComeBack::later, "we failed"},
    CloseRow{CloseCode::restart, "restart", ComeBack::later, "the notifier restarts"},
    CloseRow{CloseCode::try_later, "try_later", ComeBack::later,
             "too many clients, no feed yet, or nobody can be let in just now"},
    CloseRow{CloseCode::slow, "slow", ComeBack::at_once,
             "events came faster than they were read; send the last position as since"},
    CloseRow{CloseCode::no_pong, "no_pong", ComeBack::at_once, "a ping was not answered in time"},
    CloseRow{CloseCode::unauthorized, "unauthorized", ComeBack::changed,
             "no first frame in time, or its token is not valid, has expired or was revoked"},
    CloseRow{CloseCode::forbidden, "forbidden", ComeBack::no,
             "the token was not given for reading"},
    CloseRow{CloseCode::too_many_sockets, "too_many_sockets", ComeBack::later,
             "the principal has 5 clients already, or its address showed too many unknown keys, "
             "tickets or tokens"},
};

constexpr const CloseRow& row(CloseCode code) {
    for (const CloseRow& candidate : close_table)
        if (candidate.code == code) return candidate;
    return close_table.front();
}
constexpr std::string_view name(CloseCode code) {
    return row(code).name;
}

}  // namespace itn::workers::notifier
