#pragma once

// How reads answer: ETag and 304, the position that the data stands on, and pages with their next
// link. Any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/cursor.h"
#include "common/wire/position.h"

namespace itn::api {

inline constexpr const char* position_header = "X-ITN-Position";

/// 200 with the body, or 304 when the client has it. An empty etag is made from the body.
void answer_read(Call& call, std::string body, const wire::Position& position,
                 std::string etag = {});

/// A page {"data":[…],"nextCursor"?}, its rows rendered already.
struct List {
    std::string_view name{};           // of its cursors
    std::vector<std::string> rows{};   // JSON each
    std::optional<CursorKey> next{};   // key of the last row when others follow
    std::string_view member = "data";  // the list's name in the body
    std::string before{};              // members that stand before it: "\"a\":1,"
};
void answer_list(Call& call, const List& list, const wire::Position& position);
/// The same of what the feed does not tell: without a position, when that is null.
void answer_list(Call& call, const List& list, const wire::Position* position);

/// The request's own target with this cursor.
std::string target_with_cursor(const front::Request& request, std::string_view cursor);
/// Adds one query parameter, percent-encoded.
void append_parameter(std::string& target, std::string_view name, std::string_view value);
/// "[a,b]"
std::string joined(const std::vector<std::string>& rows);

}  // namespace itn::api
