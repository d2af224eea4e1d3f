#pragma once

// A cursor over JSON text that only knows where values begin and end. It never reads past the text,
// never recurses, and never moves after it has failed.

#include <cstdint>
#include <optional>
#include <string_view>

namespace itn::workers::notifier {

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

}  // namespace itn::workers::notifier
