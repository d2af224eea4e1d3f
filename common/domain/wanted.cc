// Which rows a command is likely to need. Too much costs a look-up, too little a second round, so
// this is generous where the command itself names the rows.

#include "common/domain/decide.h"
#include "common/domain/rules.h"

namespace itn::domain {
namespace {

void want_lines(Wanted& wanted, const StationId& station, const std::vector<Line>& lines) {
    for (const Line& line : lines)
        wanted.stock.insert({station, line.product});
}

void want_goods(Wanted& wanted, const StationId& station, const std::vector<Goods>& goods) {
    for (const Goods& item : goods)
        wanted.stock.insert({station, item.product});
}

Wanted wanted_load(const LoadCargo& body) {
    Wanted wanted{.trades = {body.trade}};
    if (body.shipment) {
        wanted.shipments.insert(*body.shipment);
        return wanted;
    }
    if (!body.fresh.empty()) wanted.shipments.insert(body.fresh);
    if (body.route != Route{}) wanted.routes.insert(body.route);
    return wanted;
}

Wanted wanted_unload(const UnloadCargo& body) {
    Wanted wanted{.trades_with_shipment = {body.trade}};
    if (body.shipment) wanted.shipments.insert(*body.shipment);
    return wanted;
}

Wanted wanted_create_trade(const Command& command) {
    const auto& body = body_of<CreateTrade>(command);
    Wanted wanted{.trades = {TransactionId(command.subject)}};
    want_lines(wanted, body.seller, body.lines);
    return wanted;
}

Wanted wanted_create_cargo(const Command& command) {
    const auto& body = body_of<CreateCargo>(command);
    Wanted wanted{.shipments = {ShipmentId(command.subject)}};
    want_goods(wanted, body.origin, body.own);
    return wanted;
}

/// Own goods and, with_trades, the goods of every trade aboard, at one end of the route.
Wanted stock_of_shipment(const World& world, const Command& command, bool at_origin,
                         bool with_trades) {
    Wanted wanted{};
    const Shipment* shipment = world.shipments.find(ShipmentId(command.subject));
    if (shipment == nullptr) return wanted;
    const StationId& station = at_origin ? shipment->cargo.origin : shipment->cargo.destination;
    want_goods(wanted, station, shipment->manifest.own);
    if (!with_trades) return wanted;
    for (const TransactionId& id : shipment->manifest.trades) {
        const Trade* trade = world.trades.find(id);
        if (trade != nullptr) want_lines(wanted, station, trade->lines);
    }
    return wanted;
}

Wanted stock_of_trade(const World& world, const Command& command, bool of_buyer_too) {
    Wanted wanted{};
    const Trade* trade = world.trades.find(TransactionId(command.subject));
    if (trade == nullptr) return wanted;
    want_lines(wanted, trade->seller, trade->lines);
    if (of_buyer_too) want_lines(wanted, trade->buyer, trade->lines);
    return wanted;
}

}  // namespace

Wanted wanted(const Command& command) {
    using enum CommandKind;
    switch (command.kind) {
        case trade_create:
            return wanted_create_trade(command);
        case trade_cancel:
            return {.trades_with_shipment = {TransactionId(command.subject)}};
        case trade_collect:
        case trade_depart:
        case trade_complete:
        case trade_fail:
            return {.trades = {TransactionId(command.subject)}};
        case cargo_create:
        case inventory_transfer:
            return wanted_create_cargo(command);
        case cargo_load:
            return wanted_load(body_of<LoadCargo>(command));
        case cargo_unload:
            return wanted_unload(body_of<UnloadCargo>(command));
        case cargo_depart:
        case cargo_deliver:
        case cargo_lose:
            return {.shipments_with_trades = {ShipmentId(command.subject)}};
        case cargo_delay:
        case cargo_resume:
        case cargo_locate:
        case cargo_cancel:
            return {.shipments = {ShipmentId(command.subject)}};
        case inventory_adjust:
            return {.stock = {body_of<AdjustStock>(command).key}};
    }
    return {};
}

Wanted wanted_stock(const World& world, const Command& command) {
    using enum CommandKind;
    switch (command.kind) {
        case trade_cancel:
            return stock_of_trade(world, command, false);
        case trade_collect:
            return stock_of_trade(world, command, true);
        case cargo_depart:
            return stock_of_shipment(world, command, true, true);
        case cargo_deliver:
            return stock_of_shipment(world, command, false, true);
        case cargo_cancel:
            return stock_of_shipment(world, command, true, false);
        case trade_create:
        case trade_depart:
        case trade_complete:
        case trade_fail:
        case cargo_create:
        case cargo_load:
        case cargo_unload:
        case cargo_delay:
        case cargo_resume:
        case cargo_locate:
        case cargo_lose:
        case inventory_adjust:
        case inventory_transfer:
            return {};
    }
    return {};
}

}  // namespace itn::domain
