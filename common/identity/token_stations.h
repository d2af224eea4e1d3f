#pragma once

// How many stations fit into an access token (limits::max_token).

#include <optional>
#include <string>
#include <vector>

#include "common/base/id.h"
#include "common/base/result.h"

namespace itn::identity {

/// Problem "token_too_large" when not every token of this issuer for this audience could name all
/// of these stations, whoever has it and whatever else it says. Any thread.
std::optional<Problem> stations_problem(const std::string& issuer, const std::string& audience,
                                        const std::vector<StationId>& stations);

}  // namespace itn::identity
