// Commands, events, outcomes and positions; the rest of arbitrary.h.

#include "common/base/limits.h"
#include "common/wire/ids.h"
#include "tests/common/wire/arbitrary.h"

namespace itn::wire::arbitrary {

namespace {

using rc::gen::arbitrary;
using rc::gen::inRange;

bool coin() {
    return *arbitrary<bool>();
}

std::int64_t number(std::int64_t from, std::int64_t to) {
    return *inRange<std::int64_t>(from, to + 1);
}

StationId station_id() {
    return StationId(*slug());
}

std::optional<ShipmentId> maybe_shipment() {
    if (coin()) return std::nullopt;
    return ShipmentId(coin() ? *uuid() : *slug());
}

domain::CreateCargo create_cargo() {
    domain::CreateCargo cargo;
    cargo.generated = coin();
    cargo.origin = station_id();
    cargo.destination = station_id();
    cargo.own = *goods();
    if (coin()) cargo.capacity = Volume(number(0, 1'000'000));
    if (coin()) cargo.eta = *moment();
    return cargo;
}

domain::LoadCargo load_cargo() {
    domain::LoadCargo load;
    load.trade = TransactionId(*uuid());
    load.shipment = maybe_shipment();
    load.fresh = maybe_shipment().value_or(ShipmentId());
    if (coin()) load.route = {.origin = station_id(), .destination = station_id()};
    return load;
}

domain::MoveCargo move_cargo() {
    domain::MoveCargo move;
    if (coin()) move.location = *prose();
    if (coin()) move.eta = *moment();
    if (coin()) move.note = *prose();
    return move;
}

domain::AdjustStock adjust_stock() {
    domain::AdjustStock adjust;
    adjust.key = {.station = station_id(), .product = ProductId(*slug())};
    adjust.delta = Quantity(number(1, limits::max_quantity) * (coin() ? 1 : -1));
    adjust.reason = static_cast<domain::StockReason>(*inRange(0, 5));
    adjust.note = *prose();
    return adjust;
}

domain::CommandBody body_of(domain::CommandKind kind) {
    using enum domain::CommandKind;
    switch (kind) {
        case trade_create:
            return domain::CreateTrade{.type = static_cast<domain::TradeType>(*inRange(0, 2)),
                                       .seller = station_id(),
                                       .buyer = station_id(),
                                       .destination = station_id(),
                                       .lines = *lines()};
        case trade_cancel:
            return domain::CancelTrade{*prose()};
        case trade_collect:
            return domain::CollectTrade{};
        case trade_depart:
        case trade_complete:
        case trade_fail:
            return domain::FollowShipment{ShipmentId(*uuid())};
        case cargo_create:
        case inventory_transfer:
            return create_cargo();
        case cargo_load:
            return load_cargo();
        case cargo_unload:
            return domain::UnloadCargo{.trade = TransactionId(*uuid()),
                                       .shipment = maybe_shipment()};
        case cargo_depart:
        case cargo_delay:
        case cargo_resume:
        case cargo_locate:
        case cargo_deliver:
        case cargo_lose:
        case cargo_cancel:
            return move_cargo();
        case inventory_adjust:
            return adjust_stock();
    }
    return {};
}

std::string subject_of(const domain::Command& command) {
    if (const auto* adjust = std::get_if<domain::AdjustStock>(&command.body))
        return text_of(adjust->key);
    const bool trade = domain::family_of(command.kind) == Family::trade;
    return trade || coin() ? *uuid() : *slug();
}

bool lists_its_load(domain::EventKind kind) {
    using enum domain::EventKind;
    return kind == cargo_created || kind == cargo_departed || kind == cargo_delivered ||
           kind == cargo_lost || kind == cargo_cancelled;
}

domain::CargoChanged cargo_changed(domain::EventKind kind) {
    domain::CargoChanged changed;
    changed.after = *cargo();
    if (lists_its_load(kind)) {
        changed.manifest.own = *goods();
        for (int i = *inRange(0, 5); i > 0; --i)
            changed.manifest.trades.emplace_back(*uuid());
    }
    if (kind == domain::EventKind::cargo_loaded || kind == domain::EventKind::cargo_unloaded)
        changed.trade = TransactionId(*uuid());
    return changed;
}

domain::StockChanged stock_changed() {
    domain::StockChanged changed;
    changed.after = *stock();
    changed.on_hand_delta = Quantity(number(-1'000, 1'000));
    changed.reserved_delta = Quantity(number(-1'000, 1'000));
    changed.reason = static_cast<domain::StockReason>(*inRange(0, 12));
    changed.cause = coin() ? *uuid() : "";
    changed.note = *prose();
    return changed;
}

domain::Critical critical_event() {
    domain::Critical critical;
    critical.kind = static_cast<domain::CriticalKind>(*inRange(0, 6));
    critical.about = *visible();
    critical.message = *prose();
    for (int i = *inRange(0, 4); i > 0; --i)
        critical.stations.push_back(station_id());
    return critical;
}

}  // namespace

rc::Gen<domain::CommandKind> command_kind() {
    return rc::gen::map(inRange(0, 18),
                        [](int kind) { return static_cast<domain::CommandKind>(kind); });
}

rc::Gen<domain::EventKind> event_kind() {
    return rc::gen::map(inRange(0, 18), [](int kind) {
        return kind == 17 ? domain::EventKind::critical : static_cast<domain::EventKind>(kind);
    });
}

rc::Gen<Envelope> envelope(domain::CommandKind kind) {
    return rc::gen::exec([kind] {
        Envelope envelope;
        domain::Command& command = envelope.command;
        command.id = CommandId(*visible());
        command.principal = Principal(*visible());
        command.kind = kind;
        command.body = body_of(kind);
        command.subject = subject_of(command);
        if (coin()) command.expected_version = number(0, 1'000);
        command.issued_at = *moment();
        if (coin()) envelope.traceparent = *visible();
        if (coin()) envelope.payload_hash = sha256_hex(command.subject);
        if (coin()) envelope.reply_to = *visible();
        if (coin()) envelope.caused_by = *visible();
        return envelope;
    });
}

rc::Gen<domain::Event> event(domain::EventKind kind) {
    return rc::gen::exec([kind] {
        using enum domain::EventKind;
        domain::Event event{.kind = kind, .body = {}};
        if (kind == critical) {
            event.body = critical_event();
        } else if (kind == inventory_changed) {
            event.body = stock_changed();
        } else if (kind <= trade_failed) {
            event.body = domain::TradeChanged{*trade()};
        } else {
            event.body = cargo_changed(kind);
        }
        return event;
    });
}

rc::Gen<JournalEntry> entry() {
    return rc::gen::exec([] {
        JournalEntry entry;
        const domain::Event fact = *event(*event_kind());
        entry.lane = *lane();
        entry.seq = number(1, std::numeric_limits<std::int64_t>::max() - 1);
        entry.kind = fact.kind;
        entry.subject = domain::subject_of(fact);
        entry.version = domain::version_of(fact);
        entry.caused_by = *visible();
        if (coin()) entry.traceparent = *visible();
        entry.at = *moment();
        entry.body = render_body(fact);
        return entry;
    });
}

rc::Gen<Outcome> outcome() {
    return rc::gen::exec([] {
        Outcome outcome;
        outcome.principal = Principal(*visible());
        outcome.id = CommandId(*visible());
        outcome.kind = static_cast<OutcomeKind>(*inRange(0, 3));
        if (coin()) outcome.code = *visible();
        outcome.detail = *prose();
        outcome.subject = *visible();
        outcome.lane = *lane();
        outcome.seq = number(0, 1'000'000);
        outcome.at = *moment();
        return outcome;
    });
}

rc::Gen<Position> position() {
    return rc::gen::exec([] {
        Position position{.epoch = *slug(), .seqs = {}};
        for (int i = *inRange(0, 20); i > 0; --i)
            position.seqs[*lane()] = number(1, std::numeric_limits<std::int64_t>::max() - 1);
        return position;
    });
}

}  // namespace itn::wire::arbitrary
