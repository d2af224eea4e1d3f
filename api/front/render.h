#pragma once

// Replies as bytes on the wire. One call appends one whole reply; it reads no clock and makes one
// allocation at most.

#include <ctime>
#include <string>
#include <string_view>

#include "api/front/front.h"

namespace itn::api::front {

inline constexpr std::string_view continue_reply = "HTTP/1.1 100 Continue\r\n\r\n";

/// What the connection knows and the reply does not.
struct Rendering {
    bool to_head = false;  // the request was a HEAD: Content-Length, but no body
    bool to_1_0 = false;   // HTTP/1.0 hears when the connection stays open
    bool close = false;    // HTTP/1.1 hears when it does not
    std::string_view date;
};

/// The framing headers (Content-Length, Connection, Date, Transfer-Encoding) are this function's
/// own: a handler that sets one of them is not heard, and neither is a header whose name is no
/// token. A status outside 200..599 is sent as 500.
void append_reply(std::string& out, const Reply& reply, const Rendering& rendering);

/// "Fri, 20 Nov 2026 08:00:00 GMT", made once per second.
class DateLine final {
public:
    std::string_view at(std::time_t now);

private:
    std::time_t made_for_ = 0;
    std::string text_;
};

}  // namespace itn::api::front
