// Commands on their way in: at a door by what the wish says, at a worker by the rows as well.

#include <array>
#include <utility>

#include "common/rights/rights.h"

namespace itn::rights {
namespace {

using domain::CommandKind;
using domain::Rejection;
using identity::Caller;
using identity::Ownership;
using identity::Reach;
using Verdict = std::optional<Rejection>;

template <class Body>
const Body& body_of(const domain::Command& command) {
    static const Body nothing{};
    const Body* body = std::get_if<Body>(&command.body);
    return body == nullptr ? nothing : *body;
}

constexpr std::array<std::string_view, 2> of_trade{"/seller", "/buyer"};
constexpr std::array<std::string_view, 1> of_cargo{"/origin"};
constexpr std::array<std::string_view, 1> of_stock{"/stationId"};

/// What a command itself says about whose thing it is.
struct Named {
    Ownership thing{};
    std::span<const std::string_view> pointers{};  // where it says so
};

/// nullopt: only its subject's row tells.
std::optional<Named> named_by(const domain::Command& command) {
    using enum CommandKind;
    if (command.kind == trade_create) {
        const auto& trade = body_of<domain::CreateTrade>(command);
        return Named{.thing = {.seller = trade.seller, .buyer = trade.buyer}, .pointers = of_trade};
    }
    if (command.kind == cargo_create || command.kind == inventory_transfer) {
        const auto& cargo = body_of<domain::CreateCargo>(command);
        return Named{.thing = {.origin = cargo.origin, .destination = cargo.destination},
                     .pointers = of_cargo};
    }
    if (command.kind == inventory_adjust) {
        const auto& adjust = body_of<domain::AdjustStock>(command);
        return Named{.thing = ownership_of(adjust.key), .pointers = of_stock};
    }
    return std::nullopt;
}

/// Whether there can be a thing that the caller may do this to.
bool can_ever(const Caller& caller, identity::Action action) {
    const auto reach = identity::reach(caller, action);
    return reach == Reach::everything || (reach == Reach::own && !caller.stations.empty());
}

Problem forbidden(const domain::Command& wish, const Named* named) {
    Problem problem{.slug = std::string(name(Rejection::forbidden)),
                    .detail = "you may not do " + std::string(name(wish.kind))};
    if (named == nullptr) return problem;
    problem.detail += " for stations that are not yours";
    for (const auto pointer : named->pointers)
        problem.faults.push_back(
            {.pointer = std::string(pointer), .detail = "is not a station you act for"});
    return problem;
}

/// A command of one caller before the rows it needs. Things that are not there are left to
/// decide(), whose answer is the same as that for things which the caller may not read.
struct Judge {
    const domain::Command& command;
    const Caller& caller;
    const domain::World& world;

    bool may(const Ownership& thing) const {
        return identity::may(caller, action_of(command.kind), thing);
    }

    Verdict trade() const {
        const auto* found = world.trade(TransactionId(command.subject));
        if (found == nullptr || may(ownership_of(*found))) return std::nullopt;
        return may_read(caller, *found) ? Rejection::forbidden : Rejection::trade_not_found;
    }

    Verdict shipment(const ShipmentId& id) const {
        const auto* found = world.shipment(id);
        if (found == nullptr || may(ownership_of(*found))) return std::nullopt;
        return may_read(caller, *found) ? Rejection::forbidden : Rejection::shipment_not_found;
    }

    /// Of a trade that is to be put into a shipment or taken out of it.
    Verdict freight(const domain::Trade& trade) const {
        return may_read(caller, trade) ? std::nullopt : Verdict(Rejection::trade_not_found);
    }

    Verdict load() const {
        const auto& wish = body_of<domain::LoadCargo>(command);
        if (wish.shipment) {
            if (const auto verdict = shipment(*wish.shipment)) return verdict;
            if (world.shipment(*wish.shipment) == nullptr) return std::nullopt;
        }
        const auto* trade = world.trade(wish.trade);
        if (trade == nullptr) return std::nullopt;
        if (const auto verdict = freight(*trade)) return verdict;
        if (wish.shipment) return std::nullopt;
        const Ownership route{.origin = trade->seller, .destination = trade->destination};
        return may(route) ? std::nullopt : Verdict(Rejection::forbidden);
    }

    Verdict unload() const {
        const auto& wish = body_of<domain::UnloadCargo>(command);
        const auto* trade = world.trade(wish.trade);
        if (trade == nullptr) return std::nullopt;
        if (const auto verdict = freight(*trade)) return verdict;
        const auto& id = wish.shipment ? wish.shipment : trade->shipment;
        return id ? shipment(*id) : std::nullopt;
    }
};

}  // namespace

std::optional<Problem> refuse(const domain::Command& wish, const Caller& caller) {
    const auto action = action_of(wish.kind);
    if (!can_ever(caller, action)) return forbidden(wish, nullptr);
    const auto named = named_by(wish);
    if (!named || identity::may(caller, action, named->thing)) return std::nullopt;
    return forbidden(wish, &*named);
}

std::optional<Rejection> refuse(const domain::Command& command, const Caller& caller,
                                const domain::World& world) {
    const auto action = action_of(command.kind);
    const auto reach = identity::reach(caller, action);
    if (reach == Reach::nothing) return Rejection::forbidden;
    if (const auto named = named_by(command))
        return identity::may(caller, action, named->thing) ? std::nullopt
                                                           : Verdict(Rejection::forbidden);
    // Whoever may do it to every thing may read every thing, too: no row can say otherwise.
    if (reach == Reach::everything) return std::nullopt;
    const Judge judge{.command = command, .caller = caller, .world = world};
    if (command.kind == CommandKind::cargo_load) return judge.load();
    if (command.kind == CommandKind::cargo_unload) return judge.unload();
    if (domain::family_of(command.kind) == Family::trade) return judge.trade();
    return judge.shipment(ShipmentId(command.subject));
}

}  // namespace itn::rights
