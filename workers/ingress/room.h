#pragma once

// What the queues of all partners share at the ingress. main wires it; it outlives them.

#include <cstdint>

#include "common/gateway/audit.h"
#include "common/gateway/budgets.h"
#include "common/gateway/catalogue_keeper.h"
#include "common/gateway/dispatch.h"
#include "common/messaging/broker.h"
#include "common/runtime/clock.h"
#include "common/runtime/loop.h"
#include "common/runtime/metrics.h"

namespace itn::workers::ingress {

struct Room {
    runtime::Loop& loop;
    messaging::Broker& broker;
    gateway::Dispatch& dispatch;
    gateway::CatalogueKeeper& catalogue;
    gateway::Budgets& budgets;
    gateway::Audit& audit;
    const runtime::Clock& clock;
    runtime::Metrics& metrics;
    std::uint16_t shards = 0;
};

}  // namespace itn::workers::ingress
