#pragma once

// /api/stations: the catalogue's stations, versioned (see catalogue_resource.h).

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void list_stations(const Room& room, CallPtr call);
void show_station(const Room& room, CallPtr call);
void create_station(const Room& room, CallPtr call);
void replace_station(const Room& room, CallPtr call);
void patch_station(const Room& room, CallPtr call);
void delete_station(const Room& room, CallPtr call);

}  // namespace itn::api
