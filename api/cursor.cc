#include "api/cursor.h"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "common/wire/ids.h"

namespace itn::api {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t checksum_size = 16;

std::string base64url(std::string_view bytes) {
    std::string out;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : bytes) {
        held = held << 8U | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 6; bits -= 6)
            out += alphabet[held >> (bits - 6) & 0x3fU];
    }
    if (bits > 0) out += alphabet[held << (6 - bits) & 0x3fU];
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string out;
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        held = held << 6U | static_cast<std::uint32_t>(digit);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(held >> bits & 0xffU);
    }
    return out;
}

std::string checksum(std::string_view payload) {
    return wire::sha256_hex("itn cursor " + std::string(payload)).substr(0, checksum_size);
}

}  // namespace

std::string render_cursor(std::string_view list, const CursorKey& key) {
    auto json = nlohmann::json::array({list});
    for (const auto& part : key)
        json.push_back(part);
    const auto payload = json.dump();
    return base64url(checksum(payload) + payload);
}

std::optional<CursorKey> parse_cursor(std::string_view list, std::string_view text,
                                      std::size_t parts) {
    if (text.size() > limits::max_cursor) return std::nullopt;
    const auto bytes = from_base64url(text);
    // Bits that carry nothing are zero: a cursor has one form.
    if (!bytes || bytes->size() < checksum_size || base64url(*bytes) != text) return std::nullopt;
    const auto payload = std::string_view(*bytes).substr(checksum_size);
    if (checksum(payload) != std::string_view(*bytes).substr(0, checksum_size)) return std::nullopt;
    const auto json = nlohmann::json::parse(payload, nullptr, false);
    if (!json.is_array() || json.size() != parts + 1) return std::nullopt;
    CursorKey key;
    for (const auto& part : json) {
        if (!part.is_string()) return std::nullopt;
        key.push_back(part.get<std::string>());
    }
    if (key.front() != list) return std::nullopt;
    key.erase(key.begin());
    return key;
}

}  // namespace itn::api
