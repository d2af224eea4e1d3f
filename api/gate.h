#pragma once

// The one way to every handler. A call is identified, counted against its caller's rate and held
// against the permission table, in this order; only then its handler sees it, and whose it is.
//
//   identify ──▶ nobody we know: 401 ──▶ rate: 429 ──▶ nothing of the kind allowed: 403 ──▶ handler
//
// A key that is new here costs its sender's address a sign-in before the database is asked for it.
//
// Who may reach the handler is known then; which things it may touch the handler asks
// common/rights. What cannot be judged, because the database is away, is 503.

#include <cstddef>
#include <string_view>

#include "api/call.h"
#include "api/room.h"
#include "api/routes.h"

namespace itn::api {

using Pass = void (*)(const Room& room, const RouteRow& row, const CallPtr& call);

/// Answers the call or lets it pass, at once or later. `pass` must not throw.
void admit(const Room& room, const RouteRow& row, const CallPtr& call, Pass pass);

/// What a batch costs besides itself: a write for each of its commands. False: the call is answered
/// with 429.
bool spend_writes(const Room& room, Call& call, std::size_t count);

/// Leaves in the audit trail that the caller was not allowed `what`. Any thread.
void note_refusal(const Room& room, const Call& call, std::string_view what);

/// Leaves in the audit trail what the caller did, where no command and no outcome tells it. Any
/// thread.
void note_change(const Room& room, const Call& call, std::string_view what);

/// Whether the call needs nobody to be known: it carries its proof in its body.
bool is_sign_in(identity::Action action);

}  // namespace itn::api
