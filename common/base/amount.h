#pragma once

// Goods and money are whole numbers of a type of their own. Arithmetic that may overflow returns an
// optional; the plain operators are for sums that a limit already bounds (see limits.h).

#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>

namespace itn {

template <class Tag>
class Amount {
public:
    constexpr Amount() = default;
    constexpr explicit Amount(std::int64_t value) : value_(value) {}

    constexpr std::int64_t value() const { return value_; }

    friend constexpr bool operator==(Amount, Amount) = default;
    friend constexpr auto operator<=>(Amount, Amount) = default;
    friend constexpr Amount operator+(Amount a, Amount b) { return Amount(a.value_ + b.value_); }
    friend constexpr Amount operator-(Amount a, Amount b) { return Amount(a.value_ - b.value_); }
    friend constexpr Amount operator-(Amount a) { return Amount(-a.value_); }
    constexpr Amount& operator+=(Amount b) { return *this = *this + b; }
    constexpr Amount& operator-=(Amount b) { return *this = *this - b; }
    friend std::ostream& operator<<(std::ostream& out, Amount a) { return out << a.value_; }

    /// nullopt when the sum leaves the int64 range.
    static constexpr std::optional<Amount> checked_sum(Amount a, Amount b) {
        std::int64_t sum = 0;
        if (__builtin_add_overflow(a.value_, b.value_, &sum)) return std::nullopt;
        return Amount(sum);
    }
    /// nullopt when the product leaves the int64 range.
    static constexpr std::optional<Amount> checked_product(Amount a, std::int64_t factor) {
        std::int64_t product = 0;
        if (__builtin_mul_overflow(a.value_, factor, &product)) return std::nullopt;
        return Amount(product);
    }

private:
    std::int64_t value_ = 0;
};

/// Units of one product.
using Quantity = Amount<struct QuantityTag>;
/// Money in minor units.
using Credits = Amount<struct CreditsTag>;
/// Room that goods take in a hold: quantity × the product's unit volume.
using Volume = Amount<struct VolumeTag>;

}  // namespace itn
