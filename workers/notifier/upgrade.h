#pragma once

// What the head of an HTTP request asks for: a WebSocket, an event stream, the liveness page, or
// nothing we have. Bytes in, a decision out; only a trace id may be fresh. Strict where proxies and
// parsers are known to disagree: a bare LF, a folded line, two Hosts or a body are refused before
// http-parser sees them.
//
//   GET /api/updates/real-time      (also with a last slash; alias /ws/updates)  WebSocket upgrade,
//                                   or Accept: text/event-stream
//   GET /livez                      200

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workers/notifier/refusal.h"

namespace itn::workers::notifier {

enum class Asked { websocket, event_stream, live, refused };

struct Decision {
    Asked asked = Asked::refused;
    /// The reply to send: 101 or 200 with what belongs to it, or the whole refusal.
    std::string reply{};
    int status = 0;
    std::vector<std::pair<std::string, std::string>> query{};  // percent-decoded
    std::string last_event_id{};
    std::optional<std::string> authorization{};  // the one header of that name
    std::string forwarded_for{};                 // the last X-Forwarded-For
    Occasion occasion{};
};

/// Origins whose pages may connect: exact texts, and the word "loopback" for every page that this
/// machine itself serves. Clients that send none are no pages: nothing of a browser's speaks for
/// them, they bring a secret of their own like everybody.
using Origins = std::vector<std::string>;

/// Bytes of the head with its empty line, when it is whole within `bytes`; npos before that.
std::size_t head_size(std::string_view bytes);

/// `head` is what head_size() measured.
Decision decide_upgrade(std::string_view head, const Origins& origins);

/// Whether an Origin header is of a page that this machine itself serves.
bool is_loopback_origin(std::string_view origin);

}  // namespace itn::workers::notifier
