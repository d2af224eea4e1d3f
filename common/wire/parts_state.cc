// Trades, shipments and stock rows as JSON, both ways; the rest of parts.h.

#include "common/wire/ids.h"
#include "common/wire/parts.h"

namespace itn::wire {

namespace {

void time_if(JsonObject& object, std::string_view key, const std::optional<Timestamp>& at) {
    if (at) object.time(key, *at);
}

}  // namespace

void append_trade(std::string& out, const domain::Trade& trade) {
    JsonObject object(out);
    object.text("transactionId", trade.id.text());
    object.text("tradeType", name(trade.type));
    object.text("seller", trade.seller.text());
    object.text("buyer", trade.buyer.text());
    object.text("destination", trade.destination.text());
    object.name("items");
    append_lines(out, trade.lines, LineForm::with_total);
    object.number("total", trade.total.value());
    object.text("status", name(trade.status));
    object.text_if("reason", trade.reason);
    if (trade.shipment) object.text("shipmentId", trade.shipment->text());
    object.text("requestedBy", trade.requested_by.text());
    object.number("version", trade.version);
    object.time("createdAt", trade.created_at);
    object.time("updatedAt", trade.updated_at);
    object.close();
}

domain::Trade read_trade(Fields& fields) {
    domain::Trade trade;
    trade.id = read_transaction(fields, "transactionId");
    trade.type = fields.name_of("tradeType", domain::trade_type_from, "must be buy or sell");
    trade.seller = read_station(fields, "seller");
    trade.buyer = read_station(fields, "buyer");
    trade.destination = read_station(fields, "destination");
    trade.lines = read_lines(fields, "items", LineForm::with_total);
    trade.total = Credits(fields.integer("total"));
    trade.status = fields.name_of("status", domain::trade_status_from, "is no status of a trade");
    trade.reason = fields.text_if("reason", limits::max_description).value_or("");
    trade.shipment = read_shipment_if(fields, "shipmentId");
    trade.requested_by = read_principal(fields, "requestedBy");
    trade.version = fields.integer("version", version_range);
    trade.created_at = fields.time("createdAt");
    trade.updated_at = fields.time("updatedAt");
    return trade;
}

void append_cargo(JsonObject& object, const domain::Cargo& cargo) {
    object.text("shipmentId", cargo.id.text());
    object.text("origin", cargo.origin.text());
    object.text("destination", cargo.destination.text());
    object.text("status", name(cargo.status));
    if (cargo.capacity) object.number("capacity", cargo.capacity->value());
    object.number("volume", cargo.loaded.value());
    object.number("tradeCount", cargo.trade_count);
    object.text_if("location", cargo.location);
    object.text_if("note", cargo.note);
    time_if(object, "eta", cargo.eta);
    time_if(object, "departedAt", cargo.departed_at);
    time_if(object, "deliveredAt", cargo.delivered_at);
    object.text("requestedBy", cargo.requested_by.text());
    object.number("version", cargo.version);
    object.time("createdAt", cargo.created_at);
    object.time("updatedAt", cargo.updated_at);
}

domain::Cargo read_cargo(Fields& fields) {
    domain::Cargo cargo;
    cargo.id = read_shipment(fields, "shipmentId");
    cargo.generated = is_uuid(cargo.id.text());
    cargo.origin = read_station(fields, "origin");
    cargo.destination = read_station(fields, "destination");
    cargo.status =
        fields.name_of("status", domain::cargo_status_from, "is no status of a shipment");
    if (const auto capacity = fields.integer_if("capacity", version_range))
        cargo.capacity = Volume(*capacity);
    cargo.loaded = Volume(fields.integer("volume", version_range));
    cargo.trade_count = static_cast<std::int32_t>(fields.integer(
        "tradeCount", Range{.from = 0, .to = std::numeric_limits<std::int32_t>::max()}));
    cargo.location = fields.text_if("location", limits::max_description).value_or("");
    cargo.note = fields.text_if("note", limits::max_description).value_or("");
    cargo.eta = fields.time_if("eta");
    cargo.departed_at = fields.time_if("departedAt");
    cargo.delivered_at = fields.time_if("deliveredAt");
    cargo.requested_by = read_principal(fields, "requestedBy");
    cargo.version = fields.integer("version", version_range);
    cargo.created_at = fields.time("createdAt");
    cargo.updated_at = fields.time("updatedAt");
    return cargo;
}

void append_stock(JsonObject& object, const domain::Stock& stock) {
    object.text("stationId", stock.key.station.text());
    object.text("productId", stock.key.product.text());
    object.number("onHand", stock.on_hand.value());
    object.number("reserved", stock.reserved.value());
    object.number("available", stock.available().value());
    if (stock.low_below) object.number("lowBelow", stock.low_below->value());
    object.number("version", stock.version);
}

domain::Stock read_stock(Fields& fields) {
    domain::Stock stock;
    stock.key.station = read_station(fields, "stationId");
    stock.key.product = read_product(fields, "productId");
    stock.on_hand = Quantity(fields.integer("onHand", version_range));
    stock.reserved = Quantity(fields.integer("reserved", version_range));
    fields.integer("available", version_range);
    if (const auto below = fields.integer_if("lowBelow", version_range))
        stock.low_below = Quantity(*below);
    stock.version = fields.integer("version", version_range);
    return stock;
}

}  // namespace itn::wire
