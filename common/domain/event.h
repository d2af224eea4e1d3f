#pragma once

// An event is a fact in the past tense. It carries what its subject looks like afterwards, so that
// a reader needs no other read, and evolve() needs no other source.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/domain/cargo.h"
#include "common/domain/stock.h"
#include "common/domain/trade.h"

namespace itn::domain {

/// Text of a kind is its first underscore as a dot: trade_in_transit is "trade.in_transit".
enum class EventKind : std::uint8_t {
    trade_confirmed,
    trade_rejected,
    trade_in_transit,
    trade_completed,
    trade_cancelled,
    trade_failed,
    cargo_created,
    cargo_loaded,
    cargo_unloaded,
    cargo_departed,
    cargo_delayed,
    cargo_resumed,
    cargo_located,
    cargo_delivered,
    cargo_lost,
    cargo_cancelled,
    inventory_changed,
    product_created,
    product_updated,
    product_deleted,
    station_created,
    station_updated,
    station_deleted,
    user_registered,
    user_updated,
    critical,
};
std::string_view name(EventKind kind);
std::optional<EventKind> event_kind_from(std::string_view name);

struct TradeChanged {
    Trade after{};
    friend bool operator==(const TradeChanged&, const TradeChanged&) = default;
};
/// `manifest` is filled for created, departed, delivered, lost and cancelled only, `trade` for
/// loaded and unloaded only: a full list on every load would make loading quadratic.
struct CargoChanged {
    Cargo after{};
    Manifest manifest{};
    std::optional<TransactionId> trade{};
    friend bool operator==(const CargoChanged&, const CargoChanged&) = default;
};
struct StockChanged {
    Stock after{};
    Quantity on_hand_delta{};
    Quantity reserved_delta{};
    StockReason reason = StockReason::other;
    std::string cause{};  // transactionId or shipmentId, "" for an adjustment
    std::string note{};
    friend bool operator==(const StockChanged&, const StockChanged&) = default;
};
enum class CriticalKind : std::uint8_t {
    cargo_delayed,
    cargo_lost,
    low_stock,
    oversized_trade,
    oversized_cargo,
    command_parked,
};
std::string_view name(CriticalKind kind);
std::optional<CriticalKind> critical_kind_from(std::string_view name);

struct Critical {
    CriticalKind kind = CriticalKind::low_stock;
    std::string about{};  // the subject it warns of
    std::string message{};
    std::vector<StationId> stations{};  // whom it concerns
    friend bool operator==(const Critical&, const Critical&) = default;
};

struct Event {
    EventKind kind = EventKind::critical;
    std::variant<TradeChanged, CargoChanged, StockChanged, Critical> body{};
    friend bool operator==(const Event&, const Event&) = default;
};

/// The subject's id: transactionId, shipmentId, "station/product", or what a critical is about.
std::string subject_of(const Event& event);
/// The subject's version after it; 0 for critical, which has none.
std::int64_t version_of(const Event& event);

}  // namespace itn::domain
