#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "common/runtime/log.h"

namespace itn::runtime {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// Bytes of the well-formed UTF-8 character at the head of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t count) {
        if (text.size() <= count) return false;
        for (std::size_t i = 1; i <= count; ++i)
            if ((byte(i) & 0xc0U) != 0x80U) return false;
        return true;
    };
    const unsigned head = byte(0);
    if (head < 0x80) return 1;
    if (head >= 0xc2 && head <= 0xdf) return follows(1) ? 2 : 0;
    if (head >= 0xe0 && head <= 0xef && follows(2)) {
        const bool overlong = head == 0xe0 && byte(1) < 0xa0;
        const bool surrogate = head == 0xed && byte(1) >= 0xa0;
        return overlong || surrogate ? 0 : 3;
    }
    if (head >= 0xf0 && head <= 0xf4 && follows(3)) {
        const bool overlong = head == 0xf0 && byte(1) < 0x90;
        const bool beyond = head == 0xf4 && byte(1) >= 0x90;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

void append_escaped(std::string& out, char c) {
    static constexpr char digits[] = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    const auto value = static_cast<unsigned char>(c);
    if (value >= 0x20 && value != 0x7f) {
        out += c;
        return;
    }
    out += "\\u00";
    out += digits[value >> 4];
    out += digits[value & 0x0fU];
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto length = utf8_length(text);
        if (length == 1)
            append_escaped(out, text[0]);
        else
            out += length == 0 ? replacement : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

template <class Number>
void append_number(std::string& out, Number value) {
    if constexpr (std::is_floating_point_v<Number>) {
        if (!std::isfinite(value)) {
            out += "null";
            return;
        }
    }
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out.append(text.data(), end);
}

void append_value(std::string& out, const Field::Value& value) {
    std::visit(
        [&](const auto& v) {
            using T = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<T, std::string_view>)
                append_string(out, v);
            else if constexpr (std::is_same_v<T, bool>)
                out += v ? "true" : "false";
            else
                append_number(out, v);
        },
        value);
}

void append_member(std::string& out, const Field& field) {
    out += ',';
    append_string(out, field.key);
    out += ':';
    append_value(out, field.value);
}

/// RFC 3339 with milliseconds: "2031-04-05T06:07:08.123Z".
std::string milliseconds_text(Timestamp at) {
    auto text = to_rfc3339(at);
    text.resize(text.size() - 4);
    text += 'Z';
    return text;
}

/// A word stands bare, anything else in quotes with its escapes.
bool is_bare(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
    return !text.empty();
}

void append_text_value(std::string& out, const Field::Value& value) {
    const auto* text = std::get_if<std::string_view>(&value);
    if (text != nullptr && is_bare(*text))
        out += *text;
    else
        append_value(out, value);
}

}  // namespace

std::string json_line(std::string_view service, Timestamp at, Level level, std::string_view message,
                      Fields fields, std::uint64_t suppressed) {
    std::string out = R"({"ts":")";
    out += milliseconds_text(at);
    out += R"(","level":")";
    out += name(level);
    out += R"(","service":)";
    append_string(out, service);
    out += R"(,"msg":)";
    append_string(out, message);
    for (const auto& field : fields)
        append_member(out, field);
    if (suppressed > 0) append_member(out, {"suppressed", suppressed});
    out += '}';
    return out;
}

std::string text_line(Timestamp at, Level level, std::string_view message, Fields fields,
                      std::uint64_t suppressed) {
    auto out = milliseconds_text(at).substr(11, 12);
    out += ' ';
    out += name(level);
    out.append(out.size() < 21 ? 21 - out.size() : 1, ' ');
    std::string quoted;
    append_string(quoted, message);
    out.append(quoted, 1, quoted.size() - 2);
    const auto append = [&](const Field& field) {
        out += ' ';
        out += field.key;
        out += '=';
        append_text_value(out, field.value);
    };
    for (const auto& field : fields)
        append(field);
    if (suppressed > 0) append({"suppressed", suppressed});
    return out;
}

}  // namespace itn::runtime
