#pragma once

// /api/cargo: wishes go to the cargo lanes, reads come from Postgres.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void create_cargo(const Room& room, CallPtr call);
void list_cargo(const Room& room, CallPtr call);
void show_cargo(const Room& room, CallPtr call);
void show_cargo_history(const Room& room, CallPtr call);
void change_cargo_status(const Room& room, CallPtr call);
/// POST /api/cargo/status, as older clients say it.
void change_cargo_status_by_body(const Room& room, CallPtr call);

}  // namespace itn::api
