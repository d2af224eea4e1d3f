#pragma once

// Secrets that we hand out and know again, API keys and refresh tokens: "<prefix>_<id>_<secret>".
//
//   id       12 of [0-9A-Za-z]: names the row, no secret
//   secret   43 of [0-9A-Za-z]: 256 random bits, of which only the SHA-256 is kept. They cannot be
//            guessed, so a slow hash would only cost us

#include <optional>
#include <string>
#include <string_view>

#include "common/identity/digest.h"

namespace itn::identity {

struct SecretText {
    std::string id{};
    std::string secret{};

    /// What is stored.
    Digest hash() const { return sha256(secret); }
    /// What the client gets, once.
    std::string text(std::string_view prefix) const;
    friend bool operator==(const SecretText&, const SecretText&) = default;
};

/// Throws std::runtime_error without randomness.
SecretText fresh_secret();
/// The same id with a new secret.
SecretText fresh_secret_for(std::string id);

/// Total over all texts.
std::optional<SecretText> parse_secret(std::string_view text, std::string_view prefix);

/// The 43 base-62 digits of a number of 256 bits, highest first.
std::string base62(Digest number);

}  // namespace itn::identity
