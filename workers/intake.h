#pragma once

// What a delivery holds: commands to decide, and what cannot be read and is put aside. Pure.

#include <cstdint>
#include <span>
#include <vector>

#include "common/messaging/broker.h"
#include "workers/committer.h"

namespace itn::workers {

struct Intake {
    std::vector<Item> items{};
    std::vector<storage::Parked> unreadable{};
};

/// A command whose subject belongs to another lane is unreadable too: decided here it would break
/// the order of its own lane. Deliveries come from lane queues only.
Intake read(std::span<const messaging::Delivery> deliveries, std::uint16_t shards);

}  // namespace itn::workers
