// Events on their way out: whom they are about, and who may hear of them.

#include <algorithm>
#include <array>

#include "common/rights/rights.h"
#include "common/wire/scan.h"

namespace itn::rights {
namespace {

using domain::EventKind;
using identity::Action;
using identity::Caller;
using identity::Ownership;

/// What rights of an event hang on.
enum class Matter { trade, shipment, stock, catalogue, account, warning };

Matter matter_of(EventKind kind) {
    if (kind <= EventKind::trade_failed) return Matter::trade;
    if (kind <= EventKind::cargo_cancelled) return Matter::shipment;
    if (kind == EventKind::inventory_changed) return Matter::stock;
    if (kind <= EventKind::station_deleted) return Matter::catalogue;
    return kind == EventKind::critical ? Matter::warning : Matter::account;
}

/// The members of a body whose stations have a part in it.
std::array<std::string_view, 2> station_members(Matter matter) {
    switch (matter) {
        case Matter::trade:
            return {"seller", "buyer"};
        case Matter::shipment:
            return {"origin", "destination"};
        case Matter::stock:
            return {"stationId", "stationId"};
        case Matter::warning:
            return {"stations", "stations"};
        case Matter::catalogue:
        case Matter::account:
            break;
    }
    return {};
}

Principal account_of(std::string_view subject) {
    constexpr std::string_view prefix = "user:";
    return Principal(subject.starts_with(prefix) ? std::string(subject)
                                                 : std::string(prefix) + std::string(subject));
}

/// Whether the caller acts for one of them.
bool is_about(const Caller& caller, const Stake& stake) {
    return std::ranges::any_of(stake.stations,
                               [&](const StationId& station) { return caller.acts_for(station); });
}

bool may_hear_warning(const Caller& caller, const Stake& stake) {
    if (!identity::may(caller, Action::updates_read, {})) return false;
    // What names no station tells of a command put aside: whoever sees those hears of it.
    if (stake.stations.empty()) return identity::may(caller, Action::parked_read, {});
    return is_about(caller, stake) || identity::may(caller, Action::cargo_read, {});
}

}  // namespace

Stake stake_of(EventKind kind, std::string_view subject, std::string_view body) {
    Stake stake{.kind = kind};
    const auto matter = matter_of(kind);
    if (matter == Matter::account) stake.account = account_of(subject);
    const auto members = station_members(matter);
    if (members.front().empty()) return stake;
    wire::NamedStrings strings(body);
    while (const auto one = strings.next()) {
        if (std::ranges::find(members, one->name) == members.end()) continue;
        StationId station{std::string(one->text)};
        if (std::ranges::find(stake.stations, station) == stake.stations.end())
            stake.stations.push_back(std::move(station));
    }
    return stake;
}

bool may_hear(const Caller& caller, const Stake& stake) {
    const auto may_of_each = [&](Action action, const auto& thing_of) {
        return identity::may(caller, action, {}) ||
               std::ranges::any_of(stake.stations, [&](const StationId& station) {
                   return identity::may(caller, action, thing_of(station));
               });
    };
    switch (matter_of(stake.kind)) {
        case Matter::trade:
            return may_of_each(Action::trade_read,
                               [](const StationId& one) { return Ownership{.seller = one}; });
        case Matter::shipment:
            return may_of_each(Action::cargo_read,
                               [](const StationId& one) { return Ownership{.origin = one}; });
        case Matter::stock:
            return identity::may(caller, Action::inventory_read, {});
        case Matter::catalogue:
            return identity::may(caller, Action::updates_read, {}) &&
                   identity::may(caller, Action::catalogue_read, {});
        case Matter::account:
            return identity::may(caller, Action::account_list, {}) ||
                   identity::may(caller, Action::account_read, {.owner = stake.account});
        case Matter::warning:
            return may_hear_warning(caller, stake);
    }
    return false;
}

bool is_party(std::span<const StationId> stations, const Stake& stake) {
    return std::ranges::any_of(stations, [&](const StationId& station) {
        return std::ranges::find(stake.stations, station) != stake.stations.end();
    });
}

}  // namespace itn::rights
