#include "common/identity/password.h"

#include <argon2.h>

#include <array>
#include <charconv>
#include <stdexcept>

#include "common/base/limits.h"
#include "common/identity/base64url.h"
#include "common/identity/digest.h"

namespace itn::identity {

namespace {

constexpr std::size_t salt_size = 16;

struct Costs {
    std::uint32_t memory_kib = limits::argon2_memory_kib;
    std::uint32_t passes = limits::argon2_passes;
    std::uint32_t lanes = limits::argon2_lanes;
    friend bool operator==(const Costs&, const Costs&) = default;
};

bool skip(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

bool skip_number(std::string_view& text, std::uint32_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

std::optional<Costs> costs_of(std::string_view phc) {
    Costs costs;
    const bool read = phc.size() <= limits::max_password_hash && skip(phc, "$argon2id$v=19$m=") &&
                      skip_number(phc, costs.memory_kib) && skip(phc, ",t=") &&
                      skip_number(phc, costs.passes) && skip(phc, ",p=") &&
                      skip_number(phc, costs.lanes) && skip(phc, "$");
    const bool bearable = costs.memory_kib <= limits::max_argon2_memory_kib &&
                          costs.passes <= limits::max_argon2_passes &&
                          costs.lanes == limits::argon2_lanes;
    return read && bearable ? std::optional(costs) : std::nullopt;
}

/// A hash that no password has been seen to have, made without the work of making one.
std::string decoy() {
    const auto random_base64 = [](std::size_t size) {
        const Digest random = random_256();
        auto text = base64url(std::span(random).first(size));
        for (char& c : text) {
            if (c == '-') c = '+';
            if (c == '_') c = '/';
        }
        return text;
    };
    return "$argon2id$v=19$m=" + std::to_string(limits::argon2_memory_kib) +
           ",t=" + std::to_string(limits::argon2_passes) +
           ",p=" + std::to_string(limits::argon2_lanes) + "$" + random_base64(salt_size) + "$" +
           random_base64(Digest{}.size());
}

bool matches(const std::string& phc, std::string_view password) {
    const int code = argon2id_verify(phc.c_str(), password.data(), password.size());
    if (code == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::runtime_error("no memory for argon2");
    return code == ARGON2_OK;
}

}  // namespace

std::string hash_password(std::string_view password) {
    const Digest salt = random_256();
    std::array<char, limits::max_password_hash + 1> phc{};
    const int code = argon2id_hash_encoded(
        limits::argon2_passes, limits::argon2_memory_kib, limits::argon2_lanes, password.data(),
        password.size(), salt.data(), salt_size, Digest{}.size(), phc.data(), phc.size());
    if (code != ARGON2_OK) throw std::runtime_error(argon2_error_message(code));
    return phc.data();
}

bool verify_password(const std::optional<std::string>& stored, std::string_view password) {
    const bool known = stored && costs_of(*stored);
    const bool fits = matches(known ? *stored : decoy(), password);
    return known && fits;
}

bool needs_rehash(std::string_view stored) {
    const auto costs = costs_of(stored);
    return !costs || *costs != Costs{};
}

}  // namespace itn::identity
