// What must follow in another family. Pure, and a function of the event alone, so that whoever
// sweeps a lane's journal makes the same reactions again.

#include "common/domain/decide.h"

namespace itn::domain {
namespace {

Reaction load(const TransactionId& trade, const StationId& origin, const StationId& destination) {
    return {
        .kind = CommandKind::cargo_load,
        .subject = trade.text(),
        .body = LoadCargo{.trade = trade, .route = {.origin = origin, .destination = destination}}};
}

std::vector<Reaction> of_trade(EventKind kind, const Trade& trade) {
    if (kind == EventKind::trade_confirmed && trade.destination != trade.seller) {
        return {load(trade.id, trade.seller, trade.destination)};
    }
    if (kind == EventKind::trade_cancelled && trade.shipment) {
        return {{.kind = CommandKind::cargo_unload,
                 .subject = trade.id.text(),
                 .body = UnloadCargo{.trade = trade.id}}};
    }
    return {};
}

/// What each trade of a shipment must do now; none when it has nothing to do.
std::optional<CommandKind> followed_by(EventKind kind) {
    if (kind == EventKind::cargo_departed) return CommandKind::trade_depart;
    if (kind == EventKind::cargo_delivered) return CommandKind::trade_complete;
    if (kind == EventKind::cargo_lost) return CommandKind::trade_fail;
    return std::nullopt;
}

std::vector<Reaction> of_cargo(EventKind kind, const CargoChanged& changed) {
    std::vector<Reaction> reactions;
    const Cargo& cargo = changed.after;
    const auto follow = followed_by(kind);
    for (const TransactionId& trade : changed.manifest.trades) {
        if (follow) {
            reactions.push_back({.kind = *follow,
                                 .subject = trade.text(),
                                 .body = FollowShipment{.shipment = cargo.id}});
        } else if (kind == EventKind::cargo_cancelled) {
            reactions.push_back(load(trade, cargo.origin, cargo.destination));
        }
    }
    return reactions;
}

}  // namespace

std::vector<Reaction> react(const Event& event) {
    if (const auto* trade = std::get_if<TradeChanged>(&event.body)) {
        return of_trade(event.kind, trade->after);
    }
    if (const auto* cargo = std::get_if<CargoChanged>(&event.body)) {
        return of_cargo(event.kind, *cargo);
    }
    return {};
}

}  // namespace itn::domain
