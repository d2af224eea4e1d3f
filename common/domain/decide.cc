#include "common/base/ensure.h"
#include "common/domain/rules.h"

namespace itn::domain {

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

}  // namespace itn::domain
