// The cargo family's rules for a shipment as it leaves, reports, arrives, is lost or is given up.

#include <algorithm>

#include "common/domain/facts.h"
#include "common/domain/rules.h"

namespace itn::domain {
namespace {

/// The trades of its manifest. Throws NotGathered with every one that was not loaded.
std::vector<const Trade*> trades_in(const World& world, const Shipment& shipment) {
    Wanted missing{};
    std::vector<const Trade*> trades;
    for (const TransactionId& id : shipment.manifest.trades) {
        if (!world.trades.is_loaded(id)) missing.trades.insert(id);
        if (const Trade* trade = world.trades.find(id)) trades.push_back(trade);
    }
    if (!missing.empty()) throw NotGathered{std::move(missing)};
    return trades;
}

/// One version on, with what the command reports.
Cargo next(const Case& it, const Cargo& cargo, CargoStatus status) {
    const auto& report = body_of<MoveCargo>(it.command);
    Cargo after = cargo;
    after.status = status;
    if (report.location) after.location = *report.location;
    if (report.eta) after.eta = report.eta;
    if (report.note) after.note = *report.note;
    ++after.version;
    after.updated_at = it.context.now;
    return after;
}

/// The guards every voyage begins with: expiry, existence, version, final states.
std::optional<Decision> barred(const Case& it, const Shipment*& shipment) {
    const ShipmentId id(it.command.subject);
    if (it.is_expired()) return it.expired();
    shipment = it.world.shipment(id);
    if (shipment == nullptr) return it.no_shipment(id);
    const Cargo& cargo = shipment->cargo;
    if (it.is_stale(cargo.version)) return it.stale(cargo.version);
    if (is_final(cargo.status)) {
        return it.rejected(Rejection::shipment_final, "it is " + std::string(name(cargo.status)));
    }
    return std::nullopt;
}

Decision not_in_state(const Case& it, Rejection rejection, const Cargo& cargo) {
    return it.rejected(rejection, "it is " + std::string(name(cargo.status)));
}

/// Where a report leads, or the rule it breaks.
struct Course {
    EventKind event = EventKind::cargo_located;
    CargoStatus status = CargoStatus::in_transit;
    std::optional<Rejection> broken{};
};

Course course_of(CommandKind kind, CargoStatus status) {
    using enum CargoStatus;
    const bool is_resumed = kind == CommandKind::cargo_resume ||
                            (kind == CommandKind::cargo_depart && status == delayed);
    if (is_resumed) {
        if (status == delayed) return {.event = EventKind::cargo_resumed};
        return {.broken = Rejection::shipment_not_delayed};
    }
    if (kind == CommandKind::cargo_delay) {
        if (status == in_transit) return {.event = EventKind::cargo_delayed, .status = delayed};
        return {.broken = Rejection::shipment_not_under_way};
    }
    if (status == in_transit || status == delayed) return {.status = status};
    return {.broken = Rejection::shipment_not_under_way};
}

bool has_news(const Command& command) {
    const auto* news = std::get_if<MoveCargo>(&command.body);
    return news != nullptr && (news->location || news->eta || news->note);
}

Fact voyage_critical(CriticalKind kind, const Cargo& cargo) {
    return critical_fact(kind, cargo.id.text(),
                         "shipment from " + cargo.origin.text() + " to " +
                             cargo.destination.text() + " is " + std::string(name(cargo.status)),
                         {cargo.origin, cargo.destination});
}

/// Everything aboard goes from one account to another; one move for each product.
void move_freight(Fact& fact, const std::string& from, const std::string& to,
                  const std::vector<Goods>& own, const std::vector<const Trade*>& trades) {
    std::map<ProductId, Quantity> sums;
    for (const Goods& goods : own)
        sums[goods.product] += goods.quantity;
    for (const Trade* trade : trades) {
        for (const Line& line : trade->lines)
            sums[line.product] += line.quantity;
    }
    for (const auto& [product, quantity] : sums) {
        fact.moves.push_back({.from = from, .to = to, .product = product, .quantity = quantity});
    }
}

StockShift freight(const StationId& station, const std::vector<Goods>& own,
                   const std::vector<const Trade*>& trades, int on_hand_sign, int reserved_sign) {
    StockShift shift;
    shift.add_lines(station, own, on_hand_sign, reserved_sign);
    for (const Trade* trade : trades) {
        shift.add_lines(station, trade->lines, on_hand_sign, reserved_sign);
    }
    return shift;
}

/// Takes the trades that are not confirmed any more out of the shipment, each with a fact.
Cargo leave_behind(const Case& it, Cargo cargo, std::vector<const Trade*>& trades,
                   std::vector<Fact>& facts) {
    const auto stays = [](const Trade* trade) { return trade->status != TradeStatus::confirmed; };
    for (const Trade* trade : trades) {
        if (!stays(trade)) continue;
        cargo.loaded -= volume_of(*trade);
        --cargo.trade_count;
        ++cargo.version;
        cargo.updated_at = it.context.now;
        facts.push_back(boarding_fact(EventKind::cargo_unloaded, cargo, trade->id));
    }
    std::erase_if(trades, stays);
    return cargo;
}

Decision lost(const Case& it, const Shipment& shipment, const std::vector<const Trade*>& trades) {
    const Cargo after = next(it, shipment.cargo, CargoStatus::lost);
    std::vector<Fact> facts{cargo_fact(EventKind::cargo_lost, after, shipment.manifest)};
    move_freight(facts.front(), account_of(after.id), lost_account, shipment.manifest.own, trades);
    facts.push_back(voyage_critical(CriticalKind::cargo_lost, after));
    return it.applied(std::move(facts));
}

Decision delivered(const Case& it, const Shipment& shipment,
                   const std::vector<const Trade*>& trades) {
    const std::vector<Goods>& own = shipment.manifest.own;
    Cargo after = next(it, shipment.cargo, CargoStatus::delivered);
    after.location = after.destination.text();
    after.delivered_at = it.context.now;

    const StockShift shift = freight(after.destination, own, trades, +1, 0);
    if (const auto full = shift.overflow(it.world)) {
        return it.rejected(Rejection::quantity_out_of_range, text_of(*full) + " has no room");
    }
    std::vector<Fact> facts{cargo_fact(EventKind::cargo_delivered, after, shipment.manifest)};
    move_freight(facts.front(), account_of(after.id), account_of(after.destination), own, trades);
    shift.tell(it.world, it.context.settings, {StockReason::cargo_delivered, after.id.text()},
               facts);
    return it.applied(std::move(facts));
}

}  // namespace

Decision depart_cargo(const Case& it) {
    const Shipment* shipment = nullptr;
    if (auto verdict = barred(it, shipment)) return *std::move(verdict);
    // Clients say "in_transit" for all three: a delayed shipment resumes, and one that is under way
    // is located when there is news of it.
    const bool is_under_way = shipment->cargo.status == CargoStatus::in_transit;
    if (shipment->cargo.status == CargoStatus::delayed || (is_under_way && has_news(it.command))) {
        return report_cargo(it);
    }
    if (shipment->cargo.status != CargoStatus::pending) {
        return not_in_state(it, Rejection::shipment_not_pending, shipment->cargo);
    }
    std::vector<Fact> facts;
    std::vector<const Trade*> trades = trades_in(it.world, *shipment);
    const Cargo cargo = leave_behind(it, shipment->cargo, trades, facts);
    Manifest manifest{.own = shipment->manifest.own};
    if (manifest.own.empty() && trades.empty()) {
        return it.rejected(Rejection::shipment_empty, "nothing is aboard");
    }
    for (const Trade* trade : trades)
        manifest.trades.push_back(trade->id);

    Cargo after = next(it, cargo, CargoStatus::in_transit);
    after.departed_at = it.context.now;
    Fact departed = cargo_fact(EventKind::cargo_departed, after, manifest);
    move_freight(departed, account_of(after.origin), account_of(after.id), manifest.own, trades);
    facts.push_back(std::move(departed));
    freight(after.origin, manifest.own, trades, -1, -1)
        .tell(it.world, it.context.settings, {StockReason::cargo_departed, after.id.text()}, facts);
    return it.applied(std::move(facts));
}

Decision report_cargo(const Case& it) {
    const Shipment* shipment = nullptr;
    if (auto verdict = barred(it, shipment)) return *std::move(verdict);
    const Course course = course_of(it.command.kind, shipment->cargo.status);
    if (course.broken) return not_in_state(it, *course.broken, shipment->cargo);
    const Cargo after = next(it, shipment->cargo, course.status);
    std::vector<Fact> facts{cargo_fact(course.event, after)};
    if (course.event == EventKind::cargo_delayed) {
        facts.push_back(voyage_critical(CriticalKind::cargo_delayed, after));
    }
    return it.applied(std::move(facts));
}

Decision end_cargo(const Case& it) {
    const Shipment* shipment = nullptr;
    if (auto verdict = barred(it, shipment)) return *std::move(verdict);
    if (shipment->cargo.status == CargoStatus::pending) {
        return not_in_state(it, Rejection::shipment_not_under_way, shipment->cargo);
    }
    const std::vector<const Trade*> trades = trades_in(it.world, *shipment);
    const bool is_lost = it.command.kind == CommandKind::cargo_lose;
    return is_lost ? lost(it, *shipment, trades) : delivered(it, *shipment, trades);
}

Decision cancel_cargo(const Case& it) {
    const Shipment* shipment = nullptr;
    if (auto verdict = barred(it, shipment)) return *std::move(verdict);
    if (shipment->cargo.status != CargoStatus::pending) {
        return not_in_state(it, Rejection::shipment_not_pending, shipment->cargo);
    }
    const std::vector<Goods>& own = shipment->manifest.own;
    Cargo after = next(it, shipment->cargo, CargoStatus::cancelled);
    after.trade_count = 0;
    after.loaded = room_for(own).value_or(Volume(0));
    std::vector<Fact> facts{cargo_fact(EventKind::cargo_cancelled, after, shipment->manifest)};
    freight(after.origin, own, {}, 0, -1)
        .tell(it.world, it.context.settings, {StockReason::cargo_cancelled, after.id.text()},
              facts);
    return it.applied(std::move(facts));
}

}  // namespace itn::domain
