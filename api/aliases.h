#pragma once

// Paths of older clients, led to today's with 308 so that method and body are kept.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

/// /api/trades/history?startDate&endDate → /api/trades?from&to
void redirect_trades_history(const Room& room, CallPtr call);
/// /api/getalltrades → /api/trades, /api/getallCargo → /api/cargo, /api/getinventory →
/// /api/inventory; the query goes along.
void redirect_all_trades(const Room& room, CallPtr call);
void redirect_all_cargo(const Room& room, CallPtr call);
void redirect_inventory(const Room& room, CallPtr call);

}  // namespace itn::api
