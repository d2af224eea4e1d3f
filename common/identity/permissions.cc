#include "common/identity/permissions.h"

#include <algorithm>
#include <array>

namespace itn::identity {

namespace {

bool is_filled(const StationId& station) {
    return !station.empty() && station != every_station;
}

bool has(const Caller& caller, Needs needs, const Ownership& thing) {
    switch (needs) {
        case Needs::never:
            return false;
        case Needs::self:
            return !thing.owner.empty() && caller.principal == thing.owner;
        case Needs::party:
            return caller.acts_for(thing.seller) || caller.acts_for(thing.buyer);
        case Needs::origin:
            return caller.acts_for(thing.origin);
        case Needs::ends:
            return caller.acts_for(thing.origin) || caller.acts_for(thing.destination);
        case Needs::station:
            return caller.acts_for(thing.station);
        case Needs::always:
            return true;
    }
    return false;
}

Needs needs_of(const PermissionRow& row, Role role) {
    switch (role) {
        case Role::auditor:
            return row.auditor;
        case Role::trader:
            return row.trader;
        case Role::operator_:
            return row.operator_;
        case Role::admin:
            return row.admin;
        case Role::partner:
            return row.partner;
    }
    return Needs::never;
}

/// True when `holds` is, of what any of the caller's columns needs.
template <class Holds>
bool any_cell(const Caller& caller, const PermissionRow& row, const Holds& holds) {
    if (caller.kind == CallerKind::system) return holds(row.system);
    if (holds(row.anonymous)) return true;
    if (caller.kind == CallerKind::anonymous || !caller.scopes.contains(row.scope)) return false;
    bool found = false;
    caller.roles.each([&](Role role) { found = found || holds(needs_of(row, role)); });
    return found;
}

const PermissionRow& row_of(Action action) {
    return permission_rows()[static_cast<std::size_t>(action)];
}

}  // namespace

bool Caller::acts_for(const StationId& station) const {
    if (!is_filled(station)) return false;
    return std::ranges::binary_search(stations, station) ||
           (!stations.empty() && stations.front() == every_station);
}

Caller caller_of(Principal principal, Roles roles, Scopes scopes, std::vector<StationId> stations) {
    std::ranges::sort(stations);
    return {.kind = CallerKind::signed_in,
            .principal = std::move(principal),
            .roles = roles,
            .scopes = scopes,
            .stations = std::move(stations)};
}

const Caller& system_caller() {
    static const Caller caller{.kind = CallerKind::system, .principal = Principal("system")};
    return caller;
}

bool may(const Caller& caller, Action action, const Ownership& thing) {
    return any_cell(caller, row_of(action), [&](Needs needs) { return has(caller, needs, thing); });
}

Reach reach(const Caller& caller, Action action) {
    const auto& row = row_of(action);
    const auto is_always = [](Needs needs) { return needs == Needs::always; };
    if (any_cell(caller, row, is_always)) return Reach::everything;
    const auto is_some = [](Needs needs) { return needs != Needs::never; };
    return any_cell(caller, row, is_some) ? Reach::own : Reach::nothing;
}

}  // namespace itn::identity
