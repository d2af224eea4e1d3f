#include <algorithm>
#include <array>

#include "common/identity/permissions.h"

namespace itn::identity {

namespace {

constexpr auto roles =
    std::to_array<std::string_view>({"auditor", "trader", "operator", "admin", "partner"});
constexpr auto scopes = std::to_array<std::string_view>(
    {"read", "trade", "cargo", "inventory", "catalogue", "operate", "account"});
constexpr auto needs_names = std::to_array<std::string_view>(
    {"never", "self", "party", "origin", "ends", "station", "always"});
constexpr auto actions = std::to_array<std::string_view>({
    "trade.create",     "trade.cancel",       "trade.collect",  "trade.depart",
    "trade.complete",   "trade.fail",         "trade.list",     "trade.read",
    "cargo.create",     "cargo.load",         "cargo.unload",   "cargo.depart",
    "cargo.delay",      "cargo.resume",       "cargo.locate",   "cargo.deliver",
    "cargo.lose",       "cargo.cancel",       "cargo.list",     "cargo.read",
    "inventory.adjust", "inventory.transfer", "inventory.read", "ledger.read",
    "catalogue.read",   "catalogue.write",    "updates.read",   "updates.subscribe",
    "analytics.read",   "command.read",       "session.open",   "session.close",
    "account.register", "account.read",       "account.list",   "account.change",
    "key.create",       "key.list",           "key.revoke",     "partner.read",
    "partner.change",   "parked.read",        "public.read",
});
static_assert(actions.size() == action_count);

template <class E, std::size_t count>
std::optional<E> find(const std::array<std::string_view, count>& all, std::string_view text) {
    const auto found = std::ranges::find(all, text);
    if (found == all.end()) return std::nullopt;
    return static_cast<E>(found - all.begin());
}

template <class E, std::size_t count>
std::string_view at(const std::array<std::string_view, count>& all, E one) {
    return all[static_cast<std::size_t>(one)];
}

void add_column(std::string& line, std::string_view text, std::size_t width) {
    line += text;
    line.append(width - text.size(), ' ');
}

std::string row_text(std::string_view action, std::string_view scope,
                     const std::array<std::string_view, 7>& cells) {
    std::string line;
    add_column(line, action, 20);
    add_column(line, scope, 11);
    for (const auto cell : cells)
        add_column(line, cell == "never" ? "-" : cell, 10);
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

std::string_view name(Role role) {
    return at(roles, role);
}
std::optional<Role> role_from(std::string_view text) {
    const auto role = granted_role_from(text);
    return role == Role::partner ? std::nullopt : role;
}
std::optional<Role> granted_role_from(std::string_view text) {
    return find<Role>(roles, text);
}

std::string_view name(Scope scope) {
    return at(scopes, scope);
}
std::optional<Scope> scope_from(std::string_view text) {
    return find<Scope>(scopes, text);
}

std::string_view name(Action action) {
    return at(actions, action);
}
std::optional<Action> action_from(std::string_view text) {
    return find<Action>(actions, text);
}

std::string_view name(Needs needs) {
    return at(needs_names, needs);
}

Scopes scopes_from(std::string_view text) {
    Scopes found;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (const auto scope = scope_from(text.substr(0, end))) found.insert(*scope);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return found;
}

std::string permissions_text() {
    auto text =
        row_text("action", "scope",
                 {"anonymous", "auditor", "trader", "operator", "admin", "partner", "system"});
    for (const auto& row : permission_rows())
        text +=
            row_text(name(row.action), name(row.scope),
                     {name(row.anonymous), name(row.auditor), name(row.trader), name(row.operator_),
                      name(row.admin), name(row.partner), name(row.system)});
    return text;
}

}  // namespace itn::identity
