#pragma once

// Query parameters, strictly: each at most once, none that the route does not know, and a wrong
// value is a problem that names its parameter. A Query collects what is wrong while it is read;
// whoever reads asks for problem() before using anything.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/cursor.h"
#include "api/front/front.h"
#include "common/base/id.h"
#include "common/base/limits.h"
#include "common/base/result.h"
#include "common/base/time.h"

namespace itn::api {

/// Problem unknown_parameter, or invalid_parameter for one that is there twice.
std::optional<Problem> parameter_problem(const front::Request& request,
                                         std::span<const std::string_view> known);

/// What a date without a time means: as a lower bound its first moment, as an upper one the first
/// moment of the next day.
enum class Edge : std::uint8_t { from, to };

/// Whether a time lies within 1970 to 9999, as in bodies: others cannot be written as RFC 3339.
bool is_in_range(Timestamp at);

class Query final {
public:
    explicit Query(const front::Request& request) : request_(request) {}

    /// 1..limits::max_page.
    std::size_t limit(std::size_t fallback = limits::default_page);
    /// RFC 3339 or YYYY-MM-DD, within 1970 to 9999.
    std::optional<Timestamp> time(std::string_view name, Edge edge);
    std::optional<std::string> slug(std::string_view name);
    /// The key in `cursor`.
    std::optional<CursorKey> cursor(std::string_view list, std::size_t parts);
    /// Any text; "" is a fault.
    std::optional<std::string_view> text(std::string_view name);
    /// What `parse` makes of the text, which returns an optional.
    template <class Parse>
    auto parsed(std::string_view name, Parse parse) -> decltype(parse(std::string_view{})) {
        const auto given = text(name);
        if (!given) return std::nullopt;
        auto value = parse(*given);
        if (!value) fault(name, "has a value that is not known");
        return value;
    }

    /// nullopt when everything read so far is well.
    const std::optional<Problem>& problem() const { return problem_; }
    void fault(std::string_view name, std::string_view what);

private:
    const front::Request& request_;
    std::optional<Problem> problem_;
};

}  // namespace itn::api
