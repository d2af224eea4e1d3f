// Every enum's text, both ways. The text is the API code, the SQL text and the metric label; each
// table stands in the order of its enum, whose last enumerator fixes the table's length.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "common/base/ensure.h"
#include "common/domain/decide.h"

namespace itn::domain {
namespace {

template <class Enum, Enum last>
using Names = std::array<std::string_view, static_cast<std::size_t>(last) + 1>;

template <class Enum, std::size_t size>
std::string_view name_in(const std::array<std::string_view, size>& names, Enum value) {
    const auto index = static_cast<std::size_t>(value);
    ENSURE(index < size);
    return names[index];
}

template <class Enum, std::size_t size>
std::optional<Enum> value_in(const std::array<std::string_view, size>& names,
                             std::string_view name) {
    for (std::size_t i = 0; i < size; ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

constexpr Names<TradeType, TradeType::sell> trade_types{"buy", "sell"};

constexpr Names<TradeStatus, TradeStatus::rejected> trade_statuses{
    "confirmed", "in_transit", "completed", "cancelled", "failed", "rejected"};

constexpr Names<CargoStatus, CargoStatus::cancelled> cargo_statuses{
    "pending", "in_transit", "delayed", "delivered", "lost", "cancelled"};

constexpr Names<StockReason, StockReason::cargo_cancelled> stock_reasons{
    "restock",       "consume",         "count_correction", "damage",
    "other",         "trade_confirmed", "trade_cancelled",  "trade_collected",
    "cargo_created", "cargo_departed",  "cargo_delivered",  "cargo_cancelled"};

constexpr Names<CriticalKind, CriticalKind::command_parked> critical_kinds{
    "cargo_delayed",   "cargo_lost",      "low_stock",
    "oversized_trade", "oversized_cargo", "command_parked"};

constexpr Names<CommandKind, CommandKind::inventory_transfer> command_kinds{
    "trade.create", "trade.cancel",     "trade.collect",     "trade.depart",  "trade.complete",
    "trade.fail",   "cargo.create",     "cargo.load",        "cargo.unload",  "cargo.depart",
    "cargo.delay",  "cargo.resume",     "cargo.locate",      "cargo.deliver", "cargo.lose",
    "cargo.cancel", "inventory.adjust", "inventory.transfer"};

constexpr Names<EventKind, EventKind::critical> event_kinds{
    "trade.confirmed",   "trade.rejected",  "trade.in_transit", "trade.completed",
    "trade.cancelled",   "trade.failed",    "cargo.created",    "cargo.loaded",
    "cargo.unloaded",    "cargo.departed",  "cargo.delayed",    "cargo.resumed",
    "cargo.located",     "cargo.delivered", "cargo.lost",       "cargo.cancelled",
    "inventory.changed", "product.created", "product.updated",  "product.deleted",
    "station.created",   "station.updated", "station.deleted",  "user.registered",
    "user.updated",      "critical"};

constexpr Names<Rejection, Rejection::not_loaded> rejections{
    "expired",
    "forbidden",
    "key_reuse",
    "stale_version",
    "trade_exists",
    "trade_not_found",
    "trade_final",
    "trade_not_confirmed",
    "trade_departed",
    "not_collectable",
    "same_station",
    "quantity_out_of_range",
    "insufficient_stock",
    "stock_below_zero",
    "stock_below_reserved",
    "shipment_exists",
    "shipment_not_found",
    "shipment_final",
    "shipment_not_pending",
    "shipment_not_under_way",
    "shipment_not_delayed",
    "shipment_empty",
    "shipment_full",
    "capacity_exceeded",
    "wrong_route",
    "already_loaded",
    "not_loaded",
};

}  // namespace

std::string_view name(TradeType type) {
    return name_in(trade_types, type);
}
std::string_view name(TradeStatus status) {
    return name_in(trade_statuses, status);
}
std::string_view name(CargoStatus status) {
    return name_in(cargo_statuses, status);
}
std::string_view name(StockReason reason) {
    return name_in(stock_reasons, reason);
}
std::string_view name(CriticalKind kind) {
    return name_in(critical_kinds, kind);
}
std::string_view name(CommandKind kind) {
    return name_in(command_kinds, kind);
}
std::string_view name(EventKind kind) {
    return name_in(event_kinds, kind);
}
std::string_view name(Rejection rejection) {
    return name_in(rejections, rejection);
}

std::optional<TradeType> trade_type_from(std::string_view name) {
    return value_in<TradeType>(trade_types, name);
}
std::optional<TradeStatus> trade_status_from(std::string_view name) {
    return value_in<TradeStatus>(trade_statuses, name);
}
std::optional<CargoStatus> cargo_status_from(std::string_view name) {
    return value_in<CargoStatus>(cargo_statuses, name);
}
std::optional<StockReason> stock_reason_from(std::string_view name) {
    return value_in<StockReason>(stock_reasons, name);
}
std::optional<CriticalKind> critical_kind_from(std::string_view name) {
    return value_in<CriticalKind>(critical_kinds, name);
}
std::optional<CommandKind> command_kind_from(std::string_view name) {
    return value_in<CommandKind>(command_kinds, name);
}
std::optional<EventKind> event_kind_from(std::string_view name) {
    return value_in<EventKind>(event_kinds, name);
}
std::optional<Rejection> rejection_from(std::string_view name) {
    return value_in<Rejection>(rejections, name);
}

Family family_of(CommandKind kind) {
    if (kind == CommandKind::inventory_adjust) return Family::inventory;
    return kind < CommandKind::cargo_create ? Family::trade : Family::cargo;
}

}  // namespace itn::domain
