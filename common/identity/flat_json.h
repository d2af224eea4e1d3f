#pragma once

// What a token holds: one JSON object whose members are texts, integers or arrays of texts. Refused
// are members of the same name (RFC 8725 §2.4: readers must not differ), anything deeper, numbers
// that are no int64, and whatever stands outside the braces.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace itn::identity {

using FlatValue = std::variant<std::string, std::int64_t, std::vector<std::string>>;

class FlatObject final {
public:
    /// nullptr when there is no such member, or it is of another type.
    template <class T>
    const T* find(std::string_view name) const {
        const auto found = members_.find(name);
        return found == members_.end() ? nullptr : std::get_if<T>(&found->second);
    }
    bool has(std::string_view name) const { return members_.contains(name); }
    const std::map<std::string, FlatValue, std::less<>>& members() const { return members_; }

    /// False when the name is taken.
    bool add(std::string name, FlatValue value) {
        return members_.emplace(std::move(name), std::move(value)).second;
    }

private:
    std::map<std::string, FlatValue, std::less<>> members_;
};

/// Total over all bytes.
std::optional<FlatObject> read_flat_json(std::string_view text);

/// Without blanks, members sorted by name. Texts must be UTF-8.
std::string write_flat_json(const FlatObject& object);

}  // namespace itn::identity
