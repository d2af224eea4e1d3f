#include "common/identity/api_key.h"

#include <array>

#include "common/base/limits.h"

namespace itn::identity {

namespace {

constexpr auto verdict_names =
    std::to_array<std::string_view>({"good", "unknown", "wrong_secret", "revoked", "expired"});

}  // namespace

std::string_view name(KeyVerdict verdict) {
    return verdict_names[static_cast<std::size_t>(verdict)];
}

bool looks_like_api_key(std::string_view text) {
    return text.starts_with(api_key_prefix) && text.substr(api_key_prefix.size()).starts_with('_');
}

std::optional<SecretText> parse_api_key(std::string_view text) {
    return parse_secret(text, api_key_prefix);
}

KeyVerdict judge_api_key(const SecretText& presented, const std::optional<StoredApiKey>& stored,
                         Timestamp now) {
    const Digest expected = stored ? stored->secret_hash : Digest{};
    const bool fits = equal_in_constant_time(presented.hash(), expected);
    if (!stored || stored->id != presented.id) return KeyVerdict::unknown;
    if (!fits) return KeyVerdict::wrong_secret;
    if (stored->revoked) return KeyVerdict::revoked;
    return stored->expires_at <= now ? KeyVerdict::expired : KeyVerdict::good;
}

std::optional<KeyTerms> key_terms(Scopes wished, Timestamp expires_at, Timestamp now) {
    if (wished.empty() || !machine_scopes.contains_all(wished)) return std::nullopt;
    if (expires_at <= now || expires_at > now + limits::max_api_key_life) return std::nullopt;
    return KeyTerms{.scopes = wished, .expires_at = expires_at};
}

}  // namespace itn::identity
