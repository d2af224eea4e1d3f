#pragma once

// The events of one subject, as they were published.

#include <string>
#include <string_view>

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// Answers {"data":[event…]}, oldest first, or the problem `missing` when there is none.
void answer_history(const Room& room, CallPtr call, std::string subject, Problem missing);

}  // namespace itn::api
