#include "common/wire/scan.h"

#include <charconv>

#include "common/base/find_any.h"
#include "common/base/limits.h"

namespace itn::wire {

void Scan::skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
        ++at_;
}

bool Scan::take(char expected) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != expected) return false;
    ++at_;
    return true;
}

std::optional<std::string_view> Scan::string() {
    const std::size_t before = at_;
    if (!take('"')) return std::nullopt;
    const std::size_t begin = at_;
    while (true) {
        const std::size_t stop = find_any<'"', '\\'>(text_, at_);
        if (stop == std::string_view::npos) break;
        if (text_[stop] == '"') {
            at_ = stop + 1;
            return text_.substr(begin, stop - begin);
        }
        if (stop + 2 > text_.size()) break;
        at_ = stop + 2;
    }
    at_ = before;
    return std::nullopt;
}

std::optional<std::int64_t> Scan::integer() {
    skip_blanks();
    std::int64_t number = 0;
    const char* begin = text_.data() + at_;
    const auto [end, fault] = std::from_chars(begin, text_.data() + text_.size(), number);
    if (fault != std::errc{}) return std::nullopt;
    at_ += static_cast<std::size_t>(end - begin);
    return number;
}

std::optional<std::string_view> Scan::value() {
    skip_blanks();
    if (at_ >= text_.size()) return std::nullopt;
    const std::size_t begin = at_;
    if (text_[at_] == '"') {
        if (!string()) return std::nullopt;
        return text_.substr(begin, at_ - begin);
    }
    if (text_[at_] == '{' || text_[at_] == '[') return balanced();
    const std::size_t end =
        std::min(find_any<',', ']', '}', ' ', '\n', '\r', '\t'>(text_, at_), text_.size());
    if (end == begin) return std::nullopt;
    at_ = end;
    return text_.substr(begin, end - begin);
}

std::optional<std::string_view> Scan::balanced() {
    const std::size_t begin = at_;
    char open[limits::max_json_depth]{};
    std::size_t depth = 0;
    while (true) {
        const std::size_t stop = find_any<'"', '{', '}', '[', ']'>(text_, at_);
        if (stop == std::string_view::npos) break;
        at_ = stop;
        const char here = text_[stop];
        if (here == '"') {
            if (!string()) break;
            continue;
        }
        ++at_;
        if (here == '{' || here == '[') {
            if (depth == limits::max_json_depth) break;
            open[depth++] = here;
            continue;
        }
        if (open[--depth] != (here == '}' ? '{' : '[')) break;
        if (depth == 0) return text_.substr(begin, at_ - begin);
    }
    at_ = begin;
    return std::nullopt;
}

NamedStrings::NamedStrings(std::string_view object) {
    Scan scan(object);
    const auto whole = scan.value();
    if (whole && whole->front() == '{') text_ = *whole;
}

std::optional<NamedString> NamedStrings::next() {
    while (true) {
        const std::size_t quote = text_.find('"', at_);
        if (quote == std::string_view::npos) return std::nullopt;
        Scan scan(text_.substr(quote));
        const auto text = scan.string();
        if (!text) return std::nullopt;
        at_ = quote + text->size() + 2;
        const std::size_t after = text_.find_first_not_of(" \n\t\r", at_);
        if (after == std::string_view::npos || text_[after] != ':')
            return NamedString{.name = name_, .text = *text};
        name_ = *text;
    }
}

}  // namespace itn::wire
