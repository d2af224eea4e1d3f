#pragma once

// JSON that we write, appended to one string, and the few rules of text it rests on. Keys are ours
// and need no escape; values are UTF-8 that was checked where it entered.

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/time.h"

namespace itn::wire {

/// How many bytes from the start are ASCII and need no escape in a JSON text.
std::size_t plain_ascii(std::string_view text);
/// Bytes of the character at the start, 0 when it is not well-formed UTF-8 (RFC 3629).
std::size_t utf8_length(std::string_view text);
void append_utf8(std::string& out, std::uint32_t code_point);

void append_number(std::string& out, std::int64_t number);
/// In quotes, escaped.
void append_text(std::string& out, std::string_view text);
/// As to_rfc3339(), without quotes.
void append_time(std::string& out, Timestamp at);

/// Writes one object: `{` when made, members with their commas, `}` at close().
class JsonObject final {
public:
    explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }

    void text(std::string_view key, std::string_view value) {
        name(key);
        append_text(out_, value);
    }
    /// Left out when it is "".
    void text_if(std::string_view key, std::string_view value) {
        if (!value.empty()) text(key, value);
    }
    void number(std::string_view key, std::int64_t value) {
        name(key);
        append_number(out_, value);
    }
    void flag(std::string_view key, bool value) {
        name(key);
        out_ += value ? "true" : "false";
    }
    void time(std::string_view key, Timestamp at) {
        name(key);
        out_ += '"';
        append_time(out_, at);
        out_ += '"';
    }
    /// A value that is JSON already.
    void json(std::string_view key, std::string_view value) {
        name(key);
        out_ += value;
    }
    /// An array of what `write(out, element)` appends.
    template <class Elements, class Write>
    void array(std::string_view key, const Elements& elements, Write write) {
        name(key);
        append_array(out_, elements, write);
    }
    /// Starts the member; the caller appends its value.
    void name(std::string_view key) {
        if (out_.back() != '{') out_ += ',';
        out_ += '"';
        out_ += key;
        out_ += "\":";
    }
    void close() { out_ += '}'; }

    template <class Elements, class Write>
    static void append_array(std::string& out, const Elements& elements, Write write) {
        out += '[';
        bool first = true;
        for (const auto& element : elements) {
            if (!first) out += ',';
            first = false;
            write(out, element);
        }
        out += ']';
    }

private:
    std::string& out_;
};

}  // namespace itn::wire
