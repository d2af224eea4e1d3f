#include "common/gateway/token_settings.h"

#include <filesystem>
#include <stdexcept>
#include <utility>
#include <vector>

namespace itn::gateway {

namespace {

std::vector<std::filesystem::path> paths_of(const std::string& text) {
    std::vector<std::filesystem::path> paths;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        if (end > at) paths.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return paths;
}

}  // namespace

TokenSettings::TokenSettings(runtime::Config& config) {
    config.text("token-keys", key_files,
                "PEM files of the keys of access tokens, with commas between; the first signs.");
    config.text("token-issuer", issuer, "Who issues access tokens: their iss.");
    config.text("token-audience", audience, "Whom access tokens are for: their aud.");
}

std::shared_ptr<const identity::KeySet> TokenSettings::load(identity::KeyUse use) const {
    auto keys = identity::load_keys(paths_of(key_files), use);
    if (!keys) throw std::runtime_error("--token-keys: " + keys.problem().detail);
    return std::make_shared<const identity::KeySet>(std::move(keys).value());
}

}  // namespace itn::gateway
