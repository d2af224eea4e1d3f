#pragma once

// Ids that say where they belong. The lane follows from the subject's id alone, so no door needs a
// read to route (ARCHITECTURE.md, "Ids and lanes").
//
//   slug        [a-z0-9][a-z0-9_-]{0,63}, and not of the shape of a UUID
//   generated   UUIDv8 (RFC 9562): 16 bits shard hash of the station, 48 bits of time when the key
//               is a UUIDv7 and else of hash, the rest a hash of principal and key
//   shard hash  the first two bytes of SHA-256 of the station's id (or of a slug)

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/id.h"
#include "common/base/lane.h"
#include "common/domain/command.h"

namespace itn::wire {

bool is_slug(std::string_view text);
bool is_uuid(std::string_view text);  // lower case, 8-4-4-4-12
/// 1..255 visible ASCII characters.
bool is_command_id(std::string_view text);

std::uint16_t shard_hash(std::string_view slug);
/// Of a UUID its first 16 bits, of "station/product" the station's, else that of the slug.
std::uint16_t shard_hash_of_subject(std::string_view subject);

/// The lane in which the command is decided.
Lane lane_of(const domain::Command& command, std::uint16_t shards);

/// The same id for the same station, principal and key, always.
std::string derive_id(const StationId& station, const Principal& principal, std::string_view key);
/// Derives an id that shares the shard hash of `subject` (a generated id): for opened shipments.
std::string derive_id_beside(std::string_view subject, std::string_view key);

std::string sha256_hex(std::string_view bytes);

}  // namespace itn::wire
