#pragma once

// The process around a pump, the same for each family: settings, connections, admin endpoint,
// readiness and an orderly end.

#include "common/base/lane.h"

namespace itn::workers {

/// The whole main() of itn-<family>-worker; returns the exit code.
int run_worker(Family family, int argc, const char* const* argv);

}  // namespace itn::workers
