// Access tokens: as they come, and as somebody who has our key would make them from anything.

#include <chrono>
#include <memory>
#include <string>

#include "common/base/limits.h"
#include "common/identity/base64url.h"
#include "common/identity/key_set.h"
#include "common/identity/token.h"
#include "tests/fuzz/target.h"

using namespace itn;
using fuzz::must;

namespace {

const Timestamp now{std::chrono::seconds(1'800'000'000)};

const std::shared_ptr<const identity::KeySet>& keys() {
    static const auto set = [] {
        auto key = identity::Ed25519Key::from_pem(identity::fresh_key_pem());
        must(key.has_value());
        auto made = identity::KeySet::of({*std::move(key)});
        must(made.ok());
        return std::make_shared<const identity::KeySet>(*std::move(made));
    }();
    return set;
}

std::string signed_token(std::string_view claims) {
    const auto header =
        R"({"alg":"EdDSA","kid":")" + keys()->signing().id() + R"(","typ":"at+jwt"})";
    auto token = identity::base64url(header) + "." + identity::base64url(claims);
    token += "." + identity::base64url(keys()->signing().sign(token));
    return token;
}

}  // namespace

FUZZ_TARGET(token, bytes) {
    const identity::TokenVerifier verifier(keys(), "itn", "itn");
    // Nobody guesses a signature.
    must(!verifier.verify(bytes, now).ok());
    const auto claims = verifier.verify(signed_token(bytes), now);
    if (!claims) return must(claims.problem().slug == "unauthenticated");
    must(claims->issuer == "itn" && claims->audience == "itn" && !claims->subject.empty());
    must(claims->expires_at - claims->issued_at <= limits::max_token_life);
    must(claims->expires_at + limits::token_leeway > now);
}
