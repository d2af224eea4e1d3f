#pragma once

// An event on its way to the clients: views into the text it came in, so that an event which nobody
// hears costs one pass over its bytes and no copy. A message of the events exchange and rows of the
// journal give the same Event:
//
//   [{"id":"…","kind":"trade.confirmed","subject":"…","version":1,"lane":"trade.07","seq":42,
//     "epoch":"…","causedBy":"…","at":"…","body":{…}}, …]

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/lane.h"
#include "common/domain/event.h"

namespace itn::workers::notifier {

/// Copying shares the text. Views of strings are what stands between the quotes, escapes and all,
/// so they may be put between quotes again; ids and times have no escapes.
struct Event {
    std::shared_ptr<const std::string> text{};
    Lane lane{};
    std::int64_t seq = 0;
    domain::EventKind kind = domain::EventKind::critical;
    std::string_view kind_text{};
    std::string_view subject{};
    std::int64_t version = 0;
    std::string_view epoch{};
    std::string_view caused_by{};
    std::string_view at{};
    std::string_view body{};  // a JSON object
};

/// The events of a message, in its order. Total over all bytes: what is no event is left out, and
/// text that is no array ends the list where it breaks (the journal fills the gap). Bodies are
/// checked for balance only: the events exchange is written by our own processes alone.
std::vector<Event> scan_events(std::shared_ptr<const std::string> text);

/// Whom an event concerns besides its subject.
struct Concerns {
    std::vector<std::string> stations{};
    std::vector<std::string> products{};
    friend bool operator==(const Concerns&, const Concerns&) = default;
};

/// Reads the ids out of an event's body: seller, buyer, origin, destination, stationId and
/// stations; productId and products wherever they stand. Each once. A broken body concerns nobody.
Concerns concerns_of(const Event& event);

}  // namespace itn::workers::notifier
