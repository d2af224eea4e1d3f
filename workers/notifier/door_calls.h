#pragma once

// The notifier's door on the real parts. Whom it does not know it notes in the audit trail, and an
// address shows few API keys that are new, as at the api's doors: each costs a look at the
// database.

#include "common/gateway/audit.h"
#include "common/gateway/budgets.h"
#include "common/gateway/doorkeeper.h"
#include "workers/notifier/entrance.h"

namespace itn::workers::notifier {

/// All three outlive what is returned.
DoorCalls door_calls(gateway::Doorkeeper& keeper, gateway::Budgets& budgets, gateway::Audit& audit);

}  // namespace itn::workers::notifier
