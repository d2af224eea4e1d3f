#include "common/identity/key_set.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/base/limits.h"
#include "common/identity/digest.h"

namespace itn::identity {

namespace {

Problem keys_problem(std::string detail) {
    return {.slug = "keys", .detail = std::move(detail)};
}

/// A descriptor that is closed with its scope.
class OpenFile final {
public:
    explicit OpenFile(const std::filesystem::path& path)
        : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~OpenFile() {
        if (fd_ >= 0) close(fd_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    /// Whole regular files of a reasonable size only.
    std::optional<std::string> text() const {
        struct stat facts {};
        if (fd_ < 0 || fstat(fd_, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
        std::string text(limits::max_key_file + 1, '\0');
        const ssize_t size = read(fd_, text.data(), text.size());
        if (size < 0 || static_cast<std::size_t>(size) > limits::max_key_file) return std::nullopt;
        text.resize(static_cast<std::size_t>(size));
        return text;
    }
    bool open_to_others() const {
        struct stat facts {};
        return fstat(fd_, &facts) != 0 || (facts.st_mode & S_IRWXO) != 0;
    }

private:
    int fd_;
};

Result<Ed25519Key> load_key(const std::filesystem::path& path) {
    const OpenFile file(path);
    auto pem = file.text();
    if (!pem) return keys_problem(path.string() + " cannot be read");
    auto key = Ed25519Key::from_pem(*pem);
    wipe(*pem);
    if (!key) return keys_problem(path.string() + " holds no Ed25519 key in PEM");
    if (key->can_sign() && file.open_to_others())
        return keys_problem(path.string() + " is a private key that anybody may touch: chmod 600");
    return std::move(*key);
}

}  // namespace

Result<KeySet> KeySet::of(std::vector<Ed25519Key> keys, KeyUse use) {
    if (keys.empty()) return keys_problem("there is no key");
    if (keys.size() > limits::max_token_keys)
        return keys_problem("more than " + std::to_string(limits::max_token_keys) + " keys");
    if (use == KeyUse::sign && !keys.front().can_sign())
        return keys_problem("the first key is not a private one");
    for (auto key = keys.begin(); key != keys.end(); ++key) {
        const auto same = [&](const Ed25519Key& other) { return other.id() == key->id(); };
        if (std::any_of(keys.begin(), key, same))
            return keys_problem("the key " + key->id() + " is there twice");
    }
    return KeySet(std::move(keys));
}

const Ed25519Key* KeySet::find(std::string_view id) const {
    const auto found = std::ranges::find(keys_, id, &Ed25519Key::id);
    return found == keys_.end() ? nullptr : &*found;
}

std::string KeySet::jwks() const {
    std::string rows;
    for (const auto& key : keys_) {
        rows += rows.empty() ? "" : ",";
        rows += R"({"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":")" + key.id() +
                R"(","x":")" + key.x() + R"("})";
    }
    return R"({"keys":[)" + rows + "]}";
}

Result<KeySet> load_keys(const std::vector<std::filesystem::path>& files, KeyUse use) {
    std::vector<Ed25519Key> keys;
    for (const auto& file : files) {
        auto key = load_key(file);
        if (!key) return key.problem();
        keys.push_back(std::move(*key));
    }
    return KeySet::of(std::move(keys), use);
}

}  // namespace itn::identity
