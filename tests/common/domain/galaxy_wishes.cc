#include "tests/common/domain/galaxy.h"

namespace itn::domain::test {
namespace {

Command wish(CommandKind kind, const std::string& subject, CommandBody body) {
    return {.id = CommandId("key-" + subject),
            .principal = Principal("dev"),
            .kind = kind,
            .subject = subject,
            .issued_at = noon,
            .body = std::move(body)};
}

}  // namespace

Command create(const std::string& trade, const std::string& seller, const std::string& buyer,
               Amounts lines, const std::string& destination) {
    CreateTrade body{.seller = StationId(seller),
                     .buyer = StationId(buyer),
                     .destination = StationId(destination.empty() ? buyer : destination)};
    for (const auto& [product, quantity] : lines) {
        body.lines.push_back({.product = ProductId(product),
                              .quantity = Quantity(quantity),
                              .unit_price = Credits(7),
                              .unit_volume = Volume(2)});
    }
    return wish(CommandKind::trade_create, trade, std::move(body));
}

Command cancel(const std::string& trade, const std::string& reason) {
    return wish(CommandKind::trade_cancel, trade, CancelTrade{.reason = reason});
}

Command collect(const std::string& trade) {
    return wish(CommandKind::trade_collect, trade, CollectTrade{});
}

Command ship(const std::string& shipment, const std::string& origin, const std::string& destination,
             Amounts own, std::optional<std::int64_t> capacity) {
    CreateCargo body{.origin = StationId(origin), .destination = StationId(destination)};
    for (const auto& [product, quantity] : own) {
        body.own.push_back({.product = ProductId(product),
                            .quantity = Quantity(quantity),
                            .unit_volume = Volume(2)});
    }
    if (capacity) body.capacity = Volume(*capacity);
    return wish(CommandKind::cargo_create, shipment, std::move(body));
}

Command load(const std::string& trade, const std::string& shipment) {
    return wish(CommandKind::cargo_load, shipment,
                LoadCargo{.trade = TransactionId(trade), .shipment = ShipmentId(shipment)});
}

Command unload(const std::string& trade, const std::string& shipment) {
    return wish(CommandKind::cargo_unload, shipment,
                UnloadCargo{.trade = TransactionId(trade), .shipment = ShipmentId(shipment)});
}

Command move(CommandKind kind, const std::string& shipment) {
    return wish(kind, shipment, MoveCargo{});
}

Command adjust(const std::string& station, const std::string& product, std::int64_t delta,
               StockReason reason) {
    const StockKey key{StationId(station), ProductId(product)};
    return wish(CommandKind::inventory_adjust, domain::text_of(key),
                AdjustStock{.key = key, .delta = Quantity(delta), .reason = reason});
}

Command of_system(const Reaction& reaction, const std::string& fresh) {
    Command command = wish(reaction.kind, reaction.subject, reaction.body);
    command.principal = system_principal;
    if (auto* body = std::get_if<LoadCargo>(&command.body)) body->fresh = ShipmentId(fresh);
    return command;
}

Command follow(CommandKind kind, const std::string& trade, const std::string& shipment) {
    return of_system(
        {.kind = kind, .subject = trade, .body = FollowShipment{.shipment = ShipmentId(shipment)}},
        "");
}

}  // namespace itn::domain::test
