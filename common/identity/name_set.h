#pragma once

// A set of named enumerators (roles, scopes), small enough to be copied like a number.

#include <cstdint>
#include <string>
#include <string_view>

namespace itn::identity {

/// E is an enum whose enumerators are 0, 1, … below 32 with a `name(E)`.
template <class E>
class NameSet {
public:
    constexpr NameSet() = default;
    template <class... Rest>
    constexpr explicit NameSet(E first, Rest... rest) : bits_(bit(first)) {
        ((bits_ |= bit(rest)), ...);
    }

    constexpr void insert(E one) { bits_ |= bit(one); }
    constexpr bool contains(E one) const { return (bits_ & bit(one)) != 0; }
    constexpr bool contains_all(NameSet other) const { return (other.bits_ & ~bits_) == 0; }
    constexpr bool empty() const { return bits_ == 0; }

    /// Calls see(E) for each member, in the order of the enum.
    template <class See>
    constexpr void each(See see) const {
        for (std::uint32_t i = 0; i < 32; ++i)
            if ((bits_ >> i & 1U) != 0) see(static_cast<E>(i));
    }

    friend constexpr bool operator==(NameSet, NameSet) = default;

private:
    static constexpr std::uint32_t bit(E one) { return 1U << static_cast<std::uint32_t>(one); }
    std::uint32_t bits_ = 0;
};

/// The names in the order of the enum, with one blank between.
template <class E>
std::string names(NameSet<E> set) {
    std::string text;
    set.each([&](E one) { (text += text.empty() ? "" : " ") += name(one); });
    return text;
}

}  // namespace itn::identity
