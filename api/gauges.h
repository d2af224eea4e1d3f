#pragma once

// What the api counts besides its routes: who waits for what, and what became of the commands.

#include "api/front/front.h"
#include "api/room.h"

namespace itn::api {

/// Registers them in room.metrics; `room` and `server` outlive the last scrape.
void add_gauges(const Room& room, const front::Server& server);

}  // namespace itn::api
