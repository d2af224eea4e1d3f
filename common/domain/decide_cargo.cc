// The cargo family's rules for a shipment that is being filled: made, loaded, unloaded.

#include "common/domain/facts.h"
#include "common/domain/rules.h"

namespace itn::domain {
namespace {

Cargo draft(const Case& it, Volume loaded) {
    const auto& wish = body_of<CreateCargo>(it.command);
    return {.id = ShipmentId(it.command.subject),
            .generated = wish.generated,
            .origin = wish.origin,
            .destination = wish.destination,
            .capacity = wish.capacity,
            .loaded = loaded,
            .eta = wish.eta,
            .requested_by = it.command.principal,
            .version = 1,
            .created_at = it.context.now,
            .updated_at = it.context.now};
}

Decision created(const Case& it, Cargo cargo, std::vector<Goods> own) {
    const Settings& settings = it.context.settings;
    StockShift shift;
    shift.add_lines(cargo.origin, own, 0, +1);
    const std::size_t lines = own.size();

    std::vector<Fact> facts{
        cargo_fact(EventKind::cargo_created, cargo, Manifest{.own = std::move(own)})};
    shift.tell(it.world, settings, {StockReason::cargo_created, cargo.id.text()}, facts);
    if (lines > settings.oversized_cargo_lines) {
        facts.push_back(critical_fact(CriticalKind::oversized_cargo, cargo.id.text(),
                                      std::to_string(lines) + " lines",
                                      {cargo.origin, cargo.destination}));
    }
    return it.applied(std::move(facts));
}

bool is_full(const Cargo& cargo) {
    return cargo.trade_count >= static_cast<std::int32_t>(limits::max_trades_per_shipment);
}

bool has_room_for(const Cargo& cargo, const Trade& trade) {
    const auto sum = Volume::checked_sum(cargo.loaded, volume_of(trade));
    return sum && (!cargo.capacity || *sum <= *cargo.capacity);
}

Fact loaded(const Case& it, Cargo cargo, const Trade& trade) {
    cargo.loaded += volume_of(trade);
    ++cargo.trade_count;
    ++cargo.version;
    cargo.updated_at = it.context.now;
    return boarding_fact(EventKind::cargo_loaded, std::move(cargo), trade.id);
}

/// The trade's own shipment, for want of an open one with room.
Decision load_fresh(const Case& it, const Trade& trade) {
    const auto& wish = body_of<LoadCargo>(it.command);
    if (wish.fresh.empty()) return it.no_shipment(wish.fresh);
    if (it.world.shipment(wish.fresh) != nullptr) {
        return it.rejected(Rejection::shipment_exists, "shipment " + wish.fresh.text() + " exists");
    }
    Cargo cargo{.id = wish.fresh,
                .generated = true,
                .origin = trade.seller,
                .destination = trade.destination,
                .requested_by = it.command.principal,
                .version = 1,
                .created_at = it.context.now,
                .updated_at = it.context.now};
    return it.applied({cargo_fact(EventKind::cargo_created, cargo), loaded(it, cargo, trade)});
}

/// Wherever there is room on the trade's route. It is a repetition, or comes too late, when the
/// trade is aboard already or not confirmed any more.
Decision load_anywhere(const Case& it) {
    const auto& wish = body_of<LoadCargo>(it.command);
    const Trade* trade = it.world.trade(wish.trade);
    if (trade == nullptr) return it.no_trade(wish.trade);
    if (it.is_stale(trade->version)) return it.stale(trade->version);
    if (trade->status != TradeStatus::confirmed || trade->shipment) return it.applied();
    const Route route{.origin = trade->seller, .destination = trade->destination};
    if (route.origin == route.destination) {
        return it.rejected(Rejection::wrong_route, "the buyer collects it");
    }
    for (const ShipmentId& id : it.world.open_shipments(route)) {
        const Shipment* shipment = it.world.shipment(id);
        if (shipment == nullptr || is_full(shipment->cargo)) continue;
        if (!has_room_for(shipment->cargo, *trade)) continue;
        return it.applied({loaded(it, shipment->cargo, *trade)});
    }
    return load_fresh(it, *trade);
}

Decision load_into(const Case& it, const ShipmentId& id) {
    const auto& wish = body_of<LoadCargo>(it.command);
    const Shipment* shipment = it.world.shipment(id);
    if (shipment == nullptr) return it.no_shipment(id);
    const Trade* trade = it.world.trade(wish.trade);
    if (trade == nullptr) return it.no_trade(wish.trade);
    const Cargo& cargo = shipment->cargo;
    if (it.is_stale(cargo.version)) return it.stale(cargo.version);
    if (cargo.status != CargoStatus::pending) {
        return it.rejected(Rejection::shipment_not_pending,
                           "shipment is " + std::string(name(cargo.status)));
    }
    if (trade->status != TradeStatus::confirmed) {
        return it.rejected(Rejection::trade_not_confirmed,
                           "trade is " + std::string(name(trade->status)));
    }
    if (trade->shipment) {
        return it.rejected(Rejection::already_loaded, "it is in " + trade->shipment->text());
    }
    if (cargo.origin != trade->seller || cargo.destination != trade->destination) {
        return it.rejected(Rejection::wrong_route, "shipment goes from " + cargo.origin.text() +
                                                       " to " + cargo.destination.text());
    }
    if (is_full(cargo)) {
        return it.rejected(Rejection::shipment_full,
                           std::to_string(cargo.trade_count) + " trades are aboard");
    }
    if (!has_room_for(cargo, *trade)) {
        return it.rejected(Rejection::capacity_exceeded,
                           "loaded " + std::to_string(cargo.loaded.value()) + ", the trade needs " +
                               std::to_string(volume_of(*trade).value()));
    }
    return it.applied({loaded(it, cargo, *trade)});
}

/// Out of the shipment it is in, or for an explicit wish out of that one.
Decision unload_from(const Case& it, const Shipment& shipment, const Trade& trade) {
    const Cargo& cargo = shipment.cargo;
    if (it.is_stale(cargo.version)) return it.stale(cargo.version);
    if (cargo.status != CargoStatus::pending) {
        return it.rejected(Rejection::shipment_not_pending,
                           "shipment is " + std::string(name(cargo.status)));
    }
    if (trade.shipment != cargo.id) {
        return it.rejected(Rejection::not_loaded, "trade is not in " + cargo.id.text());
    }
    Cargo after = cargo;
    after.loaded -= volume_of(trade);
    --after.trade_count;
    ++after.version;
    after.updated_at = it.context.now;
    return it.applied({boarding_fact(EventKind::cargo_unloaded, std::move(after), trade.id)});
}

}  // namespace

Decision create_cargo(const Case& it) {
    const auto& wish = body_of<CreateCargo>(it.command);
    const ShipmentId id(it.command.subject);
    if (it.world.shipment(id) != nullptr) {
        return it.rejected(Rejection::shipment_exists, "shipment " + id.text() + " exists");
    }
    if (it.is_expired()) return it.expired();
    if (it.is_stale(0)) return it.stale(0);
    if (wish.origin == wish.destination) {
        return it.rejected(Rejection::same_station,
                           wish.origin.text() + " is origin and destination");
    }
    auto own = merged(wish.own);
    const auto room = own ? room_for(*own) : std::nullopt;
    if (!room || wish.capacity.value_or(Volume(0)) < Volume(0)) {
        return it.rejected(Rejection::quantity_out_of_range, out_of_range);
    }
    if (wish.capacity && *room > *wish.capacity) {
        return it.rejected(Rejection::capacity_exceeded,
                           "capacity " + std::to_string(wish.capacity->value()) +
                               ", the goods need " + std::to_string(room->value()));
    }
    std::string missing = shortage(it.world, wish.origin, wish.own, *own);
    if (!missing.empty()) return it.rejected(Rejection::insufficient_stock, std::move(missing));
    return created(it, draft(it, *room), std::move(*own));
}

Decision load_cargo(const Case& it) {
    if (it.is_expired()) return it.expired();
    const auto& shipment = body_of<LoadCargo>(it.command).shipment;
    return shipment ? load_into(it, *shipment) : load_anywhere(it);
}

Decision unload_cargo(const Case& it) {
    if (it.is_expired()) return it.expired();
    const auto& wish = body_of<UnloadCargo>(it.command);
    const Trade* trade = it.world.trade(wish.trade);
    if (trade == nullptr) return it.no_trade(wish.trade);
    if (!wish.shipment && !trade->shipment) return it.applied();
    const ShipmentId& id = wish.shipment ? *wish.shipment : *trade->shipment;
    const Shipment* shipment = it.world.shipment(id);
    return shipment == nullptr ? it.no_shipment(id) : unload_from(it, *shipment, *trade);
}

}  // namespace itn::domain
