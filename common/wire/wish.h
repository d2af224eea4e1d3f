#pragma once

// What clients may send: the wish schemas of contracts.md §2, strictly. Unknown fields, duplicate
// keys, wrong types, fractions, numbers outside int64, bad UTF-8, trailing bytes and depth beyond
// limits::max_json_depth are Problems with a JSON pointer each. Doors parse wishes; nothing here is
// stamped: prices, volumes, ids and times are the gateway's.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/domain/command.h"
#include "common/wire/representation.h"

namespace itn::wire {

/// A wish is a command without id, principal, prices and volumes; its subject is filled where the
/// client's words or the path name it.
using Wish = domain::Command;

/// POST /api/trades {tradeType, seller, buyer, items:[{productId, quantity}], destination?}
Result<Wish> parse_trade_wish(std::string_view body);
/// PUT /api/trades/{id}/status {status: cancelled|completed, reason?, expectedVersion?}
Result<Wish> parse_trade_status_wish(std::string_view transaction_id, std::string_view body);
/// POST /api/cargo {origin, destination, items?, shipmentId?, capacity?, eta?}
Result<Wish> parse_cargo_wish(std::string_view body);
/// PUT /api/cargo/{id}/status {status, location?, eta?, note?, expectedVersion?}
Result<Wish> parse_cargo_status_wish(std::string_view shipment_id, std::string_view body);
/// POST /api/cargo/status {cargoId, status, …}
Result<Wish> parse_cargo_status_alias(std::string_view body);
/// POST /api/inventory/{stationId}/adjustments {productId, delta, reason, note?, expectedVersion?}
Result<Wish> parse_adjustment_wish(std::string_view station_id, std::string_view body);
/// POST /api/inventory/update {itemId, quantityChange, location}
Result<Wish> parse_inventory_update(std::string_view body);

/// POST /api/trades/batch: a JSON array, or one wish a line with application/x-ndjson. Each element
/// on its own: {…trade wish…, "idempotencyKey"?}.
struct BatchElement {
    Result<Wish> wish;
    std::string key{};
};
Result<std::vector<BatchElement>> parse_trade_batch(std::string_view body, bool ndjson);

/// POST and PUT /api/stations, /api/products. `version` is the body's, when it has one.
struct StationWish {
    Station station{};
    std::optional<std::int64_t> version{};
};
struct ProductWish {
    Product product{};
    std::optional<std::int64_t> version{};
};
/// With `id` from the path the body need not repeat it, and must not contradict it.
Result<StationWish> parse_station_wish(std::string_view body, std::optional<std::string_view> id);
Result<ProductWish> parse_product_wish(std::string_view body, std::optional<std::string_view> id);
/// JSON merge patch (RFC 7396) of a representation that exists.
Result<StationWish> patch_station(const Station& current, std::string_view merge_patch);
Result<ProductWish> patch_product(const Product& current, std::string_view merge_patch);

/// SHA-256 over the canonical wish: kind, subject and the client's fields after aliases and
/// defaults, without anything stamped.
std::string payload_hash(const Wish& wish);

}  // namespace itn::wire
