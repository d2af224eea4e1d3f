#pragma once

// The events of one subject, as they were published.

#include <string>

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// Answers {"data":[event…]}, oldest first, of what the caller may hear; or the problem `missing`
/// when that is nothing.
void answer_history(const Room& room, CallPtr call, std::string subject, Problem missing);

}  // namespace itn::api
