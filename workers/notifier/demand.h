#pragma once

// What a client says. Over WebSocket one JSON object a message:
//
//   first   {"authorize":"…", "subscribe":[topic…]?, "since":"<position>"?, "conflate":bool?}
//   later   {"subscribe":[…]} {"unsubscribe":[…]} {"ping":any} {"authorize":"…"}
//
// Who calls is an access token, an API key or a one-time ticket; later on a fresh one of the same
// principal. Over SSE the same in the query: ?subscribe=trade,cargo&since=<position>&conflate=true;
// a Last-Event-ID header goes before `since`, and who calls stands in the Authorization header.
// Unknown fields are errors that name the field. Pure; total over all bytes.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/wire/position.h"
#include "workers/notifier/hub.h"

namespace itn::workers::notifier {

/// The first frame. Without `topics` the client hears everything.
struct Opening {
    std::string authorize{};
    std::optional<std::vector<Topic>> topics{};
    std::optional<wire::Position> since{};
    /// Rather miss updates that later ones of the same subject supersede than be closed as slow.
    bool conflate = false;
    friend bool operator==(const Opening&, const Opening&) = default;
};

/// A later frame.
struct Change {
    std::vector<Topic> subscribe{};
    std::vector<Topic> unsubscribe{};
    std::optional<std::string> authorize{};
    std::optional<std::string> ping{};  // JSON, at most 1 KiB
    friend bool operator==(const Change&, const Change&) = default;
};

/// Problems: "malformed" (no JSON object), "unknown_field", "invalid_field", "invalid_position".
Result<Opening> parse_opening(std::string_view text);
Result<Change> parse_change(std::string_view text);
/// `query` is decoded. Problems: "unknown_parameter", "invalid_parameter", "invalid_position".
Result<Opening> opening_of_query(const std::vector<std::pair<std::string, std::string>>& query,
                                 std::string_view last_event_id);

}  // namespace itn::workers::notifier
