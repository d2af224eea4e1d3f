#pragma once

// From the tape to values, field by field. Every getter notes a fault with its JSON pointer and
// goes on, so that a client hears of all its mistakes at once. Faults of schema (missing, wrong
// type, unknown) make the Problem "invalid_request"; when the only faults are well-typed values
// outside their range it is "out_of_range".

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/time.h"
#include "common/wire/json.h"

namespace itn::wire {

class Faults final {
public:
    void schema(const JsonPlace& place, std::string detail);
    void range(const JsonPlace& place, std::string detail);

    bool none() const { return faults_.empty(); }
    /// Only when there are some.
    Problem problem() const;

private:
    std::vector<Fault> faults_;
    bool schema_ = false;
};

/// Inclusive bounds of an integer.
struct Range {
    std::int64_t from = std::numeric_limits<std::int64_t>::min();
    std::int64_t to = std::numeric_limits<std::int64_t>::max();
};

/// Reads one object. Required getters return an empty value after noting a fault; the caller looks
/// at Faults once, at the end. finish() notes every member that nobody asked for.
class Fields final {
public:
    /// `place` must outlive it. A node that is no object is a fault.
    Fields(const JsonDocument& document, const JsonNode& node, const JsonPlace& place,
           Faults& faults);

    /// Without fault when it is absent: nullptr.
    const JsonNode* find(std::string_view key);
    const JsonNode* need(std::string_view key);
    JsonPlace place(std::string_view key) const { return {.parent = &place_, .key = key}; }

    std::string text(std::string_view key, std::size_t max_bytes);
    std::optional<std::string> text_if(std::string_view key, std::size_t max_bytes);
    std::int64_t integer(std::string_view key, Range range = {});
    std::optional<std::int64_t> integer_if(std::string_view key, Range range = {});
    bool flag(std::string_view key);
    Timestamp time(std::string_view key);
    std::optional<Timestamp> time_if(std::string_view key);
    /// Without a copy; valid as long as the document.
    std::string_view view(std::string_view key, std::size_t max_bytes);
    std::optional<std::string_view> view_if(std::string_view key, std::size_t max_bytes);
    /// A text that `is_valid`; `rule` says what that means.
    template <std::predicate<std::string_view> IsValid>
    std::string_view word(std::string_view key, IsValid is_valid, std::string_view rule) {
        const JsonNode* const node = need(key);
        return node == nullptr ? std::string_view() : checked(key, *node, is_valid, rule);
    }
    template <std::predicate<std::string_view> IsValid>
    std::optional<std::string_view> word_if(std::string_view key, IsValid is_valid,
                                            std::string_view rule) {
        const JsonNode* const node = find(key);
        if (node == nullptr) return std::nullopt;
        return checked(key, *node, is_valid, rule);
    }
    /// The value whose name `from_name` knows; value-initialised after a fault.
    template <class FromName>
    auto name_of(std::string_view key, FromName from_name, std::string_view rule) {
        using Value = typename decltype(from_name(std::string_view()))::value_type;
        const JsonNode* const node = need(key);
        if (node == nullptr || !is_text(key, *node)) return Value{};
        const auto value = from_name(node->text);
        if (!value) schema(key, rule);
        return value.value_or(Value{});
    }
    /// An array of which each element is read by `read(element, place)`; false when there is none.
    template <class Read>
    bool each(std::string_view key, const JsonNode* node, Range size, Read read) {
        if (node == nullptr || !is_array(key, *node, size)) return false;
        const JsonPlace at = place(key);
        document_.each(*node, [&](const JsonNode& element, std::uint32_t i) {
            read(element, JsonPlace{.parent = &at, .index = i});
        });
        return true;
    }

    void schema(std::string_view key, std::string_view detail);
    void range(std::string_view key, std::string_view detail);
    void finish();

    const JsonDocument& document() const { return document_; }
    Faults& faults() { return faults_; }

private:
    template <class IsValid>
    std::string_view checked(std::string_view key, const JsonNode& node, IsValid is_valid,
                             std::string_view rule) {
        if (!is_text(key, node)) return {};
        if (is_valid(node.text)) return node.text;
        schema(key, rule);
        return {};
    }
    bool is_text(std::string_view key, const JsonNode& node);
    bool is_array(std::string_view key, const JsonNode& node, Range size);
    std::string_view bounded(std::string_view key, const JsonNode& node, std::size_t max_bytes);
    std::int64_t whole(std::string_view key, const JsonNode& node, Range range);
    Timestamp moment(std::string_view key, const JsonNode& node);

    const JsonDocument& document_;
    const JsonPlace& place_;
    Faults& faults_;
    std::uint32_t count_ = 0;
    std::uint32_t first_ = 0;   // index of the first member
    std::uint32_t cursor_ = 0;  // members are usually asked for in the order they stand in
    std::uint32_t cursor_number_ = 0;
    std::uint64_t asked_ = 0;  // bit per member; limits::max_json_members is 64
};

/// The value that `read` makes of the document, or all faults.
template <class T, class Read>
Result<T> read_value(std::string_view text, const JsonBounds& bounds, Read read) {
    auto document = read_json(text, bounds);
    if (!document) return document.problem();
    Faults faults;
    T value = read(*document, document->root(), JsonPlace{}, faults);
    if (!faults.none()) return faults.problem();
    return value;
}

}  // namespace itn::wire
