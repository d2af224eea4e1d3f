#include "common/storage/array_text.h"

#include <algorithm>
#include <charconv>

#include "common/base/find_any.h"
#include "common/base/hex.h"
#include "common/storage/store.h"

namespace itn::storage {
namespace {

bool are_bytes(std::string_view hex) {
    return hex.size() % 2 == 0 && is_hex(hex);
}

}  // namespace

void ArrayText::next() {
    if (text_.size() > 1) text_ += ',';
}

void ArrayText::add(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        throw CommandFault("22021", "text with a NUL byte");
    }
    next();
    text_ += '"';
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(find_any<'"', '\\'>(text, begin), text.size());
        text_.append(text, begin, end - begin);
        if (end < text.size()) {
            text_ += '\\';
            text_ += text[end];
        }
        begin = end + 1;
    }
    text_ += '"';
}

void ArrayText::add(std::int64_t number) {
    next();
    char digits[20];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), number);
    text_.append(digits, end);
}

void ArrayText::add(bool flag) {
    next();
    text_ += flag ? 't' : 'f';
}

void ArrayText::add(Timestamp at) {
    next();
    text_ += '"';
    text_ += to_rfc3339(at);
    text_ += '"';
}

void ArrayText::add_micros(Timestamp at) {
    add(static_cast<std::int64_t>(at.time_since_epoch().count()));
}

void ArrayText::add_bytes(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    next();
    text_ += "\"\\\\x";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text_ += digits[byte >> 4];
        text_ += digits[byte & 15];
    }
    text_ += '"';
}

void ArrayText::add_hex(std::string_view hex) {
    if (!are_bytes(hex)) throw CommandFault("22P02", "a payload hash that is not hex");
    next();
    text_ += "\"\\\\x";
    text_ += hex;
    text_ += '"';
}

void ArrayText::add_null() {
    next();
    text_ += "NULL";
}

std::string ArrayText::take() && {
    text_ += '}';
    return std::move(text_);
}

}  // namespace itn::storage
