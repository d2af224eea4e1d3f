#pragma once

// The settings of every process that knows access tokens, declared once. A key that others may read
// is refused, and so is a process without keys: it ends rather than to guess.

#include <memory>
#include <string>

#include "common/identity/key_set.h"
#include "common/runtime/config.h"

namespace itn::gateway {

struct TokenSettings {
    /// Declares token-keys, token-issuer and token-audience.
    explicit TokenSettings(runtime::Config& config);

    /// Throws std::runtime_error that names what is wrong with the files.
    std::shared_ptr<const identity::KeySet> load(identity::KeyUse use) const;

    std::string key_files{};  // paths with commas between, the signing one first
    std::string issuer = "itn";
    std::string audience = "itn";
};

}  // namespace itn::gateway
