#pragma once

// /api/trades: wishes go to the trade lanes, reads come from Postgres.

#include "api/call.h"
#include "api/room.h"

namespace itn::api {

void create_trade(const Room& room, CallPtr call);
/// A JSON array or NDJSON of trade wishes; an answer for each, in their order, when all are
/// answered (trades_batch.cc).
void create_trades(const Room& room, CallPtr call);
void list_trades(const Room& room, CallPtr call);
void show_trade(const Room& room, CallPtr call);
void show_trade_history(const Room& room, CallPtr call);
void change_trade_status(const Room& room, CallPtr call);

}  // namespace itn::api
