#pragma once

// Wall-clock times are UTC with microseconds, as Postgres keeps them; text is RFC 3339.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace itn {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// "2031-04-05T06:07:08.123456Z": always six decimals and Z.
std::string to_rfc3339(Timestamp at);

/// Accepts any RFC 3339 date-time with up to nine decimals (cut to six) and a zone; nullopt else.
std::optional<Timestamp> from_rfc3339(std::string_view text);

}  // namespace itn
