#pragma once

// /api/inventory: stock as it is, the ledger that explains it, and adjustments by hand.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void list_inventory(const Room& room, CallPtr call);
void show_station_inventory(const Room& room, CallPtr call);
void show_stock(const Room& room, CallPtr call);
void show_ledger(const Room& room, CallPtr call);
void adjust_stock(const Room& room, CallPtr call);
/// POST /api/inventory/update, as older clients say it.
void adjust_stock_by_body(const Room& room, CallPtr call);

}  // namespace itn::api
