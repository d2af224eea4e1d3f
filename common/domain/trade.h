#pragma once

// A trade: goods of one seller for one buyer, at the catalogue's price of the moment it was
// stamped.
//
//   (accepted) ──create──▶ confirmed ──cargo departs──▶ in_transit ──cargo delivered──▶ completed
//        └──▶ rejected        ├──cancel──▶ cancelled            └──cargo lost──▶ failed
//                             └──collect (only when destination = seller)──▶ completed

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/amount.h"
#include "common/base/id.h"
#include "common/base/time.h"

namespace itn::domain {

enum class TradeType : std::uint8_t { buy, sell };
enum class TradeStatus : std::uint8_t {
    confirmed,
    in_transit,
    completed,
    cancelled,
    failed,
    rejected
};

std::string_view name(TradeType type);
std::optional<TradeType> trade_type_from(std::string_view name);
std::string_view name(TradeStatus status);
std::optional<TradeStatus> trade_status_from(std::string_view name);

/// One product of a trade. Price and volume are the catalogue's, stamped at the door.
struct Line {
    ProductId product{};
    Quantity quantity{};
    Credits unit_price{};
    Volume unit_volume{};
    friend bool operator==(const Line&, const Line&) = default;
};

struct Trade {
    TransactionId id{};
    TradeType type = TradeType::buy;
    StationId seller{};
    StationId buyer{};
    StationId destination{};
    std::vector<Line> lines{};  // one per product, in the order of their first mention
    Credits total{};
    TradeStatus status = TradeStatus::confirmed;
    std::string reason{};                  // of rejected, cancelled and failed, else ""
    std::optional<ShipmentId> shipment{};  // the one it travels in; kept in cargo_trade
    Principal requested_by{};
    std::int64_t version = 0;
    Timestamp created_at{};
    Timestamp updated_at{};
    friend bool operator==(const Trade&, const Trade&) = default;
};

/// completed, cancelled, failed and rejected never change again.
bool is_final(TradeStatus status);
/// Room the goods take in a hold.
Volume volume_of(const Trade& trade);

}  // namespace itn::domain
