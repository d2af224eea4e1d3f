#pragma once

// /api/analytics/summary: trade volume per hour and day, cargo by status, stock per station.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void show_summary(const Room& room, CallPtr call);

}  // namespace itn::api
