#include "common/identity/token.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/limits.h"
#include "common/identity/base64url.h"
#include "common/identity/flat_json.h"
#include "common/identity/token_claims.h"

namespace itn::identity {

namespace {

constexpr auto fault_names = std::to_array<std::string_view>(
    {"too_large", "malformed", "forbidden_header", "wrong_algorithm", "wrong_type", "unknown_key",
     "bad_signature", "missing_claim", "wrong_issuer", "wrong_audience", "not_yet_valid", "expired",
     "too_long_lived", "revoked"});

/// A value, or why there is none.
template <class T>
using Or = std::variant<T, TokenFault>;

struct Parts {
    std::string_view header{};
    std::string_view claims{};
    std::string_view signature{};
    std::string_view signed_text{};  // header "." claims
};

std::optional<Parts> split(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    Parts parts{.header = token.substr(0, first),
                .claims = token.substr(first + 1, last - first - 1),
                .signature = token.substr(last + 1),
                .signed_text = token.substr(0, last)};
    if (parts.claims.find('.') != std::string_view::npos) return std::nullopt;
    return parts;
}

std::optional<FlatObject> read_object(std::string_view base64) {
    const auto text = from_base64url(base64);
    return text ? read_flat_json(*text) : std::nullopt;
}

bool says(const FlatObject& object, std::string_view name, std::string_view text) {
    const auto* value = object.find<std::string>(name);
    return value != nullptr && *value == text;
}

bool is_known_header(std::string_view name) {
    return name == "alg" || name == "typ" || name == "kid";
}

Or<const Ed25519Key*> key_of(const KeySet& keys, std::string_view header_base64) {
    const auto header = read_object(header_base64);
    if (!header) return TokenFault::malformed;
    for (const auto& [name, value] : header->members())
        if (!is_known_header(name)) return TokenFault::forbidden_header;
    if (!says(*header, "alg", "EdDSA")) return TokenFault::wrong_algorithm;
    if (!says(*header, "typ", "at+jwt")) return TokenFault::wrong_type;
    const auto* id = header->find<std::string>("kid");
    const auto* key = id == nullptr ? nullptr : keys.find(*id);
    if (key == nullptr) return TokenFault::unknown_key;
    return key;
}

/// Why the claims do not hold at `now`.
std::optional<TokenFault> time_fault(const ReadClaims& read, Timestamp now) {
    const Claims& claims = read.claims;
    if (claims.expires_at <= claims.issued_at) return TokenFault::missing_claim;
    if (claims.expires_at - claims.issued_at > limits::max_token_life)
        return TokenFault::too_long_lived;
    if (std::max(claims.issued_at, read.not_before) > now + limits::token_leeway)
        return TokenFault::not_yet_valid;
    if (claims.expires_at + limits::token_leeway <= now) return TokenFault::expired;
    return std::nullopt;
}

Or<ReadClaims> signed_claims(const KeySet& keys, std::string_view token) {
    if (token.size() > limits::max_token) return TokenFault::too_large;
    const auto parts = split(token);
    if (!parts) return TokenFault::malformed;
    const auto key = key_of(keys, parts->header);
    if (const auto* fault = std::get_if<TokenFault>(&key)) return *fault;
    const auto signature = from_base64url(parts->signature);
    if (!signature) return TokenFault::malformed;
    if (!std::get<const Ed25519Key*>(key)->verify(parts->signed_text, *signature))
        return TokenFault::bad_signature;
    const auto object = read_object(parts->claims);
    if (!object) return TokenFault::malformed;
    auto read = read_claims(*object);
    if (!read) return TokenFault::missing_claim;
    return std::move(*read);
}

}  // namespace

std::string_view name(TokenFault fault) {
    return fault_names[static_cast<std::size_t>(fault)];
}

Problem token_problem(TokenFault fault) {
    return {.slug = "unauthenticated", .detail = std::string(name(fault))};
}

Caller caller_of(const Claims& claims) {
    return caller_of(claims.subject, claims.roles, claims.scopes, claims.stations);
}

Result<std::string> sign_token(const KeySet& keys, const Claims& claims) {
    ENSURE(claims.expires_at - claims.issued_at <= limits::max_token_life);
    const Ed25519Key& key = keys.signing();
    const std::string header = R"({"alg":"EdDSA","kid":")" + key.id() + R"(","typ":"at+jwt"})";
    std::string token = base64url(header) + "." + base64url(write_claims(claims));
    token += "." + base64url(key.sign(token));
    if (token.size() > limits::max_token)
        return Problem{.slug = "token_too_large",
                       .detail = "The stations do not fit into one token."};
    return token;
}

TokenVerifier::TokenVerifier(std::shared_ptr<const KeySet> keys, std::string issuer,
                             std::string audience)
    : keys_(std::move(keys)), issuer_(std::move(issuer)), audience_(std::move(audience)) {
    ENSURE(keys_ != nullptr);
}

Result<Claims> TokenVerifier::verify(std::string_view token, Timestamp now) const {
    auto read = signed_claims(*keys_, token);
    if (const auto* fault = std::get_if<TokenFault>(&read)) return token_problem(*fault);
    auto& found = std::get<ReadClaims>(read);
    if (found.claims.issuer != issuer_) return token_problem(TokenFault::wrong_issuer);
    if (found.claims.audience != audience_) return token_problem(TokenFault::wrong_audience);
    if (const auto fault = time_fault(found, now)) return token_problem(*fault);
    return std::move(found.claims);
}

}  // namespace itn::identity
