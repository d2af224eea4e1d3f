#pragma once

// From a wish to a command that a lane can carry: everything that the client must not say itself is
// stamped here, the same way at every door. Pure: the caller brings the time and the key.

#include <cstdint>
#include <string>

#include "common/base/id.h"
#include "common/base/lane.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/gateway/catalogue.h"
#include "common/wire/envelope.h"
#include "common/wire/wish.h"

namespace itn::gateway {

struct Stamped {
    wire::Envelope envelope{};
    Lane lane{};
    friend bool operator==(const Stamped&, const Stamped&) = default;
};

/// `key` is the caller's Idempotency-Key, or a fresh UUIDv7 (runtime::uuid_v7()) when there was
/// none; it becomes the command's id. Lines of one product are added up; price and volume are the
/// catalogue's; ids that the client did not choose are derived from station, principal and key.
///
/// Problems, in this order: "invalid_idempotency_key" (400), "same_station", "unknown_station",
/// "unknown_product", "out_of_range" (422), each with a pointer into the client's JSON.
Result<Stamped> stamp(wire::Wish wish, const Principal& principal, std::string key,
                      const Catalogue& catalogue, Timestamp now, std::string traceparent,
                      std::uint16_t shards);

}  // namespace itn::gateway
