#pragma once

// /api/updates: the last events for who polls; who wants them as they happen goes to the notifier.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// The last events, newest first; with ?since=<position> the ones after it, in lane order, and
/// X-ITN-Position says where they end.
void list_recent_updates(const Room& room, CallPtr call);
/// 426 with the notifier's URL.
void point_to_notifier(const Room& room, CallPtr call);

}  // namespace itn::api
