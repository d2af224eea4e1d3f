#pragma once

// One example of everything that travels, for golden files.

#include "common/domain/event.h"
#include "common/wire/envelope.h"

namespace itn::wire::examples {

domain::Trade trade();
domain::Cargo cargo();
domain::Stock stock();
Envelope envelope(domain::CommandKind kind);
domain::Event event(domain::EventKind kind);

}  // namespace itn::wire::examples
