#include "common/identity/secret_text.h"

#include <algorithm>

namespace itn::identity {

namespace {

constexpr std::string_view digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t id_size = 12;
constexpr std::size_t secret_size = 43;

bool is_base62(std::string_view text) {
    return std::ranges::all_of(text,
                               [](char c) { return digits.find(c) != std::string_view::npos; });
}

/// Divides the number, whose highest byte comes first, by 62 and gives the rest.
std::uint32_t divide(Digest& number) {
    std::uint32_t rest = 0;
    for (std::uint8_t& byte : number) {
        const std::uint32_t part = rest << 8U | byte;
        byte = static_cast<std::uint8_t>(part / 62);
        rest = part % 62;
    }
    return rest;
}

}  // namespace

std::string base62(Digest number) {
    std::string text(secret_size, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit)
        *digit = digits[divide(number)];
    return text;
}

std::string SecretText::text(std::string_view prefix) const {
    return std::string(prefix) + "_" + id + "_" + secret;
}

SecretText fresh_secret() {
    // The lowest digits: the highest are not evenly spread.
    return fresh_secret_for(base62(random_256()).substr(secret_size - id_size));
}

SecretText fresh_secret_for(std::string id) {
    return {.id = std::move(id), .secret = base62(random_256())};
}

std::optional<SecretText> parse_secret(std::string_view text, std::string_view prefix) {
    if (text.size() != prefix.size() + 1 + id_size + 1 + secret_size) return std::nullopt;
    if (!text.starts_with(prefix)) return std::nullopt;
    const auto rest = text.substr(prefix.size());
    const auto id = rest.substr(1, id_size);
    const auto secret = rest.substr(id_size + 2);
    if (rest[0] != '_' || rest[id_size + 1] != '_' || !is_base62(id) || !is_base62(secret))
        return std::nullopt;
    return SecretText{.id = std::string(id), .secret = std::string(secret)};
}

}  // namespace itn::identity
