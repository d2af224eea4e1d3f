#pragma once

// Ids are types of their own: a StationId never passes for a ProductId. Their text is lower case
// and was checked where it entered the system (common/wire); in here an Id is just carried and
// compared.

#include <compare>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace itn {

template <class Tag>
class Id {
public:
    Id() = default;
    explicit Id(std::string text) : text_(std::move(text)) {}

    const std::string& text() const { return text_; }
    bool empty() const { return text_.empty(); }

    friend bool operator==(const Id&, const Id&) = default;
    friend auto operator<=>(const Id&, const Id&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text_; }

private:
    std::string text_;
};

using StationId = Id<struct StationTag>;
using ProductId = Id<struct ProductTag>;
using TransactionId = Id<struct TransactionTag>;
using ShipmentId = Id<struct ShipmentTag>;
/// The caller's Idempotency-Key, else a fresh UUIDv7; unique per principal.
using CommandId = Id<struct CommandTag>;
/// Who wishes: "user:42", "partner:acme", "system".
using Principal = Id<struct PrincipalTag>;

}  // namespace itn

template <class Tag>
struct std::hash<itn::Id<Tag>> {
    std::size_t operator()(const itn::Id<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.text());
    }
};
