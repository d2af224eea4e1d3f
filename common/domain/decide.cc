#include "common/base/ensure.h"
#include "common/domain/rules.h"

namespace itn::domain {
namespace {

/// The shipment a command asks for, as far as its own words say.
ShipmentId shipment_of(const Command& command) {
    const auto* load = std::get_if<LoadCargo>(&command.body);
    if (load != nullptr && load->shipment) return *load->shipment;
    const auto* unload = std::get_if<UnloadCargo>(&command.body);
    if (unload != nullptr && unload->shipment) return *unload->shipment;
    return ShipmentId(command.subject);
}

TransactionId trade_of(const Command& command) {
    if (const auto* load = std::get_if<LoadCargo>(&command.body)) return load->trade;
    if (const auto* unload = std::get_if<UnloadCargo>(&command.body)) return unload->trade;
    return TransactionId(command.subject);
}

}  // namespace

Decision decide(const World& world, const Command& command, const Context& context) {
    const Case it{.world = world, .command = command, .context = context};
    using enum CommandKind;
    switch (command.kind) {
        case trade_create:
            return create_trade(it);
        case trade_cancel:
            return cancel_trade(it);
        case trade_collect:
            return collect_trade(it);
        case trade_depart:
        case trade_complete:
        case trade_fail:
            return follow_shipment(it);
        case cargo_create:
        case inventory_transfer:
            return create_cargo(it);
        case cargo_load:
            return load_cargo(it);
        case cargo_unload:
            return unload_cargo(it);
        case cargo_depart:
            return depart_cargo(it);
        case cargo_delay:
        case cargo_resume:
        case cargo_locate:
            return report_cargo(it);
        case cargo_deliver:
        case cargo_lose:
            return end_cargo(it);
        case cargo_cancel:
            return cancel_cargo(it);
        case inventory_adjust:
            return adjust_stock(it);
    }
    ENSURE(command.kind <= inventory_transfer);
    return {};
}

Decision turn_away(const Command& command, Rejection rejection, const Context& context) {
    const World nothing;
    const Case it{.world = nothing, .command = command, .context = context};
    if (it.is_expired()) return it.expired();
    if (rejection == Rejection::trade_not_found) return it.no_trade(trade_of(command));
    if (rejection == Rejection::shipment_not_found) return it.no_shipment(shipment_of(command));
    return it.rejected(rejection, command.principal.text() + " may not do " +
                                      std::string(name(command.kind)) + " here");
}

}  // namespace itn::domain
