#pragma once

// A command is a wish in the imperative. Each kind has one owner family, which decides it in the
// lane of its subject.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/lane.h"
#include "common/domain/cargo.h"
#include "common/domain/stock.h"
#include "common/domain/trade.h"

namespace itn::domain {

/// Text of a kind is its first underscore as a dot: trade_create is "trade.create".
enum class CommandKind : std::uint8_t {
    trade_create,
    trade_cancel,
    trade_collect,
    trade_depart,    // reaction
    trade_complete,  // reaction
    trade_fail,      // reaction
    cargo_create,
    cargo_load,
    cargo_unload,
    cargo_depart,
    cargo_delay,
    cargo_resume,
    cargo_locate,
    cargo_deliver,
    cargo_lose,
    cargo_cancel,
    inventory_adjust,
    inventory_transfer,  // cargo of own goods; decided by the cargo family
};

std::string_view name(CommandKind kind);
std::optional<CommandKind> command_kind_from(std::string_view name);
/// The family that decides it: its prefix, but inventory.transfer belongs to cargo.
Family family_of(CommandKind kind);

struct CreateTrade {
    TradeType type = TradeType::buy;
    StationId seller{};
    StationId buyer{};
    StationId destination{};
    std::vector<Line> lines{};
    friend bool operator==(const CreateTrade&, const CreateTrade&) = default;
};
struct CancelTrade {
    std::string reason{};
    friend bool operator==(const CancelTrade&, const CancelTrade&) = default;
};
struct CollectTrade {
    friend bool operator==(const CollectTrade&, const CollectTrade&) = default;
};
/// trade.depart, trade.complete and trade.fail: what its shipment did.
struct FollowShipment {
    ShipmentId shipment{};
    friend bool operator==(const FollowShipment&, const FollowShipment&) = default;
};
/// cargo.create and inventory.transfer.
struct CreateCargo {
    bool generated = false;
    StationId origin{};
    StationId destination{};
    std::vector<Goods> own{};
    std::optional<Volume> capacity{};
    std::optional<Timestamp> eta{};
    friend bool operator==(const CreateCargo&, const CreateCargo&) = default;
};
/// cargo.load. Without a shipment the trade joins the open one of its route or opens `fresh`, the
/// id the pump derived from the command's; with one it goes into that.
struct LoadCargo {
    TransactionId trade{};
    std::optional<ShipmentId> shipment{};
    ShipmentId fresh{};
    Route route{};  // of the trade, so that its open shipments are loaded at once; empty: unknown
    friend bool operator==(const LoadCargo&, const LoadCargo&) = default;
};
struct UnloadCargo {
    TransactionId trade{};
    std::optional<ShipmentId> shipment{};  // as a reaction: wherever it is
    friend bool operator==(const UnloadCargo&, const UnloadCargo&) = default;
};
/// cargo.depart, delay, resume, locate, deliver, lose and cancel.
struct MoveCargo {
    std::optional<std::string> location{};
    std::optional<Timestamp> eta{};
    std::optional<std::string> note{};
    friend bool operator==(const MoveCargo&, const MoveCargo&) = default;
};
struct AdjustStock {
    StockKey key{};
    Quantity delta{};
    StockReason reason = StockReason::other;
    std::string note{};
    friend bool operator==(const AdjustStock&, const AdjustStock&) = default;
};

using CommandBody = std::variant<CreateTrade, CancelTrade, CollectTrade, FollowShipment,
                                 CreateCargo, LoadCargo, UnloadCargo, MoveCargo, AdjustStock>;

struct Command {
    CommandId id{};
    Principal principal{};
    CommandKind kind = CommandKind::trade_create;
    /// transactionId, shipmentId or "station/product"; a cargo.load without a shipment has the
    /// transactionId.
    std::string subject{};
    std::optional<std::int64_t> expected_version{};
    Timestamp issued_at{};
    CommandBody body{};
    friend bool operator==(const Command&, const Command&) = default;
};

/// The principal of reactions. No door may stamp it, and its commands never expire.
inline const Principal system_principal{"system"};

}  // namespace itn::domain
