#pragma once

// Where a reader of the journal stands: the last seq seen of every lane, in one epoch. Text form
//
//   v1.<epoch>.<base64url, no padding, of pairs (lane index, seq) as LEB128 varints>
//
// is opaque to clients. Lanes whose seq is 0 are left out. The epoch changes when the database was
// restored or failed over; positions of another epoch are worth nothing.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/base/lane.h"
#include "common/base/result.h"

namespace itn::wire {

struct Position {
    std::string epoch{};
    std::map<Lane, std::int64_t> seqs{};
    friend bool operator==(const Position&, const Position&) = default;
};

std::string render(const Position& position);
/// Problem "invalid_position" names the rule. Total over all bytes.
Result<Position> parse_position(std::string_view text);

}  // namespace itn::wire
