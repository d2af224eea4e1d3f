#pragma once

// Every durable object of the broker but those of partners (partner_queues.h) as one table:
// exchanges, lane queues with their arguments, and bindings. itn-migrate declares it
// (topology_declare.h); everybody else compares.
//
// The text of the table is its identity: its fingerprint is stored in the database by itn-migrate,
// so a process that was built with another table, or configured with another number of shards,
// finds out before it touches a queue.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/lane.h"

namespace itn::messaging {

inline constexpr std::string_view commands_exchange = "itn.commands";
inline constexpr std::string_view events_exchange = "itn.events";

using Argument = std::variant<bool, std::int64_t, std::string>;

/// Durable, not auto-deleted. `itn.commands` has no alternate exchange on purpose: with one, a
/// message without a queue would be confirmed instead of returned.
struct Exchange {
    std::string name;
    std::string type;  // "direct" or "topic"
    friend bool operator==(const Exchange&, const Exchange&) = default;
};

/// Durable; arguments in the order in which they are declared and rendered.
struct Queue {
    std::string name;
    std::vector<std::pair<std::string, Argument>> arguments;
    friend bool operator==(const Queue&, const Queue&) = default;
};

struct Binding {
    std::string exchange;
    std::string queue;
    std::string key;
    friend bool operator==(const Binding&, const Binding&) = default;
};

struct Topology {
    std::vector<Exchange> exchanges;
    std::vector<Queue> queues;
    std::vector<Binding> bindings;
    /// Exchanges of earlier versions: deleted, with their bindings, where they still are.
    std::vector<std::string> retired_exchanges{};
    friend bool operator==(const Topology&, const Topology&) = default;
};

/// The whole table for 1..limits::max_shards shards of each family.
Topology topology(std::uint16_t shards);

/// One line per object, in table order: for tests, for people, and for the fingerprint.
std::string render(const Topology& topology);

/// SHA-256 of the rendered table, in hex.
std::string topology_fingerprint(std::uint16_t shards);

/// "itn.trade.07"; the key with which a command reaches it is lane.text().
std::string queue_name(const Lane& lane);
/// nullopt for any queue that is not a lane's.
std::optional<Lane> lane_of_queue(std::string_view queue);
/// Every lane that has a queue, families in order, shards ascending.
std::vector<Lane> lanes_with_queue(std::uint16_t shards);

}  // namespace itn::messaging
