#pragma once

// Where a list goes on, as opaque text:
//
//   base64url, no padding, of <16 hex digits of SHA-256 of the rest> <JSON array of texts>
//
// The first text names the list, so that a cursor of one list is worth nothing to another; the rest
// is the key of the last row. The checksum is no secret: a cursor grants nothing, it only must not
// be built by guessing.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace itn::api {

using CursorKey = std::vector<std::string>;

std::string render_cursor(std::string_view list, const CursorKey& key);
/// nullopt for anything that render_cursor(list, …) did not make with `parts` texts in its key.
std::optional<CursorKey> parse_cursor(std::string_view list, std::string_view text,
                                      std::size_t parts);

}  // namespace itn::api
