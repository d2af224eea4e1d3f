#include "common/identity/base64url.h"

#include <array>

namespace itn::identity {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}
constexpr auto digits = digit_values();

}  // namespace

std::string base64url(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    unsigned waiting = 0;
    for (const std::uint8_t byte : bytes) {
        bits = bits << 8U | byte;
        for (waiting += 8; waiting >= 6;)
            text += alphabet[bits >> (waiting -= 6) & 63U];
    }
    if (waiting > 0) text += alphabet[bits << (6 - waiting) & 63U];
    return text;
}

std::string base64url(std::string_view bytes) {
    return base64url({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned waiting = 0;
    for (const char c : text) {
        const std::uint8_t value = digits[static_cast<std::uint8_t>(c)];
        if (value == no_digit) return std::nullopt;
        bits = bits << 6U | value;
        waiting += 6;
        if (waiting < 8) continue;
        waiting -= 8;
        bytes += static_cast<char>(bits >> waiting & 0xffU);
    }
    if ((bits & ((1U << waiting) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace itn::identity
