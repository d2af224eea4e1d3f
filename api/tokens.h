#pragma once

// Access tokens as this door gives them: to people who sign in, and to machines in exchange for an
// API key. They stand on the rights that the database knew at that moment.

#include <optional>
#include <string>
#include <string_view>

#include "api/call.h"
#include "api/room.h"
#include "common/storage/accounts.h"

namespace itn::api {

/// client_id of people's tokens; a machine's is the id of its key.
inline constexpr std::string_view person_client = "itn-api";
/// As long as the id of a key, which is longer than that of people's tokens.
inline constexpr std::string_view longest_client = "000000000000";

/// Lives limits::max_token_life, or until `end` when that is sooner. Problem "token_too_large".
Result<std::string> access_token(const Room& room, const storage::Rights& rights,
                                 identity::Scopes scopes, std::string_view client,
                                 Timestamp end = Timestamp::max());

/// {"accessToken","refreshToken","tokenType":"Bearer","expiresIn"}, 200.
void answer_session(Call& call, std::string_view access, std::string_view refresh);

}  // namespace itn::api
