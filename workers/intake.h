#pragma once

// What a delivery holds: commands to decide, and what cannot be read and is put aside. Pure.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/messaging/broker.h"
#include "workers/committer.h"

namespace itn::workers {

/// Whose commands the broker's users may carry: what a message says of its sender is checked by the
/// broker, what its envelopes say of their principals is not.
struct BrokerUsers {
    /// They authenticate callers: any principal but the system's.
    std::vector<std::string> doors{"itn_api", "itn_ingress"};
    /// They send reactions: the system's alone.
    std::vector<std::string> workers{"itn_trade", "itn_cargo", "itn_inventory"};

    bool may_carry(const std::string& user, const Principal& principal) const;
};

struct Intake {
    std::vector<Item> items{};
    std::vector<storage::Parked> unreadable{};
};

/// A command whose subject belongs to another lane is unreadable too: decided here it would break
/// the order of its own lane; so is one that its sender may not carry. Deliveries come from lane
/// queues only.
Intake read(std::span<const messaging::Delivery> deliveries, std::uint16_t shards,
            const BrokerUsers& users);

}  // namespace itn::workers
