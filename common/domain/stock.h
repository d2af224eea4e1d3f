#pragma once

// Stock of one product at one station. `reserved` is promised to confirmed trades and to own goods
// of pending shipments; 0 ≤ reserved ≤ on_hand always.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/amount.h"
#include "common/base/id.h"

namespace itn::domain {

struct StockKey {
    StationId station{};
    ProductId product{};
    friend bool operator==(const StockKey&, const StockKey&) = default;
    friend auto operator<=>(const StockKey&, const StockKey&) = default;
};

/// "ceres/ice": the subject of inventory.adjust and inventory.changed.
std::string text_of(const StockKey& key);
/// nullopt unless there is exactly one slash, with text on both sides.
std::optional<StockKey> stock_key_from(std::string_view text);

struct Stock {
    StockKey key{};
    Quantity on_hand{};
    Quantity reserved{};
    std::optional<Quantity> low_below{};  // own threshold of this row; none: the default setting
    std::int64_t version = 0;             // 0: the row was never changed
    friend bool operator==(const Stock&, const Stock&) = default;

    Quantity available() const { return on_hand - reserved; }
};

/// Why stock changed. The first group comes from people through inventory.adjust.
enum class StockReason : std::uint8_t {
    restock,
    consume,
    count_correction,
    damage,
    other,
    trade_confirmed,
    trade_cancelled,
    trade_collected,
    cargo_created,
    cargo_departed,
    cargo_delivered,
    cargo_cancelled,
};
std::string_view name(StockReason reason);
std::optional<StockReason> stock_reason_from(std::string_view name);
bool is_adjustment(StockReason reason);

}  // namespace itn::domain
