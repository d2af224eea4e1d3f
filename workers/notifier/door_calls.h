#pragma once

// The notifier's door on the real parts. Whom it does not know pays with its address's rate and is
// noted in the audit trail, as at the api's doors. An address shows few API keys that are new, and
// few tickets that are none: each costs a look at the database.

#include "common/gateway/audit.h"
#include "common/gateway/budgets.h"
#include "common/gateway/doorkeeper.h"
#include "workers/notifier/entrance.h"

namespace itn::workers::notifier {

/// All three outlive what is returned.
DoorCalls door_calls(gateway::Doorkeeper& keeper, gateway::Budgets& budgets, gateway::Audit& audit);

}  // namespace itn::workers::notifier
