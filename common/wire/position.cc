#include "common/wire/position.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "common/base/limits.h"

namespace itn::wire {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view prefix = "v1.";
constexpr std::uint64_t families = 4;
constexpr std::size_t max_epoch = 64;
/// An index of two bytes and a seq of nine for every lane there can be, in base64.
constexpr std::size_t max_text =
    prefix.size() + max_epoch + 1 + families * limits::max_shards * 11 * 4 / 3 + 2;

void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(0x80 | (value & 0x7F));
    out += static_cast<char>(value);
}

/// Only the shortest form of a value below 2^63.
std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if (byte >= 0x80) continue;
        if (byte == 0 && shift > 0) return std::nullopt;
        return value;
    }
    return std::nullopt;
}

std::string to_base64(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6)
            text += alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0) text += alphabet[bits << (6 - count) & 63];
    return text;
}

/// Only what to_base64() makes.
std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == alphabet.npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count & 0xFF);
    }
    const bool padded = count < 6 && (bits & ((1U << count) - 1)) == 0;
    return padded ? std::optional(bytes) : std::nullopt;
}

std::uint64_t index_of(const Lane& lane) {
    return lane.shard * families + static_cast<std::uint64_t>(lane.family);
}

bool is_epoch(std::string_view text) {
    return !text.empty() && text.size() <= max_epoch &&
           text.find_first_not_of(alphabet) == text.npos;
}

Problem invalid(std::string detail) {
    return Problem{.slug = "invalid_position", .detail = std::move(detail), .faults = {}};
}

}  // namespace

std::string render(const Position& position) {
    std::vector<std::pair<std::uint64_t, std::int64_t>> pairs;
    for (const auto& [lane, seq] : position.seqs) {
        if (seq > 0) pairs.emplace_back(index_of(lane), seq);
    }
    std::ranges::sort(pairs);
    std::string bytes;
    for (const auto& [index, seq] : pairs) {
        put_varint(bytes, index);
        put_varint(bytes, static_cast<std::uint64_t>(seq));
    }
    return std::string(prefix) + position.epoch + '.' + to_base64(bytes);
}

Result<Position> parse_position(std::string_view text) {
    if (text.size() > max_text) return invalid("longer than a position can be");
    if (!text.starts_with(prefix)) return invalid("does not start with v1.");
    text.remove_prefix(prefix.size());
    const auto dot = text.find('.');
    if (dot == text.npos || !is_epoch(text.substr(0, dot))) return invalid("no epoch");
    Position position{.epoch = std::string(text.substr(0, dot)), .seqs = {}};
    const auto decoded = from_base64(text.substr(dot + 1));
    if (!decoded) return invalid("no base64url without padding");
    std::string_view bytes = *decoded;
    std::optional<std::uint64_t> last;
    while (!bytes.empty()) {
        const auto index = take_varint(bytes);
        const auto seq = take_varint(bytes);
        if (!index || !seq || *seq == 0) return invalid("no pairs of lane and seq");
        if (*index >= families * limits::max_shards) return invalid("no such lane");
        if (last && *index <= *last) return invalid("lanes out of order");
        last = index;
        const Lane lane{.family = static_cast<Family>(*index % families),
                        .shard = static_cast<std::uint16_t>(*index / families)};
        position.seqs.emplace(lane, static_cast<std::int64_t>(*seq));
    }
    return position;
}

}  // namespace itn::wire
