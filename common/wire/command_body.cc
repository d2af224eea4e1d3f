#include "common/wire/command_body.h"

#include "common/wire/parts.h"

namespace itn::wire {

namespace {

struct Append {
    JsonObject& object;
    std::string& out;

    void operator()(const domain::CreateTrade& trade) const {
        object.text("tradeType", name(trade.type));
        object.text("seller", trade.seller.text());
        object.text("buyer", trade.buyer.text());
        object.text("destination", trade.destination.text());
        object.name("items");
        append_lines(out, trade.lines, LineForm::stamped);
    }
    void operator()(const domain::CancelTrade& cancel) const {
        object.text_if("reason", cancel.reason);
    }
    void operator()(const domain::CollectTrade&) const {}
    void operator()(const domain::FollowShipment& follow) const {
        object.text("shipmentId", follow.shipment.text());
    }
    void operator()(const domain::CreateCargo& cargo) const {
        object.flag("generated", cargo.generated);
        object.text("origin", cargo.origin.text());
        object.text("destination", cargo.destination.text());
        object.name("items");
        append_goods(out, cargo.own);
        if (cargo.capacity) object.number("capacity", cargo.capacity->value());
        if (cargo.eta) object.time("eta", *cargo.eta);
    }
    void operator()(const domain::LoadCargo& load) const {
        object.text("transactionId", load.trade.text());
        if (load.shipment) object.text("shipmentId", load.shipment->text());
        object.text_if("fresh", load.fresh.text());
        object.text_if("origin", load.route.origin.text());
        object.text_if("destination", load.route.destination.text());
    }
    void operator()(const domain::UnloadCargo& unload) const {
        object.text("transactionId", unload.trade.text());
        if (unload.shipment) object.text("shipmentId", unload.shipment->text());
    }
    void operator()(const domain::MoveCargo& move) const {
        if (move.location) object.text("location", *move.location);
        if (move.eta) object.time("eta", *move.eta);
        if (move.note) object.text("note", *move.note);
    }
    void operator()(const domain::AdjustStock& adjust) const {
        object.text("stationId", adjust.key.station.text());
        object.text("productId", adjust.key.product.text());
        object.number("delta", adjust.delta.value());
        object.text("reason", name(adjust.reason));
        object.text_if("note", adjust.note);
    }
};

domain::CreateTrade read_create_trade(Fields& fields) {
    domain::CreateTrade trade;
    trade.type = fields.name_of("tradeType", domain::trade_type_from, "must be buy or sell");
    trade.seller = read_station(fields, "seller");
    trade.buyer = read_station(fields, "buyer");
    trade.destination = read_station(fields, "destination");
    trade.lines = read_lines(fields, "items", LineForm::stamped);
    return trade;
}

domain::CreateCargo read_create_cargo(Fields& fields) {
    domain::CreateCargo cargo;
    cargo.generated = fields.flag("generated");
    cargo.origin = read_station(fields, "origin");
    cargo.destination = read_station(fields, "destination");
    cargo.own = read_goods(fields, "items", true);
    if (const auto capacity = fields.integer_if("capacity", version_range))
        cargo.capacity = Volume(*capacity);
    cargo.eta = fields.time_if("eta");
    return cargo;
}

domain::LoadCargo read_load(Fields& fields) {
    domain::LoadCargo load;
    load.trade = read_transaction(fields, "transactionId");
    load.shipment = read_shipment_if(fields, "shipmentId");
    load.fresh = read_shipment_if(fields, "fresh").value_or(ShipmentId());
    load.route.origin = read_station_if(fields, "origin").value_or(StationId());
    load.route.destination = read_station_if(fields, "destination").value_or(StationId());
    return load;
}

domain::UnloadCargo read_unload(Fields& fields) {
    domain::UnloadCargo unload;
    unload.trade = read_transaction(fields, "transactionId");
    unload.shipment = read_shipment_if(fields, "shipmentId");
    return unload;
}

domain::MoveCargo read_move(Fields& fields) {
    domain::MoveCargo move;
    move.location = fields.text_if("location", limits::max_note);
    move.eta = fields.time_if("eta");
    move.note = fields.text_if("note", limits::max_note);
    return move;
}

domain::AdjustStock read_adjust(Fields& fields) {
    domain::AdjustStock adjust;
    adjust.key.station = read_station(fields, "stationId");
    adjust.key.product = read_product(fields, "productId");
    adjust.delta = read_delta(fields, "delta");
    adjust.reason = read_adjustment_reason(fields, "reason");
    adjust.note = fields.text_if("note", limits::max_note).value_or("");
    return adjust;
}

}  // namespace

void append_body(std::string& out, const domain::CommandBody& body) {
    JsonObject object(out);
    std::visit(Append{.object = object, .out = out}, body);
    object.close();
}

Quantity read_delta(Fields& fields, std::string_view key) {
    const std::int64_t delta =
        fields.integer(key, Range{.from = -limits::max_quantity, .to = limits::max_quantity});
    if (delta == 0 && fields.faults().none()) fields.range(key, "must not be 0");
    return Quantity(delta);
}

domain::StockReason read_adjustment_reason(Fields& fields, std::string_view key) {
    const auto reason = fields.name_of(key, domain::stock_reason_from, "is no reason");
    if (!is_adjustment(reason)) fields.range(key, "is no reason for an adjustment");
    return reason;
}

domain::CommandBody read_body(domain::CommandKind kind, Fields& fields) {
    using enum domain::CommandKind;
    switch (kind) {
        case trade_create:
            return read_create_trade(fields);
        case trade_cancel:
            return domain::CancelTrade{fields.text_if("reason", limits::max_note).value_or("")};
        case trade_collect:
            return domain::CollectTrade{};
        case trade_depart:
        case trade_complete:
        case trade_fail:
            return domain::FollowShipment{read_shipment(fields, "shipmentId")};
        case cargo_create:
        case inventory_transfer:
            return read_create_cargo(fields);
        case cargo_load:
            return read_load(fields);
        case cargo_unload:
            return read_unload(fields);
        case cargo_depart:
        case cargo_delay:
        case cargo_resume:
        case cargo_locate:
        case cargo_deliver:
        case cargo_lose:
        case cargo_cancel:
            return read_move(fields);
        case inventory_adjust:
            return read_adjust(fields);
    }
    return {};
}

}  // namespace itn::wire
