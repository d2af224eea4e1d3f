#pragma once

// Keys and tokens for tests: a known key, claims that hold, and tokens of any shape with a good
// signature.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "common/identity/token.h"

namespace itn::identity::tests {

inline const Timestamp now{std::chrono::seconds(1'900'000'000)};

/// The key of RFC 8037, appendix A.
Ed25519Key known_key();
Ed25519Key fresh_key();
std::shared_ptr<const KeySet> key_set(std::vector<Ed25519Key> keys);

/// Claims that hold at `now`.
Claims good_claims();
/// Of `good_claims`.
TokenVerifier verifier(std::shared_ptr<const KeySet> keys);

/// Any two JSON texts, signed with `key`.
std::string signed_token(const Ed25519Key& key, std::string_view header, std::string_view claims);
/// The header that `key`'s tokens have.
std::string good_header(const Ed25519Key& key);

/// The fault's name, or "ok".
std::string verdict(const Result<Claims>& result);

}  // namespace itn::identity::tests
