#pragma once

// A wish on its way in. Parsed by wire, it is stamped, compared with the keys seen lately and
// handed to the dispatch thread; the answer comes from the broker's confirm, or with "Prefer: wait"
// from the outcome.
//
//   submit_wish ──▶ stamp ──▶ may? ──▶ key? ──fresh──▶ send ──▶ confirmed ──▶ 202
//                              │        ├─ same ──▶ outcome known? 200 ─ no ─▶ send
//                              └─▶ 403  └─ other ─▶ outcome of this wish? 200 ─ no ─▶ 422
//
// No database is asked on the way of a fresh key.

#include <string>
#include <string_view>

#include "api/call.h"
#include "api/room.h"
#include "common/base/result.h"
#include "common/domain/command.h"
#include "common/gateway/dispatch.h"
#include "common/wire/wish.h"

namespace itn::api {

/// Answers the call, now or later. Any thread.
void submit_wish(const Room& room, CallPtr call, Result<wire::Wish> wish);

/// Where the thing that a command is about can be read.
std::string location_of(domain::CommandKind kind, std::string_view subject);
/// {"commandId","transactionId"|"shipmentId"|"stationId"+"productId","status":"accepted"}
std::string render_accepted(const domain::Command& command);
/// Its ids alone, as members without braces.
std::string render_ids(const domain::Command& command);
/// What a client hears of a command that no queue has taken, or may have.
Problem not_accepted_problem(gateway::Dispatched what);
/// Of a submit() that refused.
Problem refused_problem();
/// Of a key that belongs to another wish.
Problem key_reuse_problem();
/// Of a key that may belong to another wish, while the outcomes cannot be read.
Problem reuse_unknown_problem();

}  // namespace itn::api
