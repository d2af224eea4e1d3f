#pragma once

// The one lane that doors write: what changes in the catalogue and in accounts is told there, in
// the transaction that changes it. Private to this folder.

#include <cstdint>
#include <string>

#include "common/domain/event.h"
#include "common/storage/postgres.h"
#include "common/storage/reader.h"

namespace itn::storage {

/// One event of lane catalogue.00.
struct CatalogueEvent {
    domain::EventKind kind = domain::EventKind::critical;
    std::string subject{};
    std::int64_t version = 0;
    std::string body{};  // rendered JSON object
};

/// Takes the lane's next seq and writes the event. The last thing before the commit: whoever comes
/// later waits for it.
void append(Session& session, const CatalogueEvent& event, const Cause& cause);

}  // namespace itn::storage
