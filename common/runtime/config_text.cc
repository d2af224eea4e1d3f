#include "common/runtime/config_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "common/runtime/config.h"

namespace itn::runtime {

namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};

/// Largest first.
constexpr std::array<Unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

}  // namespace

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string out;
    for (const auto& word : words) {
        if (!out.empty()) out += between;
        out += word;
    }
    return out;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return value;
}

std::optional<bool> parse_bool(std::string_view text) {
    for (const auto* word : {"true", "1", "yes", "on"})
        if (text == word) return true;
    for (const auto* word : {"false", "0", "no", "off"})
        if (text == word) return false;
    return std::nullopt;
}

std::string environment_name(std::string_view setting) {
    std::string name = "ITN_";
    for (const char c : setting)
        name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
    const auto count = parse_integer(text.substr(0, digits));
    if (!count) return std::nullopt;
    for (const auto& unit : units) {
        if (unit.name != text.substr(digits)) continue;
        std::int64_t product = 0;
        if (__builtin_mul_overflow(*count, unit.milliseconds, &product)) return std::nullopt;
        return milliseconds(product);
    }
    return std::nullopt;
}

std::string print_duration(milliseconds duration) {
    const auto count = duration.count();
    if (count == 0) return "0s";
    for (const auto& unit : units)
        if (count % unit.milliseconds == 0)
            return std::to_string(count / unit.milliseconds) + std::string(unit.name);
    return std::to_string(count) + "ms";
}

std::string masked(std::string_view secret) {
    if (secret.empty()) return {};
    const auto scheme = secret.find("://");
    if (scheme == std::string_view::npos) return "***";
    const auto authority_end = secret.find_first_of("/?#", scheme + 3);
    const auto at = secret.substr(0, authority_end).rfind('@');
    // A password in the query ("?password=") or an unescaped '/' in it: rather hide too much.
    if (secret.find("password=") != std::string_view::npos ||
        (at == std::string_view::npos && secret.find('@') != std::string_view::npos))
        return "***";
    if (at == std::string_view::npos) return std::string(secret);
    const auto colon = secret.find(':', scheme + 3);
    if (colon == std::string_view::npos || colon > at) return std::string(secret);
    return std::string(secret.substr(0, colon + 1)) + "***" + std::string(secret.substr(at));
}

}  // namespace itn::runtime
