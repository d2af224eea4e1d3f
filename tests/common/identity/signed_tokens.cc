#include "tests/common/identity/signed_tokens.h"

#include "common/identity/base64url.h"

namespace itn::identity::tests {

using namespace std::chrono_literals;

Ed25519Key known_key() {
    // The PKCS 8 frame around the 32 bytes "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".
    return Ed25519Key::from_pem(
               "-----BEGIN PRIVATE KEY-----\n"
               "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
               "-----END PRIVATE KEY-----\n")
        .value();
}

Ed25519Key fresh_key() {
    return Ed25519Key::from_pem(fresh_key_pem()).value();
}

std::shared_ptr<const KeySet> key_set(std::vector<Ed25519Key> keys) {
    return std::make_shared<KeySet>(KeySet::of(std::move(keys)).value());
}

Claims good_claims() {
    return {.issuer = "https://itn.example",
            .audience = "itn",
            .subject = Principal("user:nova"),
            .client = "console",
            .token_id = "0190-1",
            .issued_at = now,
            .expires_at = now + 15min,
            .roles = Roles(Role::trader),
            .scopes = all_scopes,
            .stations = {StationId("ceres"), StationId("europa")},
            .version = 3};
}

TokenVerifier verifier(std::shared_ptr<const KeySet> keys) {
    return {std::move(keys), good_claims().issuer, good_claims().audience};
}

std::string signed_token(const Ed25519Key& key, std::string_view header, std::string_view claims) {
    std::string token = base64url(header) + "." + base64url(claims);
    return token + "." + base64url(key.sign(token));
}

std::string good_header(const Ed25519Key& key) {
    return R"({"alg":"EdDSA","kid":")" + key.id() + R"(","typ":"at+jwt"})";
}

std::string verdict(const Result<Claims>& result) {
    return result ? "ok" : result.problem().detail;
}

}  // namespace itn::identity::tests
