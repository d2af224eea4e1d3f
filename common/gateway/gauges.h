#pragma once

// What every door shows of its way to the lanes.

#include "common/gateway/dispatch.h"
#include "common/runtime/metrics.h"

namespace itn::gateway {

/// Adds the itn_dispatch_* metrics; `dispatch` outlives the last look at `metrics`.
void add_dispatch_gauges(runtime::Metrics& metrics, const Dispatch& dispatch);

}  // namespace itn::gateway
