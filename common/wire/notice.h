#pragma once

// What travels back: events on itn.events and to watchers, outcomes to whoever asked.
//
//   event   {"id","kind","subject","version","lane","seq","epoch","causedBy","at","body":{…}}
//   outcome {"id","outcome":"applied|rejected|failed","code"?,"detail"?,"subject","principal","at",
//            "position":{"epoch","lane","seq"}}
//
// A message is a JSON array of them. An event's id is "<epoch>:<lane>:<seq>": it never changes.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/lane.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/domain/command.h"
#include "common/domain/event.h"

namespace itn::wire {

/// One row of the journal.
struct JournalEntry {
    Lane lane{};
    std::int64_t seq = 0;
    domain::EventKind kind = domain::EventKind::critical;
    std::string subject{};
    std::int64_t version = 0;
    std::string caused_by{};    // command id
    std::string traceparent{};  // of the command, "" when there was none
    Timestamp at{};
    std::string body{};  // rendered JSON object: render_body()
    friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

enum class OutcomeKind : std::uint8_t { applied, rejected, failed };
std::string_view name(OutcomeKind kind);
std::optional<OutcomeKind> outcome_kind_from(std::string_view name);

/// What became of a command; kept, and the same for every retry.
struct Outcome {
    Principal principal{};
    CommandId id{};
    std::string payload_hash{};
    OutcomeKind kind = OutcomeKind::applied;
    std::string code{};    // name of the rejection, SQLSTATE or fault when failed, else ""
    std::string detail{};  // for people
    std::string subject{};
    Lane lane{};
    std::int64_t seq = 0;  // of the command's last event; 0 when it left none
    Timestamp at{};
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// The "body" of an event: the representation that REST gives of the same thing, plus what the
/// event adds (see docs). Stable: journal rows hold it for ever.
std::string render_body(const domain::Event& event);
/// The reverse, as far as react() needs it. Fails on a body that render_body() did not make.
Result<domain::Event> parse_body(domain::EventKind kind, std::string_view body);

/// One element of an events message.
std::string render(const JournalEntry& entry, std::string_view epoch);
struct Notice {
    JournalEntry entry{};
    std::string epoch{};
    friend bool operator==(const Notice&, const Notice&) = default;
};
/// Never throws; elements that are not events are left out (the journal fills the gap).
std::vector<Notice> parse_notices(std::string_view body);

std::string render(const Outcome& outcome, std::string_view epoch);
/// An array of outcomes as a reply message; elements that are no outcome are left out. The payload
/// hash does not travel; the principal does, because one door waits for many of them.
std::vector<Outcome> parse_outcomes(std::string_view body);

}  // namespace itn::wire
