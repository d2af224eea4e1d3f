#pragma once

// A shipment: goods on their way from one station to another, for trades that travel in it and of
// the sender's own.
//
//   pending (loading) ──▶ in_transit ⇄ delayed ──▶ delivered
//       └──▶ cancelled          └──────────────────▶ lost

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/amount.h"
#include "common/base/id.h"
#include "common/base/time.h"

namespace itn::domain {

enum class CargoStatus : std::uint8_t { pending, in_transit, delayed, delivered, lost, cancelled };

std::string_view name(CargoStatus status);
std::optional<CargoStatus> cargo_status_from(std::string_view name);

/// From where to where. Shipments with generated ids are filled route by route.
struct Route {
    StationId origin{};
    StationId destination{};
    friend bool operator==(const Route&, const Route&) = default;
    friend auto operator<=>(const Route&, const Route&) = default;
};

/// Goods without a price: what a shipment carries of one product.
struct Goods {
    ProductId product{};
    Quantity quantity{};
    Volume unit_volume{};
    friend bool operator==(const Goods&, const Goods&) = default;
};

/// The shipment itself: what changes with every event.
struct Cargo {
    ShipmentId id{};
    bool generated = false;  // the id was made by us: trades are loaded automatically
    StationId origin{};
    StationId destination{};
    CargoStatus status = CargoStatus::pending;
    std::optional<Volume> capacity{};  // none: unlimited
    Volume loaded{};                   // volume of own goods and trades
    std::int32_t trade_count = 0;
    std::string location{};
    std::string note{};
    std::optional<Timestamp> eta{};
    std::optional<Timestamp> departed_at{};
    std::optional<Timestamp> delivered_at{};
    Principal requested_by{};
    std::int64_t version = 0;
    Timestamp created_at{};
    Timestamp updated_at{};
    friend bool operator==(const Cargo&, const Cargo&) = default;
};

/// What is in it: the sender's own goods and the trades that travel in it.
struct Manifest {
    std::vector<Goods> own{};
    std::vector<TransactionId> trades{};  // in the order of loading
    friend bool operator==(const Manifest&, const Manifest&) = default;
};

struct Shipment {
    Cargo cargo{};
    Manifest manifest{};
    friend bool operator==(const Shipment&, const Shipment&) = default;
};

/// delivered, lost and cancelled never change again.
bool is_final(CargoStatus status);

}  // namespace itn::domain
