#include <array>

#include "common/identity/permissions.h"

namespace itn::identity {

namespace {

using enum Needs;
using A = Action;
using S = Scope;

// Reading is free for auditors, but for what is one caller's own, and changing never. Operators run
// stations, traders trade for them, and admins may do everything that belongs to no single caller.
// Partners do for their stations what traders and operators do, and see of others what traders see;
// their keys are made by admins.
constexpr auto table = std::to_array<PermissionRow>({
    // action, scope, anonymous, auditor, trader, operator, admin, partner, system
    {A::trade_create, S::trade, never, never, party, never, always, party, never},
    {A::trade_cancel, S::trade, never, never, party, party, always, party, never},
    {A::trade_collect, S::trade, never, never, party, party, always, party, never},
    {A::trade_depart, S::trade, never, never, never, never, never, never, always},
    {A::trade_complete, S::trade, never, never, never, never, never, never, always},
    {A::trade_fail, S::trade, never, never, never, never, never, never, always},
    {A::trade_list, S::read, never, always, always, always, always, always, never},
    {A::trade_read, S::read, never, always, party, always, always, party, never},
    {A::cargo_create, S::cargo, never, never, never, origin, always, origin, never},
    {A::cargo_load, S::cargo, never, never, never, origin, always, origin, always},
    {A::cargo_unload, S::cargo, never, never, never, origin, always, origin, always},
    {A::cargo_depart, S::cargo, never, never, never, ends, always, ends, never},
    {A::cargo_delay, S::cargo, never, never, never, ends, always, ends, never},
    {A::cargo_resume, S::cargo, never, never, never, ends, always, ends, never},
    {A::cargo_locate, S::cargo, never, never, never, ends, always, ends, never},
    {A::cargo_deliver, S::cargo, never, never, never, ends, always, ends, never},
    {A::cargo_lose, S::cargo, never, never, never, ends, always, ends, never},
    {A::cargo_cancel, S::cargo, never, never, never, ends, always, ends, never},
    {A::cargo_list, S::read, never, always, always, always, always, always, never},
    {A::cargo_read, S::read, never, always, ends, ends, always, ends, never},
    {A::inventory_adjust, S::inventory, never, never, never, station, always, station, never},
    {A::inventory_transfer, S::inventory, never, never, never, origin, always, origin, never},
    {A::inventory_read, S::read, never, always, always, always, always, always, never},
    {A::ledger_read, S::read, never, always, always, always, always, always, never},
    {A::catalogue_read, S::read, always, always, always, always, always, always, never},
    {A::catalogue_write, S::catalogue, never, never, never, never, always, never, never},
    {A::updates_read, S::read, never, always, always, always, always, always, never},
    {A::updates_subscribe, S::read, never, always, always, always, always, always, never},
    {A::analytics_read, S::read, never, always, always, always, always, always, never},
    {A::command_read, S::read, never, self, self, self, self, self, never},
    {A::session_open, S::account, always, always, always, always, always, always, never},
    {A::session_close, S::account, never, self, self, self, self, self, never},
    {A::account_register, S::account, always, always, always, always, always, always, never},
    {A::account_read, S::read, never, always, self, self, always, self, never},
    {A::account_list, S::account, never, always, never, never, always, never, never},
    {A::account_change, S::account, never, never, never, never, always, never, never},
    {A::key_create, S::account, never, self, self, self, self, never, never},
    {A::key_list, S::account, never, self, self, self, always, never, never},
    {A::key_revoke, S::account, never, self, self, self, always, never, never},
    {A::partner_read, S::account, never, always, never, never, always, never, never},
    {A::partner_change, S::account, never, never, never, never, always, never, never},
    {A::parked_read, S::operate, never, always, never, always, always, never, never},
    {A::public_read, S::read, always, always, always, always, always, always, never},
});
static_assert(table.size() == action_count);

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (static_cast<std::size_t>(table[i].action) != i) return false;
    return true;
}
static_assert(in_order(), "a row is found by its action");

}  // namespace

std::span<const PermissionRow> permission_rows() {
    return table;
}

}  // namespace itn::identity
