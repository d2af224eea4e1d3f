#pragma once

// Commands as a door would send them, for tests of the workers.

#include <string>

#include "workers/committer.h"

namespace itn::workers::test {

inline constexpr std::uint16_t shards = 2;

/// Adds `quantity` of "ice" to the station's stock.
Item restock(const std::string& key, const std::string& station, std::int64_t quantity);
/// A trade of `quantity` "ice" from seller to buyer; its id follows from seller and key.
Item trade(const std::string& key, const std::string& seller, const std::string& buyer,
           std::int64_t quantity);
/// cargo.depart or another move of a shipment.
Item move(const std::string& key, domain::CommandKind kind, const std::string& shipment);

/// What lets those commands through: principal "dev" as an admin.
storage::Rights rights_of_dev();

/// "applied", "rejected insufficient_stock", "failed 22003"
std::string text(const wire::Outcome& outcome);

}  // namespace itn::workers::test
