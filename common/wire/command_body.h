#pragma once

// The "body" of an envelope, by kind; this is the stamped schema.
//
//   trade.create             {tradeType, seller, buyer, destination,
//                             items:[{productId, quantity, unitPrice, unitVolume}]}
//   trade.cancel             {reason?}
//   trade.collect            {}
//   trade.depart, complete, fail  {shipmentId}
//   cargo.create, inventory.transfer  {generated, origin, destination,
//                             items:[{productId, quantity, unitVolume}], capacity?, eta?}
//   cargo.load               {transactionId, shipmentId?, fresh?, origin?, destination?}
//   cargo.unload             {transactionId, shipmentId?}
//   cargo.depart, delay, resume, locate, deliver, lose, cancel  {location?, eta?, note?}
//   inventory.adjust         {stationId, productId, delta, reason, note?}

#include <string>

#include "common/domain/command.h"
#include "common/wire/json_fields.h"

namespace itn::wire {

void append_body(std::string& out, const domain::CommandBody& body);
domain::CommandBody read_body(domain::CommandKind kind, Fields& fields);

/// delta of an adjustment: anything but 0 within ±max_quantity; a 0 is a fault of range.
Quantity read_delta(Fields& fields, std::string_view key);
/// A reason that people may give.
domain::StockReason read_adjustment_reason(Fields& fields, std::string_view key);

}  // namespace itn::wire
