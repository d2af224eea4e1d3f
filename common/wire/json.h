#pragma once

// JSON from outside, strictly (RFC 8259 and no more). Refused are: bad UTF-8, a BOM, NUL also when
// escaped, lone surrogates, duplicate names, trailing bytes, and whatever exceeds the bounds.
// Reading is total over all bytes: it never throws for what it reads.
//
// The result is a tape: every value is one node, in document order, so a message of many commands
// costs one vector. Texts are views into the source unless they had escapes.

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/limits.h"
#include "common/base/result.h"

namespace itn::wire {

struct JsonBounds {
    std::size_t max_bytes = limits::max_body;
    std::size_t max_outer = limits::max_json_array;  // elements, when the whole is an array
    std::size_t max_inner = limits::max_json_array;  // elements of any array inside
};
/// For what our own processes wrote: messages and journal bodies.
inline constexpr JsonBounds own_json{.max_bytes = limits::max_own_json,
                                     .max_outer = limits::max_own_json_array,
                                     .max_inner = limits::max_own_json_array};

enum class JsonType : std::uint8_t { null, boolean, integer, number, string, array, object };

struct JsonNode {
    JsonType type = JsonType::null;  // number: one that is not an int64
    bool truth = false;
    std::uint32_t count = 0;  // members or elements
    std::uint32_t next = 0;   // index of the node behind this value and all that is in it
    std::int64_t integer = 0;
    std::string_view key{};   // of a member
    std::string_view text{};  // of a string, without escapes
    std::string_view raw{};   // the bytes of the value
};

/// Where in a document something stands; lives on the stack, rendered only for a fault.
struct JsonPlace {
    const JsonPlace* parent = nullptr;
    std::string_view key{};
    std::int64_t index = -1;  // of an element, else -1

    /// RFC 6901
    std::string pointer() const;
};

class JsonDocument final {
public:
    const JsonNode& root() const { return nodes_.front(); }
    std::uint32_t index_of(const JsonNode& node) const {
        return static_cast<std::uint32_t>(&node - nodes_.data());
    }
    /// Calls see(child, i) for each member or element of `node`, in order.
    template <class See>
    void each(const JsonNode& node, See see) const {
        std::uint32_t at = index_of(node) + 1;
        for (std::uint32_t i = 0; i < node.count; ++i) {
            see(nodes_[at], i);
            at = nodes_[at].next;
        }
    }
    const JsonNode& at(std::uint32_t index) const { return nodes_[index]; }

private:
    friend class JsonReader;
    std::vector<JsonNode> nodes_;
    std::list<std::string> unescaped_;
};

/// The document refers to `text`. Problem "invalid_json" says what is wrong, and where.
Result<JsonDocument> read_json(std::string_view text, const JsonBounds& bounds = {});

}  // namespace itn::wire
