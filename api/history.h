#pragma once

// The events of one subject, as they were published.

#include <string>
#include <vector>

#include "api/answers.h"
#include "api/call.h"
#include "api/room.h"
#include "common/wire/notice.h"

namespace itn::api {

/// Adds what the caller may hear of, as it may hear it.
void add_heard(List& list, const identity::Caller& caller,
               const std::vector<wire::JournalEntry>& entries, const std::string& epoch);

/// Answers {"data":[event…]}, oldest first, of what the caller may hear; or the problem `missing`
/// when that is nothing.
void answer_history(const Room& room, CallPtr call, std::string subject, Problem missing);

}  // namespace itn::api
