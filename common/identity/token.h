#pragma once

// Access tokens: JWTs of one shape and no other (RFC 7519, 8037, 8725, 9068).
//
//   token    base64url(header) "." base64url(claims) "." base64url(signature), at most 4 KiB
//   header   {"alg":"EdDSA","kid":<id of a key of the set>,"typ":"at+jwt"} and nothing else: so a
//            token cannot say where its key is to be fetched, nor ask for an extension
//   claims   iss aud sub client_id iat exp jti roles stations scope ver: all required; sid and nbf
//            are heeded, what else there is, is ignored
//
// Every part is in its one canonical form. The claims are not looked at before the signature is
// found to be good, and there is one signature to verify, whatever the token says.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/id.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/identity/key_set.h"
#include "common/identity/permissions.h"

namespace itn::identity {

struct Claims {
    std::string issuer{};
    std::string audience{};
    Principal subject{};
    std::string client{};    // client_id: the program that signed in
    std::string token_id{};  // jti
    /// sid, as in OpenID Connect: session_of a refresh family, with which it ends; "" of machines.
    std::string session{};
    Timestamp issued_at{};   // whole seconds
    Timestamp expires_at{};  // whole seconds
    Roles roles{};
    Scopes scopes{};
    std::vector<StationId> stations{};
    /// Counts up whenever the subject's rights or password change: older tokens are dead then.
    std::int64_t version = 0;
    friend bool operator==(const Claims&, const Claims&) = default;
};
Caller caller_of(const Claims& claims);

/// Why a token is refused. For logs alone: clients hear 401 and nothing else.
enum class TokenFault : std::uint8_t {
    too_large,
    malformed,         // no three parts, not canonical, no JSON object, a name twice
    forbidden_header,  // jku, x5u, jwk, x5c, crit or any other we do not know
    wrong_algorithm,
    wrong_type,
    unknown_key,
    bad_signature,
    missing_claim,  // or one of another type or out of range
    wrong_issuer,
    wrong_audience,
    not_yet_valid,
    expired,
    too_long_lived,
    revoked,
};
std::string_view name(TokenFault fault);
/// Problem "unauthenticated" with the fault's name as its detail.
Problem token_problem(TokenFault fault);

/// Signs with the set's first key. Problem "token_too_large" when the stations do not fit. The life
/// of the token must be within the limits. Any thread.
Result<std::string> sign_token(const KeySet& keys, const Claims& claims);

/// Any thread.
class TokenVerifier final {
public:
    /// `keys` must not be null.
    TokenVerifier(std::shared_ptr<const KeySet> keys, std::string issuer, std::string audience);

    /// Total over all bytes. What is wrong is Problem "unauthenticated".
    Result<Claims> verify(std::string_view token, Timestamp now) const;

private:
    std::shared_ptr<const KeySet> keys_;
    std::string issuer_;
    std::string audience_;
};

}  // namespace itn::identity
