#pragma once

// Tokens with something wrong in them, most of them signed with the network's own key: whoever
// takes one did not look at what is wrong.

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "common/identity/key_set.h"

namespace itn::tests {

class Forger final {
public:
    /// From a token that is good, and both halves of the key that signed it.
    Forger(const std::string& good, const std::string& signing_pem, std::string public_pem);

    std::string with_header(const std::string& name, const nlohmann::json& value) const;
    std::string with_claim(const std::string& name, const nlohmann::json& value) const;
    std::string without_claim(const std::string& name) const;
    /// Its life ended so long ago.
    std::string late(std::chrono::seconds since) const;
    /// With alg "none" and nothing behind the last dot.
    std::string unsigned_one() const;
    /// With alg "HS256", by the public half as if it were a secret.
    std::string by_public_half() const;
    std::string by_another_key() const;
    std::string by_another_key_under_this_id() const;

    /// Seconds since 1970.
    static std::int64_t now();

private:
    identity::Ed25519Key key_;
    std::string public_pem_;
    nlohmann::json header_;
    nlohmann::json claims_;
};

}  // namespace itn::tests
