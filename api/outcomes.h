#pragma once

// What became of a command, told to whoever waited for it or asks again: the thing itself as it is
// now, or the problem that the rejection is.

#include <string>
#include <string_view>

#include "api/call.h"
#include "api/room.h"
#include "common/domain/command.h"
#include "common/wire/notice.h"

namespace itn::api {

/// {"commandId","outcome","code"?,"detail"?,"subject","at","position"?,"traceId"?}
std::string render_outcome(const wire::Outcome& outcome, std::string_view epoch,
                           std::string_view traceparent);
/// The problem of an outcome that is not `applied`.
Problem problem_of(const wire::Outcome& outcome);

/// Reads what the command made and answers 201 or 200 with it, or the problem. `headers` are added.
/// Any thread; the read goes to the pool.
void answer_outcome(const Room& room, CallPtr call, domain::CommandKind kind,
                    const wire::Outcome& outcome,
                    std::vector<std::pair<std::string, std::string>> headers);

}  // namespace itn::api
