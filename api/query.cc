#include "api/query.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "common/wire/ids.h"

namespace itn::api {

namespace {

constexpr std::size_t date_size = 10;
constexpr Timestamp first_time = std::chrono::sys_days(std::chrono::year(1970) / 1 / 1);
constexpr Timestamp last_time = Timestamp(std::chrono::sys_days(std::chrono::year(10000) / 1 / 1)) -
                                std::chrono::microseconds(1);

/// Midnight of "2026-11-20".
std::optional<Timestamp> date_from(std::string_view text) {
    if (text.size() != date_size) return std::nullopt;
    return from_rfc3339(std::string(text) + "T00:00:00Z");
}

}  // namespace

bool is_in_range(Timestamp at) {
    return at >= first_time && at <= last_time;
}

std::optional<Problem> parameter_problem(const front::Request& request,
                                         std::span<const std::string_view> known) {
    for (auto it = request.query.begin(); it != request.query.end(); ++it) {
        const auto& name = it->first;
        if (std::ranges::find(known, std::string_view(name)) == known.end())
            return Problem{.slug = "unknown_parameter",
                           .detail = "This path knows no parameter \"" + name + "\".",
                           .faults = {}};
        const auto is_same = [&](const auto& other) { return other.first == name; };
        if (std::any_of(request.query.begin(), it, is_same))
            return Problem{.slug = "invalid_parameter",
                           .detail = "The parameter " + name + " is there twice.",
                           .faults = {}};
    }
    return std::nullopt;
}

void Query::fault(std::string_view name, std::string_view what) {
    if (!problem_) problem_ = Problem{.slug = "invalid_parameter", .detail = {}, .faults = {}};
    if (!problem_->detail.empty()) problem_->detail += ' ';
    problem_->detail.append("The parameter ").append(name).append(" ").append(what).append(".");
}

std::optional<std::string_view> Query::text(std::string_view name) {
    const auto given = request_.query_value(name);
    if (!given) return std::nullopt;
    if (given->empty()) {
        fault(name, "is empty");
        return std::nullopt;
    }
    return given;
}

std::size_t Query::limit(std::size_t fallback) {
    const auto given = text("limit");
    if (!given) return fallback;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), limit);
    if (error == std::errc{} && end == given->data() + given->size() && limit >= 1 &&
        limit <= limits::max_page)
        return limit;
    fault("limit", "must be a number from 1 to " + std::to_string(limits::max_page));
    return fallback;
}

std::optional<Timestamp> Query::time(std::string_view name, Edge edge) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto date = date_from(*given);
    const auto at = date ? date : from_rfc3339(*given);
    if (at && is_in_range(*at))
        return date && edge == Edge::to ? std::min(*at + std::chrono::days(1), last_time) : *at;
    fault(name,
          at ? "lies outside 1970 to 9999" : "must be a time (RFC 3339) or a date (YYYY-MM-DD)");
    return std::nullopt;
}

std::optional<std::string> Query::slug(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    if (wire::is_slug(*given)) return std::string(*given);
    fault(name, "must be an id");
    return std::nullopt;
}

std::optional<CursorKey> Query::cursor(std::string_view list, std::size_t parts) {
    const auto given = text("cursor");
    if (!given) return std::nullopt;
    auto key = parse_cursor(list, *given, parts);
    if (!key && !problem_)
        problem_ = Problem{.slug = "invalid_cursor",
                           .detail = "The cursor is not one that this list gave.",
                           .faults = {}};
    return key;
}

}  // namespace itn::api
