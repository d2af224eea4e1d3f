#pragma once

// What the notifier answers over HTTP when it does not let somebody in: a problem document
// (RFC 9457) of the same table and form as the http door's, and the end of the connection.
//
//   {"type":"/problems/<slug>","title","status","detail","instance"?,"traceId"}

#include <string>
#include <string_view>

namespace itn::workers::notifier {

/// The request that is refused, as far as it was understood.
struct Occasion {
    std::string instance{};  // its path; "" when there is none
    std::string trace_id{};  // "" gets a fresh one
};

struct Refusal {
    int status = 0;
    std::string reply{};  // head and body
};

/// `slug` has a row in common/wire/problem_rows.cc, which gives the status; `extra_headers` end
/// with CRLF each.
Refusal refusal(std::string_view slug, std::string_view detail, const Occasion& occasion = {},
                std::string_view extra_headers = {});

}  // namespace itn::workers::notifier
