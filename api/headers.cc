#include "api/headers.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "common/base/limits.h"
#include "common/wire/ids.h"

namespace itn::api {

namespace {

bool same_text(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_utf8_charset(std::string_view parameter) {
    const auto name = next_part(parameter, '=');
    auto value = trimmed(parameter);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return same_text(name, "charset") && same_text(value, "utf-8");
}

/// The inside of a structured-field string (RFC 8941); nullopt when it is malformed.
std::optional<std::string> unquoted(std::string_view text) {
    if (text.size() < 2 || text.back() != '"') return std::nullopt;
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '"') return std::nullopt;
        if (text[i] == '\\' && (++i + 1 >= text.size() || (text[i] != '"' && text[i] != '\\')))
            return std::nullopt;
        out += text[i];
    }
    return out;
}

std::size_t count_headers(const front::Request& request, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(
        request.headers, [&](const auto& header) { return same_text(header.first, name); }));
}

std::optional<std::chrono::seconds> wait_of(std::string_view preference) {
    if (!same_text(next_part(preference, '='), "wait")) return std::nullopt;
    const auto digits = trimmed(preference.substr(0, preference.find(';')));
    std::uint32_t seconds = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (end != digits.data() + digits.size()) return std::nullopt;
    if (error == std::errc::result_out_of_range) return limits::max_prefer_wait;
    if (error != std::errc{} || seconds == 0) return std::nullopt;
    return std::min<std::chrono::seconds>(std::chrono::seconds(seconds), limits::max_prefer_wait);
}

}  // namespace

std::string_view next_part(std::string_view& rest, char mark) {
    const auto at = rest.find(mark);
    const auto part = trimmed(rest.substr(0, at));
    rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
    return part;
}

std::optional<std::string> joined_header(const front::Request& request, std::string_view name) {
    std::optional<std::string> all;
    for (const auto& [given, value] : request.headers) {
        if (!same_text(given, name)) continue;
        all = all ? *all + "," + value : value;
    }
    return all;
}

bool is_content_type(std::optional<std::string_view> header, std::string_view type) {
    if (!header) return false;
    auto rest = *header;
    if (!same_text(next_part(rest, ';'), type)) return false;
    return trimmed(rest).empty() || is_utf8_charset(rest);
}

std::optional<Problem> content_type_problem(const front::Request& request, Body body) {
    const auto given = request.header("content-type");
    if (body == Body::none) return std::nullopt;
    const auto encoding = request.header("content-encoding");
    if (encoding && !same_text(trimmed(*encoding), "identity"))
        return Problem{.slug = "unsupported_media_type",
                       .detail = "The body must be sent as it is, without Content-Encoding.",
                       .faults = {}};
    std::string_view expected = "application/json";
    switch (body) {
        case Body::none:
        case Body::json:
            break;
        case Body::json_or_ndjson:
            if (is_ndjson(request)) return std::nullopt;
            break;
        case Body::merge_patch:
            expected = "application/merge-patch+json";
            break;
        case Body::form:
            expected = "application/x-www-form-urlencoded";
            break;
    }
    if (is_content_type(given, expected)) return std::nullopt;
    return Problem{.slug = "unsupported_media_type",
                   .detail = "The body must be " + std::string(expected) + ".",
                   .faults = {}};
}

bool is_ndjson(const front::Request& request) {
    return is_content_type(request.header("content-type"), "application/x-ndjson");
}

Result<std::string> idempotency_key(const front::Request& request) {
    const auto given = request.header("idempotency-key");
    if (!given) return std::string();
    std::optional<std::string> key;
    if (given->starts_with('"'))
        key = unquoted(*given);
    else
        key = std::string(*given);
    if (key && wire::is_command_id(*key) && count_headers(request, "idempotency-key") == 1)
        return *std::move(key);
    return Problem{.slug = "invalid_idempotency_key",
                   .detail =
                       "Idempotency-Key must be one value of 1 to 255 visible ASCII "
                       "characters, bare or in double quotes.",
                   .faults = {}};
}

std::optional<std::chrono::seconds> preferred_wait(const front::Request& request) {
    for (const auto& [name, value] : request.headers) {
        if (!same_text(name, "prefer")) continue;
        std::string_view rest = value;
        while (!rest.empty())
            if (const auto wait = wait_of(next_part(rest, ','))) return wait;
    }
    return std::nullopt;
}

}  // namespace itn::api
