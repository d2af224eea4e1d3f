#pragma once

// A cursor over JSON text that only knows where values begin and end. It never reads past the text,
// never recurses, and never moves after it has failed.

#include <cstdint>
#include <optional>
#include <string_view>

namespace itn::wire {

class Scan final {
public:
    explicit Scan(std::string_view text) : text_(text) {}

    /// Whether the next character, blanks aside, is `expected`; takes it if so.
    bool take(char expected);
    /// The text between the quotes of the next value, if that is a string.
    std::optional<std::string_view> string();
    /// The next value, if it is a number of int64.
    std::optional<std::int64_t> integer();
    /// The whole text of the next value: a string with its quotes, a balanced object or array, or a
    /// word.
    std::optional<std::string_view> value();

private:
    void skip_blanks();
    /// From an opening bracket to behind the closing one.
    std::optional<std::string_view> balanced();

    std::string_view text_;
    std::size_t at_ = 0;
};

/// A string of an object and the name of the member it stands under; elements of an array have the
/// array's name. Views of what stands between the quotes, escapes and all.
struct NamedString {
    std::string_view name{};
    std::string_view text{};
    friend bool operator==(const NamedString&, const NamedString&) = default;
};

/// Walks over all strings of an object, at whatever depth, in one pass without a copy. Total over
/// all bytes: of text that is no balanced object, or where it breaks, nothing more is found.
class NamedStrings final {
public:
    explicit NamedStrings(std::string_view object);
    std::optional<NamedString> next();

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::string_view name_{};
};

}  // namespace itn::wire
