#pragma once

// Strong entity tags: "v3" is version 3 of a thing that changes with its version alone; everything
// else is tagged with a hash of its bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/front/front.h"
#include "common/base/result.h"

namespace itn::api {

std::string version_etag(std::int64_t version);
std::string body_etag(std::string_view body);

/// Whether If-None-Match names this tag (weakly compared, as RFC 9110 says) or is "*".
bool is_not_modified(const front::Request& request, std::string_view etag);

/// The version that a change expects, from If-Match or else from the body. Problems:
/// precondition_required when neither says it, invalid_if_match when the header is not one tag that
/// version_etag() made, or contradicts the body.
Result<std::int64_t> expected_version(const front::Request& request,
                                      std::optional<std::int64_t> of_body);

}  // namespace itn::api
