#include "common/identity/token_stations.h"

#include <chrono>
#include <limits>
#include <utility>

#include "common/base/limits.h"
#include "common/identity/refresh.h"
#include "common/identity/token.h"

namespace itn::identity {

namespace {

/// Keys and their signatures are all of one length, so any will do.
const KeySet& any_keys() {
    static const KeySet keys = [] {
        std::vector<Ed25519Key> one{Ed25519Key::from_pem(fresh_key_pem()).value()};
        return KeySet::of(std::move(one)).value();
    }();
    return keys;
}

}  // namespace

std::optional<Problem> stations_problem(const std::string& issuer, const std::string& audience,
                                        const std::vector<StationId>& stations) {
    const std::string uuid(36, '0');
    const Timestamp issued_at(std::chrono::seconds(9'999'999'999));
    // Whatever differs from token to token is as long here as it can be. A partner's name is
    // shorter than a user's.
    const Claims longest{.issuer = issuer,
                         .audience = audience,
                         .subject = Principal("user:" + uuid),
                         .client = fresh_secret().id,
                         .token_id = uuid,
                         .session = session_of(uuid),
                         .issued_at = issued_at,
                         .expires_at = issued_at + limits::max_token_life,
                         .roles = Roles(Role::operator_),
                         .scopes = all_scopes,
                         .stations = stations,
                         .version = std::numeric_limits<std::int64_t>::max()};
    const auto token = sign_token(any_keys(), longest);
    return token ? std::nullopt : std::optional(token.problem());
}

}  // namespace itn::identity
