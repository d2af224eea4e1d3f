#pragma once

// What the process says of itself: probes, metrics, the index of what is here, and the pages of the
// problems.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void show_livez(const Room& room, CallPtr call);
void show_readyz(const Room& room, CallPtr call);
void show_metrics(const Room& room, CallPtr call);
void show_index(const Room& room, CallPtr call);
void show_problem(const Room& room, CallPtr call);

}  // namespace itn::api
