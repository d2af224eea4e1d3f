#include "tests/common/wire/examples.h"

#include "common/wire/wish.h"

namespace itn::wire::examples {

namespace {

const TransactionId trade_id{"3f8a018f-4e3a-87c1-ac3d-0123456789ab"};
const ShipmentId shipment_id{"3f8a018f-4e3b-87c1-ac3d-0123456789ab"};
const StationId ceres{"ceres"};
const StationId mars{"mars"};
const ProductId ice{"ice"};
const Principal who{"user:42"};
const Timestamp at{std::chrono::microseconds(1'931'234'567'123'456)};
const domain::Line line{
    .product = ice, .quantity = Quantity(12), .unit_price = Credits(250), .unit_volume = Volume(3)};
const domain::Goods goods{.product = ice, .quantity = Quantity(5), .unit_volume = Volume(3)};

domain::CommandBody body_of(domain::CommandKind kind) {
    using enum domain::CommandKind;
    switch (kind) {
        case trade_create:
            return domain::CreateTrade{.type = domain::TradeType::buy,
                                       .seller = ceres,
                                       .buyer = mars,
                                       .destination = mars,
                                       .lines = {line}};
        case trade_cancel:
            return domain::CancelTrade{"changed my mind"};
        case trade_collect:
            return domain::CollectTrade{};
        case trade_depart:
        case trade_complete:
        case trade_fail:
            return domain::FollowShipment{shipment_id};
        case cargo_create:
        case inventory_transfer:
            return domain::CreateCargo{.generated = true,
                                       .origin = ceres,
                                       .destination = mars,
                                       .own = {goods},
                                       .capacity = Volume(1000),
                                       .eta = at};
        case cargo_load:
            return domain::LoadCargo{.trade = trade_id,
                                     .shipment = std::nullopt,
                                     .fresh = shipment_id,
                                     .route = {.origin = ceres, .destination = mars}};
        case cargo_unload:
            return domain::UnloadCargo{.trade = trade_id, .shipment = shipment_id};
        case cargo_depart:
        case cargo_delay:
        case cargo_resume:
        case cargo_locate:
        case cargo_deliver:
        case cargo_lose:
        case cargo_cancel:
            return domain::MoveCargo{
                .location = "belt, \"inner\" rim", .eta = at, .note = "all well \xF0\x9F\x9A\x80"};
        case inventory_adjust:
            return domain::AdjustStock{.key = {.station = ceres, .product = ice},
                                       .delta = Quantity(-7),
                                       .reason = domain::StockReason::consume,
                                       .note = "dinner"};
    }
    return {};
}

std::string subject_of(domain::CommandKind kind) {
    if (kind == domain::CommandKind::inventory_adjust) return "ceres/ice";
    const bool trade = domain::family_of(kind) == Family::trade;
    return trade || kind == domain::CommandKind::cargo_load ? trade_id.text() : shipment_id.text();
}

domain::CargoChanged cargo_changed(domain::EventKind kind) {
    using enum domain::EventKind;
    domain::CargoChanged changed{.after = cargo(), .manifest = {}, .trade = {}};
    if (kind == cargo_loaded || kind == cargo_unloaded) {
        changed.trade = trade_id;
    } else if (kind == cargo_created || kind == cargo_departed || kind == cargo_delivered ||
               kind == cargo_lost || kind == cargo_cancelled) {
        changed.manifest = {.own = {goods}, .trades = {trade_id}};
    }
    return changed;
}

}  // namespace

domain::Trade trade() {
    domain::Trade trade;
    trade.id = trade_id;
    trade.seller = ceres;
    trade.buyer = mars;
    trade.destination = mars;
    trade.lines = {line};
    trade.total = Credits(3000);
    trade.shipment = shipment_id;
    trade.requested_by = who;
    trade.version = 2;
    trade.created_at = at;
    trade.updated_at = at + std::chrono::seconds(1);
    return trade;
}

domain::Cargo cargo() {
    domain::Cargo cargo;
    cargo.id = shipment_id;
    cargo.generated = true;
    cargo.origin = ceres;
    cargo.destination = mars;
    cargo.status = domain::CargoStatus::delivered;
    cargo.capacity = Volume(1000);
    cargo.loaded = Volume(51);
    cargo.trade_count = 1;
    cargo.location = "mars";
    cargo.note = "all well";
    cargo.eta = at;
    cargo.departed_at = at;
    cargo.delivered_at = at + std::chrono::hours(1);
    cargo.requested_by = who;
    cargo.version = 4;
    cargo.created_at = at;
    cargo.updated_at = at + std::chrono::hours(1);
    return cargo;
}

domain::Stock stock() {
    return {.key = {.station = ceres, .product = ice},
            .on_hand = Quantity(100),
            .reserved = Quantity(12),
            .low_below = Quantity(20),
            .version = 9};
}

Envelope envelope(domain::CommandKind kind) {
    Envelope envelope;
    domain::Command& command = envelope.command;
    command.id = CommandId("018f4e3a-7c1b-7a2b-8c3d-0123456789ab");
    command.principal = who;
    command.kind = kind;
    command.body = body_of(kind);
    command.subject = subject_of(kind);
    command.expected_version = 3;
    command.issued_at = at;
    envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    envelope.payload_hash = payload_hash(command);
    envelope.reply_to = "itn.reply.api.7";
    envelope.caused_by = "e1:trade.07:41";
    return envelope;
}

domain::Event event(domain::EventKind kind) {
    using enum domain::EventKind;
    if (kind <= trade_failed) {
        domain::TradeChanged changed{trade()};
        if (kind == trade_rejected) changed.after.reason = "insufficient_stock";
        return {.kind = kind, .body = changed};
    }
    if (kind == inventory_changed)
        return {.kind = kind,
                .body = domain::StockChanged{.after = stock(),
                                             .on_hand_delta = Quantity(0),
                                             .reserved_delta = Quantity(12),
                                             .reason = domain::StockReason::trade_confirmed,
                                             .cause = trade_id.text(),
                                             .note = "first come"}};
    if (kind == critical)
        return {.kind = kind,
                .body = domain::Critical{.kind = domain::CriticalKind::low_stock,
                                         .about = "ceres/ice",
                                         .message = "88 available, wanted at least 90",
                                         .stations = {ceres}}};
    return {.kind = kind, .body = cargo_changed(kind)};
}

}  // namespace itn::wire::examples
