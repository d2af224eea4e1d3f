#pragma once

// The events of one subject, as they were published.

#include <string>
#include <string_view>

#include "api/call.h"
#include "api/room.h"
#include "common/wire/notice.h"

namespace itn::api {

/// Whether the caller may hear of it.
bool may_hear(const identity::Caller& caller, const wire::JournalEntry& entry);

/// Answers {"data":[event…]}, oldest first, of what the caller may hear; or the problem `missing`
/// when that is nothing.
void answer_history(const Room& room, CallPtr call, std::string subject, Problem missing);

}  // namespace itn::api
