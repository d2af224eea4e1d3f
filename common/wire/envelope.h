#pragma once

// What travels on a lane: a JSON array of envelopes, one command each.
//
//   [{"id":"018f…","kind":"trade.create","subject":"…","principal":"user:42","issuedAt":"…",
//     "expectedVersion":3,"traceparent":"00-…","payloadHash":"<64 hex>","replyTo":"itn.reply.…",
//     "causedBy":"…","body":{…}}]
//
// expectedVersion, traceparent, replyTo and causedBy may be absent. This is the stamped schema:
// prices and volumes stand in the body. What a client may send is in wish.h.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/domain/command.h"

namespace itn::wire {

struct Envelope {
    domain::Command command{};
    std::string traceparent{};   // W3C Trace Context, "" when there is none
    std::string payload_hash{};  // SHA-256 of the canonical wish, hex; finds a key used twice
    std::string reply_to{};      // queue that wants the outcome, "" when nobody does
    std::string caused_by{};     // the event or command this one follows from, "" for a door's
    friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// One element of the array, without the brackets: doors pack messages from these.
std::string render(const Envelope& envelope);
/// "[a,b,c]"
std::string pack(std::span<const std::string> rendered);

/// An element that is not an envelope, with its own bytes: it is parked alone.
struct Unreadable {
    std::string raw{};
    Problem problem{};
};
struct Parsed {
    std::vector<Envelope> envelopes{};
    std::vector<Unreadable> unreadable{};
};
/// Never throws. Bytes that are no JSON array come back as one Unreadable with all of them.
Parsed parse_envelopes(std::string_view body);

}  // namespace itn::wire
