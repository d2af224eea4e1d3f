#include "common/wire/ids.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "common/base/ensure.h"
#include "common/base/hex.h"
#include "common/base/limits.h"

namespace itn::wire {

namespace {

using Digest = std::array<std::uint8_t, 32>;
constexpr std::string_view hex_digits = "0123456789abcdef";

Digest sha256(std::string_view bytes) {
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    ENSURE(algorithm != nullptr);
    Digest digest{};
    unsigned int length = 0;
    ENSURE(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, algorithm, nullptr) == 1);
    ENSURE(length == digest.size());
    return digest;
}

std::uint8_t nibble(char c) {
    return static_cast<std::uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

constexpr std::array<std::size_t, 4> dashes = {8, 13, 18, 23};

bool is_dash(std::size_t i) {
    return std::ranges::find(dashes, i) != dashes.end();
}

std::uint16_t first_two_bytes(const std::uint8_t* bytes) {
    return static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
}

/// The 48 bits of milliseconds of a UUIDv7.
std::optional<std::array<std::uint8_t, 6>> time_of(std::string_view key) {
    if (!is_uuid(key) || key[14] != '7') return std::nullopt;
    std::array<std::uint8_t, 6> time{};
    for (std::size_t i = 0, at = 0; i < time.size(); ++i, at += 2) {
        if (is_dash(at)) ++at;
        time[i] = static_cast<std::uint8_t>(nibble(key[at]) << 4 | nibble(key[at + 1]));
    }
    return time;
}

std::string uuid_text(const std::array<std::uint8_t, 16>& bytes) {
    std::string text;
    text.reserve(36);
    for (const std::uint8_t byte : bytes) {
        if (is_dash(text.size())) text += '-';
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 15];
    }
    return text;
}

/// 16 bits shard, 32 bits time, version, 12 bits time, variant, 4 bits time, 58 bits hash.
std::string uuid_v8(std::uint16_t shard, std::string_view hashed, std::string_view key) {
    const Digest hash = sha256(hashed);
    std::array<std::uint8_t, 6> time{};
    std::copy_n(hash.begin() + 16, time.size(), time.begin());
    if (const auto known = time_of(key)) time = *known;
    std::array<std::uint8_t, 16> id{};
    std::copy_n(hash.begin(), id.size(), id.begin());
    id[0] = static_cast<std::uint8_t>(shard >> 8);
    id[1] = static_cast<std::uint8_t>(shard);
    std::copy_n(time.begin(), 4, id.begin() + 2);
    id[6] = static_cast<std::uint8_t>(0x80 | time[4] >> 4);
    id[7] = static_cast<std::uint8_t>((time[4] & 15) << 4 | time[5] >> 4);
    id[8] = static_cast<std::uint8_t>(0x80 | (time[5] & 15) << 2 | (id[8] & 3));
    return uuid_text(id);
}

}  // namespace

bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    std::size_t begin = 0;
    for (const std::size_t dash : dashes) {
        if (text[dash] != '-') return false;
        if (!is_hex(text.substr(begin, dash - begin))) return false;
        begin = dash + 1;
    }
    return is_hex(text.substr(begin));
}

bool is_slug(std::string_view text) {
    if (text.empty() || text.size() > limits::max_slug || is_uuid(text)) return false;
    if (text.front() == '-' || text.front() == '_') return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool is_command_id(std::string_view text) {
    return !text.empty() && text.size() <= limits::max_command_id &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::uint16_t shard_hash(std::string_view slug) {
    return first_two_bytes(sha256(slug).data());
}

std::uint16_t shard_hash_of_subject(std::string_view subject) {
    if (!is_uuid(subject)) return shard_hash(subject.substr(0, subject.find('/')));
    const std::array<std::uint8_t, 2> bytes = {
        static_cast<std::uint8_t>(nibble(subject[0]) << 4 | nibble(subject[1])),
        static_cast<std::uint8_t>(nibble(subject[2]) << 4 | nibble(subject[3]))};
    return first_two_bytes(bytes.data());
}

Lane lane_of(const domain::Command& command, std::uint16_t shards) {
    std::string_view subject = command.subject;
    if (const auto* load = std::get_if<domain::LoadCargo>(&command.body)) {
        subject = load->shipment ? load->shipment->text() : load->trade.text();
    } else if (const auto* unload = std::get_if<domain::UnloadCargo>(&command.body)) {
        subject = unload->shipment ? unload->shipment->text() : unload->trade.text();
    }
    return Lane{.family = domain::family_of(command.kind),
                .shard = static_cast<std::uint16_t>(shard_hash_of_subject(subject) % shards)};
}

std::string derive_id(const StationId& station, const Principal& principal, std::string_view key) {
    std::string hashed = station.text();
    (((hashed += '\n') += principal.text()) += '\n') += key;
    return uuid_v8(shard_hash(station.text()), hashed, key);
}

std::string derive_id_beside(std::string_view subject, std::string_view key) {
    std::string hashed(subject);
    (hashed += '\n') += key;
    return uuid_v8(shard_hash_of_subject(subject), hashed, key);
}

std::string sha256_hex(std::string_view bytes) {
    std::string text;
    text.reserve(64);
    for (const std::uint8_t byte : sha256(bytes)) {
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 15];
    }
    return text;
}

}  // namespace itn::wire
