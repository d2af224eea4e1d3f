#pragma once

// The permission table applied to what travels: commands on their way in, things that are read, and
// events on their way out. Pure. Doors and workers ask the same functions, so both find the same.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/domain/command.h"
#include "common/domain/decide.h"
#include "common/domain/event.h"
#include "common/domain/world.h"
#include "common/identity/permissions.h"
#include "common/wire/notice.h"

namespace itn::rights {

identity::Action action_of(domain::CommandKind kind);

identity::Ownership ownership_of(const domain::Trade& trade);
identity::Ownership ownership_of(const domain::Shipment& shipment);
identity::Ownership ownership_of(const domain::StockKey& key);

/// At a door, where nothing is known but the wish itself. Whatever the wish names is judged (seller
/// and buyer, origin, station); what only its subject's row tells is left to the worker, unless the
/// caller may do such a thing to nothing at all. Problem "forbidden" (403).
std::optional<Problem> refuse(const domain::Command& wish, const identity::Caller& caller);

/// At a worker, with the subject's rows at hand. A thing that the caller may not even read is
/// answered as if it were not there (trade_not_found, shipment_not_found), else `forbidden`.
std::optional<domain::Rejection> refuse(const domain::Command& command,
                                        const identity::Caller& caller, const domain::World& world);

bool may_read(const identity::Caller& caller, const domain::Trade& trade);
bool may_read(const identity::Caller& caller, const domain::Shipment& shipment);

/// Whom an event is about: what rights and partners' feeds are filtered by.
struct Stake {
    domain::EventKind kind = domain::EventKind::critical;
    std::vector<StationId> stations{};  // parties, ends, the stock's station; each once
    Principal account{};                // of user.*
};
/// Of an event's body as it travels. A body that cannot be read concerns nobody.
Stake stake_of(domain::EventKind kind, std::string_view subject, std::string_view body);
/// Whether the caller may hear of it: trades and shipments as it may read them, stock and catalogue
/// as any signed-in caller, account events as it may read or list accounts. Criticals are heard by
/// whoever acts for one of their stations or reads all shipments; those without a station (commands
/// put aside) by whoever may read what was put aside.
bool may_hear(const identity::Caller& caller, const Stake& stake);

/// Stock is open to all, but not whose command, trade or shipment moved it: that is for whoever
/// acts for its station, and for callers that read all trades and shipments.
bool reads_everything(const identity::Caller& caller);
bool may_read_causes(const identity::Caller& caller, const StationId& station);
/// The same of an event; everything else tells its causes to whoever may hear of it.
bool may_hear_causes(const identity::Caller& caller, const Stake& stake);
/// An event's body without "cause" and "note"; "{}" when it cannot be read.
std::string without_causes(std::string_view body);
/// The entry as this caller may hear it: nullopt when not at all, else perhaps without its causes
/// (and then without causedBy and traceparent).
std::optional<wire::JournalEntry> as_heard(const identity::Caller& caller,
                                           const wire::JournalEntry& entry);
/// Whether any of the stations has a part in it: what a partner's own queue is fed with.
bool is_party(std::span<const StationId> stations, const Stake& stake);

}  // namespace itn::rights
