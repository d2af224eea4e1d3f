#pragma once

// The claims of an access token as JSON, both ways.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/identity/flat_json.h"
#include "common/identity/token.h"

namespace itn::identity {

std::string write_claims(const Claims& claims);

/// What stands in the JSON, not yet held against the clock, issuer and audience.
struct ReadClaims {
    Claims claims{};
    Timestamp not_before{};  // the epoch when the token does not say
};

/// nullopt when a required claim is missing, of another type or out of range. Roles and scopes that
/// we do not know give nothing, so that a newer issuer may have more of them.
std::optional<ReadClaims> read_claims(const FlatObject& object);

}  // namespace itn::identity
