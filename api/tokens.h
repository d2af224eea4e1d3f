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

/// What a token says besides the rights of its owner.
struct TokenTerms {
    identity::Scopes scopes = identity::all_scopes;
    std::string_view client = person_client;
    std::string_view family{};  // of the session with which it ends; "": none
    Timestamp end = Timestamp::max();
};

/// Lives limits::max_token_life, or until its end when that is sooner. Problem "token_too_large".
Result<std::string> access_token(const Room& room, const storage::Rights& rights,
                                 const TokenTerms& terms);

/// {"accessToken","refreshToken","tokenType":"Bearer","expiresIn"}, 200.
void answer_session(Call& call, std::string_view access, std::string_view refresh);

}  // namespace itn::api
