#include "common/base/ensure.h"
#include "common/rights/rights.h"

namespace itn::rights {

using identity::Action;

Action action_of(domain::CommandKind kind) {
    using enum domain::CommandKind;
    switch (kind) {
        case trade_create:
            return Action::trade_create;
        case trade_cancel:
            return Action::trade_cancel;
        case trade_collect:
            return Action::trade_collect;
        case trade_depart:
            return Action::trade_depart;
        case trade_complete:
            return Action::trade_complete;
        case trade_fail:
            return Action::trade_fail;
        case cargo_create:
            return Action::cargo_create;
        case cargo_load:
            return Action::cargo_load;
        case cargo_unload:
            return Action::cargo_unload;
        case cargo_depart:
            return Action::cargo_depart;
        case cargo_delay:
            return Action::cargo_delay;
        case cargo_resume:
            return Action::cargo_resume;
        case cargo_locate:
            return Action::cargo_locate;
        case cargo_deliver:
            return Action::cargo_deliver;
        case cargo_lose:
            return Action::cargo_lose;
        case cargo_cancel:
            return Action::cargo_cancel;
        case inventory_adjust:
            return Action::inventory_adjust;
        case inventory_transfer:
            return Action::inventory_transfer;
    }
    ENSURE(kind <= inventory_transfer);
    return Action::trade_depart;
}

identity::Ownership ownership_of(const domain::Trade& trade) {
    return {.seller = trade.seller, .buyer = trade.buyer};
}

identity::Ownership ownership_of(const domain::Shipment& shipment) {
    return {.origin = shipment.cargo.origin, .destination = shipment.cargo.destination};
}

identity::Ownership ownership_of(const domain::StockKey& key) {
    return {.station = key.station};
}

bool may_read(const identity::Caller& caller, const domain::Trade& trade) {
    return identity::may(caller, Action::trade_read, ownership_of(trade));
}

bool may_read(const identity::Caller& caller, const domain::Shipment& shipment) {
    return identity::may(caller, Action::cargo_read, ownership_of(shipment));
}

}  // namespace itn::rights
