#pragma once

// What the handlers of the api share. main wires it; it outlives every call.

#include <cstdint>
#include <string>

#include "api/password_desk.h"
#include "api/reads.h"
#include "api/summaries.h"
#include "api/traffic.h"
#include "common/gateway/audit.h"
#include "common/gateway/budgets.h"
#include "common/gateway/catalogue_keeper.h"
#include "common/gateway/dispatch.h"
#include "common/gateway/doorkeeper.h"
#include "common/gateway/remember.h"
#include "common/gateway/waiters.h"
#include "common/runtime/clock.h"
#include "common/runtime/health.h"
#include "common/runtime/metrics.h"

namespace itn::api {

struct DocPages;

struct Room {
    std::uint16_t shards = 0;    // of each family
    std::string notifier_url{};  // where real-time updates are; "" when nobody said
    gateway::Doorkeeper& doorkeeper;
    gateway::Budgets& budgets;
    gateway::Audit& audit;
    gateway::Dispatch& dispatch;
    gateway::Waiters& waiters;
    gateway::RememberedKeys& remembered;
    gateway::CatalogueKeeper& catalogue;
    Reads& reads;
    PasswordDesk& passwords;
    Summaries& summaries;
    const runtime::Clock& clock;
    const runtime::Health& health;
    runtime::Metrics& metrics;
    Pending& pending;
    const DocPages* doc_pages = nullptr;  // rendered descriptions; none when nobody rendered them
};

}  // namespace itn::api
