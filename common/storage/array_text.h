#pragma once

// One column of a set as the text of a Postgres array: {"a","b",NULL}. Text is always quoted, with
// \ and " escaped, so that no content can end an element.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/amount.h"
#include "common/base/id.h"
#include "common/base/time.h"

namespace itn::storage {

class ArrayText final {
public:
    /// Throws CommandFault 22021 for text with a NUL byte: Postgres has no such text.
    void add(std::string_view text);
    void add(std::int64_t number);
    void add(bool flag);
    void add(Timestamp at);
    /// As bigint, microseconds since 1970, for statements that take it so: Postgres reads a number
    /// ten times faster than a date. Exact until the year 2255 there, so for times of our clocks.
    void add_micros(Timestamp at);
    /// As bytea.
    void add_bytes(std::string_view bytes);
    /// As bytea, from lower-case hex. Throws CommandFault 22P02 for anything else.
    void add_hex(std::string_view hex);
    void add_null();

    template <class Tag>
    void add(const Id<Tag>& id) {
        add(std::string_view(id.text()));
    }
    template <class Tag>
    void add(Amount<Tag> amount) {
        add(amount.value());
    }
    template <class T>
    void add(const std::optional<T>& value) {
        if (value) {
            add(*value);
        } else {
            add_null();
        }
    }
    void add(const std::string& text) { add(std::string_view(text)); }
    void add(const char* text) { add(std::string_view(text)); }

    bool empty() const { return text_.size() == 1; }
    /// The whole array; nothing may be added afterwards.
    std::string take() &&;

private:
    void next();
    std::string text_{"{"};
};

/// A key set as one array.
template <class Keys>
std::string array_of(const Keys& keys) {
    ArrayText array;
    for (const auto& key : keys)
        array.add(key);
    return std::move(array).take();
}

}  // namespace itn::storage
