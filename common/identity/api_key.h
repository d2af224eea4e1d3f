#pragma once

// API keys "itn_<id>_<secret>": how machines sign in to REST. A key has an owner, scopes and an
// end; it is shown once and kept as a hash. It never opens a session.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/id.h"
#include "common/base/time.h"
#include "common/identity/permissions.h"
#include "common/identity/secret_text.h"

namespace itn::identity {

inline constexpr std::string_view api_key_prefix = "itn";

/// A key as its row knows it.
struct StoredApiKey {
    std::string id{};
    Principal owner{};
    Digest secret_hash{};
    Scopes scopes{};
    Timestamp expires_at{};
    bool revoked = false;
    friend bool operator==(const StoredApiKey&, const StoredApiKey&) = default;
};

/// What became of a presented key. For logs alone: clients hear 401 and nothing else.
enum class KeyVerdict : std::uint8_t { good, unknown, wrong_secret, revoked, expired };
std::string_view name(KeyVerdict verdict);

/// Whether the text claims to be a key at all, rather than a token.
bool looks_like_api_key(std::string_view text);
/// Total over all texts.
std::optional<SecretText> parse_api_key(std::string_view text);

/// Holds a presented key against the row of its id, nullopt when there is none. The secret is
/// compared in constant time, and also when there is no row.
KeyVerdict judge_api_key(const SecretText& presented, const std::optional<StoredApiKey>& stored,
                         Timestamp now);

/// What a key is given.
struct KeyTerms {
    Scopes scopes{};
    Timestamp expires_at{};
};
/// nullopt when a scope is not for machines, there is none, or the end lies behind `now` or too
/// far.
std::optional<KeyTerms> key_terms(Scopes wished, Timestamp expires_at, Timestamp now);

}  // namespace itn::identity
