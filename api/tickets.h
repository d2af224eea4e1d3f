#pragma once

// POST /api/updates/ticket: a word that opens the live feed once, within limits::ticket_life. A
// browser fetches it with its token and shows it in the first frame of the WebSocket.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void create_ticket(const Room& room, CallPtr call);

}  // namespace itn::api
