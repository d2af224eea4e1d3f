#include "common/domain/facts.h"

#include "common/base/limits.h"

namespace itn::domain {
namespace {

Quantity threshold_of(const Stock& row, const Settings& settings) {
    return row.low_below.value_or(settings.low_stock_below);
}

Fact low_stock(const Stock& row, Quantity threshold) {
    return critical_fact(CriticalKind::low_stock, text_of(row.key),
                         "available " + std::to_string(row.available().value()) + ", below " +
                             std::to_string(threshold.value()),
                         {row.key.station});
}

}  // namespace

std::string account_of(const StationId& station) {
    return "station:" + station.text();
}
std::string account_of(const ShipmentId& shipment) {
    return "shipment:" + shipment.text();
}

Fact trade_fact(EventKind kind, Trade after) {
    return {.event = {.kind = kind, .body = TradeChanged{.after = std::move(after)}}};
}

Fact cargo_fact(EventKind kind, Cargo after, Manifest manifest) {
    return {.event = {
                .kind = kind,
                .body = CargoChanged{.after = std::move(after), .manifest = std::move(manifest)}}};
}

Fact boarding_fact(EventKind kind, Cargo after, const TransactionId& trade) {
    return {
        .event = {.kind = kind, .body = CargoChanged{.after = std::move(after), .trade = trade}}};
}

Fact critical_fact(CriticalKind kind, std::string about, std::string message,
                   std::vector<StationId> stations) {
    return {.event = {.kind = EventKind::critical,
                      .body = Critical{.kind = kind,
                                       .about = std::move(about),
                                       .message = std::move(message),
                                       .stations = std::move(stations)}}};
}

void StockShift::add(const StockKey& key, Quantity on_hand, Quantity reserved) {
    Deltas& deltas = rows_[key];
    deltas.on_hand += on_hand;
    deltas.reserved += reserved;
}

void StockShift::demand(const World& world) const {
    Wanted missing{};
    for (const auto& [key, deltas] : rows_) {
        if (!world.stocks.is_loaded(key)) missing.stock.insert(key);
    }
    if (!missing.empty()) throw NotGathered{std::move(missing)};
}

std::optional<StockKey> StockShift::overflow(const World& world) const {
    demand(world);
    for (const auto& [key, deltas] : rows_) {
        const auto sum = Quantity::checked_sum(world.stock(key).on_hand, deltas.on_hand);
        if (!sum || *sum > Quantity(limits::max_quantity)) return key;
    }
    return std::nullopt;
}

void StockShift::tell(const World& world, const Settings& settings, const Cause& cause,
                      std::vector<Fact>& facts) const {
    demand(world);
    std::vector<Fact> criticals;
    for (const auto& [key, deltas] : rows_) {
        const Stock& before = world.stock(key);
        StockChanged changed{
            .after = before, .reason = cause.reason, .cause = cause.subject, .note = cause.note};
        changed.after.key = key;
        changed.after.on_hand += deltas.on_hand;
        changed.after.reserved += deltas.reserved;
        ++changed.after.version;
        changed.on_hand_delta = deltas.on_hand;
        changed.reserved_delta = deltas.reserved;

        const Quantity threshold = threshold_of(before, settings);
        if (before.available() >= threshold && changed.after.available() < threshold) {
            criticals.push_back(low_stock(changed.after, threshold));
        }
        facts.push_back(
            {.event = {.kind = EventKind::inventory_changed, .body = std::move(changed)}});
    }
    for (Fact& critical : criticals)
        facts.push_back(std::move(critical));
}

}  // namespace itn::domain
