#pragma once

// Rows with awkward content, and short ways to write and load them, for the tests of this folder.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "common/storage/store.h"

namespace itn::storage::contract {

inline const StationId ceres{"ceres"};
inline const StationId vesta{"vesta"};
inline const ProductId ice{"ice"};
inline const ProductId ore{"ore"};
inline const domain::Route route{.origin = ceres, .destination = vesta};
inline const domain::StockKey ceres_ice{ceres, ice};
inline constexpr Lane lane_0{.family = Family::trade, .shard = 0};
inline constexpr Lane lane_1{.family = Family::trade, .shard = 1};

inline Timestamp at_second(int second) {
    return Timestamp(std::chrono::seconds(1'900'000'000 + second)) + std::chrono::microseconds(7);
}

inline TransactionId trade_id(int n) {
    char text[37];
    std::snprintf(text, sizeof text, "%08x-0000-8000-8000-000000000000", static_cast<unsigned>(n));
    return TransactionId(text);
}

inline domain::Trade a_trade(int n) {
    return {.id = trade_id(n),
            .type = domain::TradeType::sell,
            .seller = ceres,
            .buyer = vesta,
            .destination = vesta,
            .lines = {{.product = ice,
                       .quantity = Quantity(3),
                       .unit_price = Credits(7),
                       .unit_volume = Volume(2)},
                      {.product = ore, .quantity = Quantity(1), .unit_price = Credits(5)}},
            .total = Credits(26),
            .requested_by = Principal("user:\"42\"\\"),
            .version = 1,
            .created_at = at_second(n),
            .updated_at = at_second(n)};
}

inline domain::Shipment a_shipment(const std::string& id, int second) {
    return {
        .cargo = {.id = ShipmentId(id),
                  .generated = true,
                  .origin = ceres,
                  .destination = vesta,
                  .loaded = Volume(4),
                  .location = "between {a} and \"b\"",
                  .note = "fragile, NULL",
                  .eta = at_second(99),
                  .requested_by = Principal("dev"),
                  .version = 1,
                  .created_at = at_second(second),
                  .updated_at = at_second(second)},
        .manifest = {.own = {{.product = ore, .quantity = Quantity(2), .unit_volume = Volume(2)}}}};
}

inline wire::JournalEntry an_entry(Lane lane, const std::string& subject, std::int64_t version) {
    return {.lane = lane,
            .kind = domain::EventKind::trade_confirmed,
            .subject = subject,
            .version = version,
            .caused_by = "command",
            .traceparent = "00-trace",
            .at = at_second(1),
            .body = R"({"a":"\"{}\\,"})"};
}

inline wire::Outcome an_outcome(const std::string& id, std::int64_t entry = 0) {
    return {.principal = Principal("dev"),
            .id = CommandId(id),
            .payload_hash = "00ff",
            .kind = wire::OutcomeKind::rejected,
            .code = "insufficient_stock",
            .detail = "line 1: wanted 3, available 2",
            .subject = "subject",
            .lane = lane_0,
            .seq = entry,
            .at = at_second(2)};
}

inline void join(domain::World& world, const TransactionId& trade, domain::Shipment& shipment) {
    shipment.manifest.trades.push_back(trade);
    ++shipment.cargo.trade_count;
    world.memberships[trade] = {.trade = trade, .before = {}, .after = shipment.cargo.id};
}

/// Records and commits in one transaction; the seqs come back in `writes`.
inline void write(Store& store, WriteSet& writes) {
    const auto transaction = store.begin();
    transaction->record(writes);
    transaction->commit();
}
inline void write(Store& store, const domain::World& world) {
    WriteSet writes{.world = &world};
    write(store, writes);
}

inline domain::World load(Store& store, const domain::Wanted& wanted) {
    domain::World world;
    store.begin()->load(wanted, world);
    return world;
}

/// Puts stock there as a worker does: load, change, record.
inline void put_stock(Store& store, const domain::StockKey& key, Quantity on_hand,
                      Quantity reserved = {}) {
    const auto transaction = store.begin();
    domain::World world;
    transaction->load({.stock = {key}}, world);
    domain::Stock& row = world.stocks.change(key);
    row.on_hand = on_hand;
    row.reserved = reserved;
    ++row.version;
    WriteSet writes{.world = &world};
    transaction->record(writes);
    transaction->commit();
}

/// Of the CommandFault that the call throws.
template <class Call>
std::string sqlstate_of(Call call) {
    try {
        call();
    } catch (const CommandFault& fault) {
        return fault.sqlstate();
    }
    return "no fault";
}

}  // namespace itn::storage::contract
