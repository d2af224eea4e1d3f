// What an event or a line of a ledger tells of others' trades, shipments and commands.

#include <algorithm>
#include <array>

#include "common/rights/rights.h"
#include "common/wire/scan.h"

namespace itn::rights {
namespace {

using domain::EventKind;
using identity::Action;
using identity::Caller;

constexpr std::array<std::string_view, 2> telling_members{"cause", "note"};

/// Adds the object's members to `out`, without those that tell of causes. False when it breaks.
bool copy_plain_members(wire::Scan& scan, std::string& out) {
    if (scan.take('}')) return true;
    do {
        const auto name = scan.string();
        if (!name || !scan.take(':')) return false;
        const auto value = scan.value();
        if (!value) return false;
        if (std::ranges::find(telling_members, *name) != telling_members.end()) continue;
        out.append(out.size() == 1 ? "\"" : ",\"").append(*name).append("\":").append(*value);
    } while (scan.take(','));
    return scan.take('}');
}

}  // namespace

bool reads_everything(const Caller& caller) {
    return identity::may(caller, Action::trade_read, {}) &&
           identity::may(caller, Action::cargo_read, {});
}

bool may_read_causes(const Caller& caller, const StationId& station) {
    return caller.acts_for(station) || reads_everything(caller);
}

bool may_hear_causes(const Caller& caller, const Stake& stake) {
    if (stake.kind != EventKind::inventory_changed) return true;
    return reads_everything(caller) ||
           std::ranges::any_of(stake.stations,
                               [&](const StationId& station) { return caller.acts_for(station); });
}

std::string without_causes(std::string_view body) {
    wire::Scan scan(body);
    std::string out = "{";
    if (!scan.take('{') || !copy_plain_members(scan, out)) return "{}";
    return out + '}';
}

std::optional<wire::JournalEntry> as_heard(const Caller& caller, const wire::JournalEntry& entry) {
    const auto stake = stake_of(entry.kind, entry.subject, entry.body);
    if (!may_hear(caller, stake)) return std::nullopt;
    auto heard = entry;
    if (may_hear_causes(caller, stake)) return heard;
    heard.caused_by.clear();
    heard.traceparent.clear();
    heard.body = without_causes(entry.body);
    return heard;
}

}  // namespace itn::rights
