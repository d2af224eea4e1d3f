#pragma once

// The topology table against a real broker: declared by itn-migrate, verified by every process at
// its start. Both calls block: they run a loop and a connection of their own.

#include <stdexcept>

#include "common/messaging/connection.h"
#include "common/messaging/topology.h"

namespace itn::messaging {

/// The broker cannot be reached, or does not hold what the table says. The text names each object
/// and what to do.
struct TopologyError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// The first of the two: worth trying again.
struct BrokerUnreachable : TopologyError {
    using TopologyError::TopologyError;
};

/// Declares and binds everything, and deletes what is retired; repeatable. Throws TopologyError
/// naming every object that exists with other arguments, after having declared the rest. Needs
/// configure rights.
void declare_topology(const ConnectionSettings& settings, const Topology& topology);

/// Throws TopologyError unless every exchange and queue exists. Differing arguments and missing
/// bindings are found only when the user has configure rights (the broker tells nobody else), so
/// processes also compare topology_fingerprint() with the one itn-migrate stored. Deletes nothing.
void verify_topology(const ConnectionSettings& settings, const Topology& topology);

}  // namespace itn::messaging
