#pragma once

// Strong entity tags: "v3" is version 3 of a thing that changes with its version alone; everything
// else is tagged with a hash of its bytes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/front/front.h"
#include "common/base/result.h"

namespace itn::api {

std::string version_etag(std::int64_t version);
std::string body_etag(std::string_view body);

/// Whether If-None-Match names this tag (weakly compared, as RFC 9110 says) or is "*".
bool is_not_modified(const front::Request& request, std::string_view etag);

/// The versions that a change may meet.
struct Expected {
    bool any = false;                      // "*": whichever there is
    std::vector<std::int64_t> versions{};  // one of these; none when all tags were weak

    bool allows(std::int64_t version) const;
    /// When there is but one: then nobody has to look what stands there.
    std::optional<std::int64_t> only() const;
    friend bool operator==(const Expected&, const Expected&) = default;
};

/// What If-Match says: "*" or a list of tags, of which weak ones never match (RFC 9110, 13.1.1);
/// nullopt when it is absent. Problem invalid_if_match for anything else, and for strong tags that
/// version_etag() did not make.
Result<std::optional<Expected>> if_match(const front::Request& request);

/// Where a route takes the version from.
enum class VersionIn : std::uint8_t { header, header_or_body };

/// What a change expects, from If-Match or else from the body. Problems: those of if_match(),
/// precondition_required when neither says it, invalid_if_match when they contradict each other.
Result<Expected> expected_version(const front::Request& request,
                                  std::optional<std::int64_t> of_body,
                                  VersionIn where = VersionIn::header_or_body);

}  // namespace itn::api
