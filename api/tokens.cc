#include "api/tokens.h"

#include <algorithm>
#include <chrono>

#include "api/account_answers.h"
#include "common/identity/refresh.h"
#include "common/identity/token.h"
#include "common/runtime/uuid.h"
#include "common/wire/json_text.h"

namespace itn::api {

Result<std::string> access_token(const Room& room, const storage::Rights& rights,
                                 const TokenTerms& terms) {
    using std::chrono::floor;
    using std::chrono::seconds;
    const auto& options = room.doorkeeper.options();
    const auto issued_at = floor<seconds>(room.clock.now());
    const identity::Claims claims{
        .issuer = options.issuer,
        .audience = options.audience,
        .subject = rights.principal,
        .client = std::string(terms.client),
        .token_id = runtime::uuid_v7(),
        .session = terms.family.empty() ? std::string() : identity::session_of(terms.family),
        .issued_at = issued_at,
        .expires_at =
            std::min<Timestamp>(issued_at + limits::max_token_life, floor<seconds>(terms.end)),
        .roles = rights.roles,
        .scopes = terms.scopes,
        .stations = rights.stations,
        .version = rights.version};
    return identity::sign_token(room.doorkeeper.keys(), claims);
}

void answer_session(Call& call, std::string_view access, std::string_view refresh) {
    using std::chrono::seconds;
    std::string body;
    wire::JsonObject object(body);
    object.text("accessToken", access);
    object.text("refreshToken", refresh);
    object.text("tokenType", "Bearer");
    object.number("expiresIn", seconds(limits::max_token_life).count());
    object.close();
    answer_unkept(call, 200, std::move(body));
}

}  // namespace itn::api
