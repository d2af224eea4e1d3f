#include "common/base/time.h"

#include <charconv>
#include <iterator>

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

/// At least so many digits, and what comes behind them.
void append_padded(std::string& text, std::int64_t value, std::size_t width, char behind) {
    char digits[20];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
    const auto length = static_cast<std::size_t>(end - digits);
    if (length < width) text.append(width - length, '0');
    text.append(digits, length);
    text += behind;
}

}  // namespace

// Not by printf, which takes ten times as long: every event and every row has times.
std::string to_rfc3339(Timestamp at) {
    const auto day = std::chrono::floor<days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(at - day);
    std::string text;
    text.reserve(sizeof "0000-00-00T00:00:00.000000Z");
    append_padded(text, int(date.year()), 4, '-');
    append_padded(text, unsigned(date.month()), 2, '-');
    append_padded(text, unsigned(date.day()), 2, 'T');
    append_padded(text, clock.hours().count(), 2, ':');
    append_padded(text, clock.minutes().count(), 2, ':');
    append_padded(text, clock.seconds().count(), 2, '.');
    append_padded(text, clock.subseconds().count(), 6, 'Z');
    return text;
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
