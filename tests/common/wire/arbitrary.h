#pragma once

// Arbitrary values of everything that wire renders, for laws like parse(render(x)) = x.

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "common/domain/event.h"
#include "common/wire/envelope.h"
#include "common/wire/notice.h"
#include "common/wire/position.h"
#include "common/wire/representation.h"

namespace itn::wire::arbitrary {

rc::Gen<std::string> slug();
rc::Gen<std::string> uuid();
/// 1..40 visible ASCII characters.
rc::Gen<std::string> visible();
/// UTF-8 of up to `most` characters, also those that need escapes.
rc::Gen<std::string> prose(std::size_t least = 0, std::size_t most = 20);
rc::Gen<Timestamp> moment();
rc::Gen<Lane> lane();

rc::Gen<std::vector<domain::Line>> lines();
rc::Gen<std::vector<domain::Goods>> goods();
rc::Gen<domain::Trade> trade();
rc::Gen<domain::Cargo> cargo();
rc::Gen<domain::Stock> stock();
rc::Gen<Station> station();
rc::Gen<Product> product();

rc::Gen<domain::CommandKind> command_kind();
/// A kind that the domain itself has: none of the catalogue's.
rc::Gen<domain::EventKind> event_kind();
rc::Gen<Envelope> envelope(domain::CommandKind kind);
rc::Gen<domain::Event> event(domain::EventKind kind);
rc::Gen<JournalEntry> entry();
rc::Gen<Outcome> outcome();
rc::Gen<Position> position();

/// `text` with up to eight random faults: bytes changed, cut out, doubled or put in.
rc::Gen<std::string> mutated(std::string text);

}  // namespace itn::wire::arbitrary
