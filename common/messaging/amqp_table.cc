#include "common/messaging/amqp_table.h"

#include <amqp.h>
#include <amqp_framing.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/limits.h"

namespace itn::messaging {

namespace {

std::uint32_t unsigned_at(std::span<const char> bytes, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// Size of a field's value when its kind alone decides it.
std::optional<std::size_t> fixed_size(char kind) {
    switch (kind) {
        case 't':
        case 'b':
        case 'B':
            return 1;
        case 's':
        case 'u':
            return 2;
        case 'I':
        case 'i':
        case 'f':
            return 4;
        case 'D':
            return 5;
        case 'l':
        case 'L':
        case 'd':
        case 'T':
            return 8;
        case 'V':
            return 0;
        default:
            return std::nullopt;
    }
}

bool skip(std::span<const char>& rest, std::size_t count) {
    if (rest.size() < count) return false;
    rest = rest.subspan(count);
    return true;
}

bool skip_short_string(std::span<const char>& rest) {
    return !rest.empty() && skip(rest, 1 + unsigned_at(rest, 1));
}

/// One table or array that is being looked through.
struct Level {
    std::span<const char> rest;
    bool named = false;  // a table's fields have names
};

/// Opens the table or array that `rest` begins with and takes it off `rest`.
std::optional<Level> open_level(std::span<const char>& rest, bool named) {
    if (rest.size() < 4) return std::nullopt;
    const std::size_t size = unsigned_at(rest, 4);
    if (rest.size() - 4 < size) return std::nullopt;
    const Level level{.rest = rest.subspan(4, size), .named = named};
    rest = rest.subspan(4 + size);
    return level;
}

/// Takes one field off the innermost level; false when it is broken.
bool take_field(std::vector<Level>& levels) {
    auto& rest = levels.back().rest;
    if (levels.back().named && !skip_short_string(rest)) return false;
    if (rest.empty()) return false;
    const char kind = rest.front();
    rest = rest.subspan(1);
    if (const auto size = fixed_size(kind)) return skip(rest, *size);
    if (kind == 'S' || kind == 'x') {
        return rest.size() >= 4 && skip(rest, std::size_t(4) + unsigned_at(rest, 4));
    }
    if (kind != 'F' && kind != 'A') return false;
    const auto inner = open_level(rest, kind == 'F');
    if (!inner || levels.size() >= limits::max_amqp_table_depth) return false;
    levels.push_back(*inner);
    return true;
}

}  // namespace

bool is_sane_table(std::span<const char> encoded) {
    const auto outer = open_level(encoded, true);
    if (!outer) return false;
    std::vector<Level> levels = {*outer};
    while (!levels.empty()) {
        if (levels.back().rest.empty()) {
            levels.pop_back();
        } else if (!take_field(levels)) {
            return false;
        }
    }
    return true;
}

bool are_sane_properties(std::span<const char> encoded) {
    if (encoded.size() < 2) return false;
    const std::uint32_t flags = unsigned_at(encoded, 2);
    // The lowest bit announces another word of flags, which class basic does not have.
    if ((flags & 1) != 0) return false;
    auto rest = encoded.subspan(2);
    if ((flags & AMQP_BASIC_CONTENT_TYPE_FLAG) != 0 && !skip_short_string(rest)) return false;
    if ((flags & AMQP_BASIC_CONTENT_ENCODING_FLAG) != 0 && !skip_short_string(rest)) return false;
    return (flags & AMQP_BASIC_HEADERS_FLAG) == 0 || is_sane_table(rest);
}

}  // namespace itn::messaging
