#pragma once

// Pieces of JSON that several schemas share: ids, lines and goods, both ways.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/domain/cargo.h"
#include "common/domain/stock.h"
#include "common/domain/trade.h"
#include "common/wire/json_fields.h"
#include "common/wire/json_text.h"

namespace itn::wire {

inline constexpr std::string_view slug_rule = "must match [a-z0-9][a-z0-9_-]{0,63}, and be no UUID";
inline constexpr std::string_view uuid_rule = "must be a UUID in lower case";
inline constexpr std::string_view shipment_rule = "must be a slug or a UUID in lower case";
inline constexpr std::string_view visible_rule = "must be 1 to 255 visible ASCII characters";

inline constexpr Range quantity_range{.from = 1, .to = limits::max_quantity};
inline constexpr Range price_range{.from = 0, .to = limits::max_unit_price};
inline constexpr Range volume_range{.from = 0, .to = limits::max_quantity};
inline constexpr Range version_range{.from = 0};
inline constexpr Range lines_range{.from = 1, .to = limits::max_lines};

StationId read_station(Fields& fields, std::string_view key);
std::optional<StationId> read_station_if(Fields& fields, std::string_view key);
ProductId read_product(Fields& fields, std::string_view key);
TransactionId read_transaction(Fields& fields, std::string_view key);
ShipmentId read_shipment(Fields& fields, std::string_view key);
std::optional<ShipmentId> read_shipment_if(Fields& fields, std::string_view key);
Principal read_principal(Fields& fields, std::string_view key);
/// A UUID or a slug: what a shipment may be called.
bool is_shipment_id(std::string_view text);

enum class LineForm : std::uint8_t {
    bare,        // productId, quantity
    stamped,     // and unitPrice, unitVolume
    with_total,  // and lineTotal
};
void append_line(std::string& out, const domain::Line& line, LineForm form);
void append_lines(std::string& out, const std::vector<domain::Line>& lines, LineForm form);
/// Notes a fault besides when price or volume of all lines leaves int64.
std::vector<domain::Line> read_lines(Fields& fields, std::string_view key, LineForm form);
domain::Line read_line(const JsonDocument& document, const JsonNode& node, const JsonPlace& place,
                       Faults& faults, LineForm form);

void append_goods(std::string& out, const std::vector<domain::Goods>& goods);
/// `stamped` goods have a unitVolume. An absent list is an empty one.
std::vector<domain::Goods> read_goods(Fields& fields, std::string_view key, bool stamped);
domain::Goods read_one_goods(const JsonDocument& document, const JsonNode& node,
                             const JsonPlace& place, Faults& faults, bool stamped);

/// The members of a stock row that REST and events share; the object stays open.
void append_stock(JsonObject& object, const domain::Stock& stock);
/// The members of a shipment without its lists; the object stays open.
void append_cargo(JsonObject& object, const domain::Cargo& cargo);
void append_trade(std::string& out, const domain::Trade& trade);

domain::Stock read_stock(Fields& fields);
domain::Cargo read_cargo(Fields& fields);
domain::Trade read_trade(Fields& fields);

}  // namespace itn::wire
