#include "common/base/time.h"

#include <cstdio>

namespace itn {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

/// Reads exactly `width` digits at `pos` and moves past them; -1 when there are fewer.
int take_digits(std::string_view text, std::size_t& pos, std::size_t width) {
    if (pos + width > text.size()) return -1;
    int value = 0;
    for (const auto end = pos + width; pos < end; ++pos) {
        if (text[pos] < '0' || text[pos] > '9') return -1;
        value = value * 10 + (text[pos] - '0');
    }
    return value;
}

bool take(std::string_view text, std::size_t& pos, std::string_view any_of) {
    if (pos >= text.size() || any_of.find(text[pos]) == std::string_view::npos) return false;
    ++pos;
    return true;
}

std::optional<sys_days> take_date(std::string_view text, std::size_t& pos) {
    const int year = take_digits(text, pos, 4);
    if (year < 0 || !take(text, pos, "-")) return std::nullopt;
    const int month = take_digits(text, pos, 2);
    if (month < 0 || !take(text, pos, "-")) return std::nullopt;
    const int day = take_digits(text, pos, 2);
    if (day < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return sys_days(date);
}

std::optional<microseconds> take_fraction(std::string_view text, std::size_t& pos) {
    microseconds result{0};
    if (!take(text, pos, ".")) return result;
    std::int64_t unit = 100'000;
    const auto first = pos;
    for (; pos < text.size() && text[pos] >= '0' && text[pos] <= '9'; ++pos, unit /= 10) {
        result += microseconds((text[pos] - '0') * unit);
    }
    if (pos == first || pos - first > 9) return std::nullopt;
    return result;
}

std::optional<minutes> take_zone(std::string_view text, std::size_t& pos) {
    if (take(text, pos, "Zz")) return minutes(0);
    if (pos >= text.size()) return std::nullopt;
    const bool west = text[pos] == '-';
    if (!take(text, pos, "+-")) return std::nullopt;
    const int hour = take_digits(text, pos, 2);
    if (hour < 0 || hour > 23 || !take(text, pos, ":")) return std::nullopt;
    const int minute = take_digits(text, pos, 2);
    if (minute < 0 || minute > 59) return std::nullopt;
    const minutes offset = hours(hour) + minutes(minute);
    return west ? -offset : offset;
}

}  // namespace

std::string to_rfc3339(Timestamp at) {
    const auto day = std::chrono::floor<days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(at - day);
    char text[48];
    const int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                                     int(date.year()), unsigned(date.month()), unsigned(date.day()),
                                     int(clock.hours().count()), int(clock.minutes().count()),
                                     int(clock.seconds().count()), int(clock.subseconds().count()));
    return std::string(text, static_cast<std::size_t>(length));
}

std::optional<Timestamp> from_rfc3339(std::string_view text) {
    std::size_t pos = 0;
    const auto date = take_date(text, pos);
    if (!date || !take(text, pos, "Tt ")) return std::nullopt;
    const int hour = take_digits(text, pos, 2);
    if (hour < 0 || hour > 23 || !take(text, pos, ":")) return std::nullopt;
    const int minute = take_digits(text, pos, 2);
    if (minute < 0 || minute > 59 || !take(text, pos, ":")) return std::nullopt;
    const int second = take_digits(text, pos, 2);
    if (second < 0 || second > 59) return std::nullopt;
    const auto fraction = take_fraction(text, pos);
    if (!fraction) return std::nullopt;
    const auto zone = take_zone(text, pos);
    if (!zone || pos != text.size()) return std::nullopt;
    return Timestamp(*date) + hours(hour) + minutes(minute) + seconds(second) + *fraction - *zone;
}

}  // namespace itn
