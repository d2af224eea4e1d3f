#pragma once

// /api/commands/{commandId}: what became of a command.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// 404 until there is an outcome. A command of another principal is not there.
void show_command(const Room& room, CallPtr call);

}  // namespace itn::api
