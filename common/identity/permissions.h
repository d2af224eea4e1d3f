#pragma once

// Who may do what: one table of action × role, whose cells name what the caller must have to do
// with the thing. What no cell allows is forbidden. Doors ask before a command is stamped, workers
// ask again from the command's principal, and whoever sends events asks for each receiver.
//
// The table stands in permissions_table.cc and, rendered, in tests/golden/permissions.txt.

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/id.h"
#include "common/identity/name_set.h"

namespace itn::identity {

/// A partner is another company's system: trader and operator for its own stations, which sees
/// nothing but what those are party to.
enum class Role : std::uint8_t { auditor, trader, operator_, admin, partner };
std::string_view name(Role role);
/// Of an account, as people choose it: nullopt for "partner", which only a partner's row gives.
std::optional<Role> role_from(std::string_view name);
/// Of whoever it was given to already (tokens, rows of the database): "partner" too.
std::optional<Role> granted_role_from(std::string_view name);
using Roles = NameSet<Role>;

/// What a token or key was given for. A caller needs the scope of the action besides the right.
enum class Scope : std::uint8_t { read, trade, cargo, inventory, catalogue, operate, account };
std::string_view name(Scope scope);
std::optional<Scope> scope_from(std::string_view name);
using Scopes = NameSet<Scope>;

/// Of a person who signed in.
inline constexpr Scopes all_scopes{Scope::read,      Scope::trade,     Scope::cargo,
                                   Scope::inventory, Scope::catalogue, Scope::operate,
                                   Scope::account};
/// What an API key or a partner may have at most: machines do not administer accounts and keys.
inline constexpr Scopes machine_scopes{Scope::read,      Scope::trade,     Scope::cargo,
                                       Scope::inventory, Scope::catalogue, Scope::operate};

/// Names separated by single blanks, as in a token's "scope"; unknown ones give nothing.
Scopes scopes_from(std::string_view text);

/// The text of an action is its first underscore as a dot; the actions of commands are the kinds of
/// commands.
enum class Action : std::uint8_t {
    trade_create,
    trade_cancel,
    trade_collect,
    trade_depart,
    trade_complete,
    trade_fail,
    trade_list,
    trade_read,
    cargo_create,
    cargo_load,
    cargo_unload,
    cargo_depart,
    cargo_delay,
    cargo_resume,
    cargo_locate,
    cargo_deliver,
    cargo_lose,
    cargo_cancel,
    cargo_list,
    cargo_read,
    inventory_adjust,
    inventory_transfer,
    inventory_read,
    ledger_read,
    catalogue_read,
    catalogue_write,
    updates_read,
    updates_subscribe,
    analytics_read,
    command_read,
    session_open,
    session_close,
    account_register,
    account_read,
    account_list,
    account_change,
    key_create,
    key_list,
    key_revoke,
    partner_read,
    partner_change,
    parked_read,
    public_read,
};
inline constexpr std::size_t action_count = static_cast<std::size_t>(Action::public_read) + 1;
std::string_view name(Action action);
std::optional<Action> action_from(std::string_view name);

/// What a cell of the table asks for.
enum class Needs : std::uint8_t {
    never,
    self,     // the thing is the caller's own
    party,    // acts for the seller or the buyer
    origin,   // acts for the station that sends
    ends,     // acts for the station that sends or the one that receives
    station,  // acts for the station
    always,
};
std::string_view name(Needs needs);

/// A station that stands for all of them, in a caller's stations only.
inline const StationId every_station{"*"};

enum class CallerKind : std::uint8_t { anonymous, signed_in, system };

/// Who calls, as far as rights go: from a token, a key, a partner's row; or nobody.
struct Caller {
    CallerKind kind = CallerKind::anonymous;
    Principal principal{};
    Roles roles{};
    Scopes scopes{};
    std::vector<StationId> stations{};  // sorted

    bool acts_for(const StationId& station) const;
    friend bool operator==(const Caller&, const Caller&) = default;
};
Caller caller_of(Principal principal, Roles roles, Scopes scopes, std::vector<StationId> stations);
/// Whose commands reactions are; no door makes it.
const Caller& system_caller();

/// Whose a thing is, as far as it is known; what is empty belongs to nobody.
struct Ownership {
    Principal owner{};        // of an account, a session, a key, a command
    StationId seller{};       // of a trade
    StationId buyer{};        // of a trade
    StationId origin{};       // of a shipment
    StationId destination{};  // of a shipment
    StationId station{};      // of stock
};

/// Pure, any thread, without a heap allocation.
bool may(const Caller& caller, Action action, const Ownership& thing);

/// How far a list goes that the caller asks for: what `action` allows on single things.
enum class Reach : std::uint8_t { nothing, own, everything };
Reach reach(const Caller& caller, Action action);

/// One row of the table: what each kind of caller needs.
struct PermissionRow {
    Action action = Action::public_read;
    Scope scope = Scope::read;
    Needs anonymous = Needs::never;
    Needs auditor = Needs::never;
    Needs trader = Needs::never;
    Needs operator_ = Needs::never;
    Needs admin = Needs::never;
    Needs partner = Needs::never;
    Needs system = Needs::never;
};
/// In the order of Action, all of them.
std::span<const PermissionRow> permission_rows();
/// The whole table, one line an action.
std::string permissions_text();

}  // namespace itn::identity
