// Recording: the dirty rows, then the counters, then what only grows, each as one set.

#include <algorithm>

#include "common/storage/array_text.h"
#include "common/storage/rows.h"
#include "common/storage/transaction_postgres.h"
#include "common/wire/representation.h"

namespace itn::storage {
namespace {

namespace sql = statements;

/// Grows in the order of loading: by batch, since a load takes a version, and within the batch.
std::int64_t place_of(const domain::Shipment& shipment, const TransactionId& trade) {
    const auto& trades = shipment.manifest.trades;
    const auto found = std::ranges::find(trades, trade);
    return (shipment.cargo.version << 16) + (found - trades.begin());
}

std::int64_t place_of(const domain::World& world, const domain::Membership& membership) {
    const domain::Shipment* shipment = world.shipments.find(*membership.after);
    return shipment == nullptr ? 0 : place_of(*shipment, membership.trade);
}

}  // namespace

void PostgresTransaction::record(WriteSet& writes) {
    if (writes.world != nullptr) {
        insert_trades(*writes.world);
        update_trades(*writes.world);
        insert_shipments(*writes.world);
        update_shipments(*writes.world);
        record_memberships(*writes.world);
        record_stock(*writes.world);
    }
    park(session_, writes.parked);
    assign_seqs(writes);
    record_entries(writes);
    record_moves(writes);
    record_outcomes(writes);
}

void PostgresTransaction::change(const Statement& statement, const std::vector<Param>& params,
                                 std::size_t rows) {
    const pqxx::result result = session_.run(statement, params);
    if (result.affected_rows() == rows) return;
    throw MachineFailure(std::string(statement.name) + ": " +
                         std::to_string(result.affected_rows()) + " rows instead of " +
                         std::to_string(rows));
}

void PostgresTransaction::insert_trades(const domain::World& world) {
    ArrayText id, type, status, seller, buyer, destination, lines, total, reason, requested_by,
        version, created_at, updated_at;
    world.trades.each_dirty([&](const TransactionId& key, const domain::Trade& trade, bool fresh) {
        if (!fresh) return;
        id.add(key);
        type.add(name(trade.type));
        status.add(name(trade.status));
        seller.add(trade.seller);
        buyer.add(trade.buyer);
        destination.add(trade.destination);
        lines.add(wire::render_lines(trade.lines));
        total.add(trade.total);
        reason.add(trade.reason);
        requested_by.add(trade.requested_by);
        version.add(trade.version);
        created_at.add_micros(trade.created_at);
        updated_at.add_micros(trade.updated_at);
    });
    if (id.empty()) return;
    session_.run(sql::insert_trades,
                 {std::move(id).take(), std::move(type).take(), std::move(status).take(),
                  std::move(seller).take(), std::move(buyer).take(), std::move(destination).take(),
                  std::move(lines).take(), std::move(total).take(), std::move(reason).take(),
                  std::move(requested_by).take(), std::move(version).take(),
                  std::move(created_at).take(), std::move(updated_at).take()});
}

void PostgresTransaction::update_trades(const domain::World& world) {
    ArrayText id, status, reason, version, updated_at;
    std::size_t changes = 0;
    world.trades.each_dirty([&](const TransactionId& key, const domain::Trade& trade, bool fresh) {
        if (fresh) return;
        ++changes;
        id.add(key);
        status.add(name(trade.status));
        reason.add(trade.reason);
        version.add(trade.version);
        updated_at.add_micros(trade.updated_at);
    });
    if (changes == 0) return;
    change(sql::update_trades,
           {std::move(id).take(), std::move(status).take(), std::move(reason).take(),
            std::move(version).take(), std::move(updated_at).take()},
           changes);
}

void PostgresTransaction::insert_shipments(const domain::World& world) {
    ArrayText id, generated, origin, destination, status, capacity, loaded, trade_count, own,
        location, note, eta, departed_at, delivered_at, requested_by, version, created_at,
        updated_at;
    world.shipments.each_dirty([&](const ShipmentId& key, const domain::Shipment& row, bool fresh) {
        if (!fresh) return;
        const domain::Cargo& cargo = row.cargo;
        id.add(key);
        generated.add(cargo.generated);
        origin.add(cargo.origin);
        destination.add(cargo.destination);
        status.add(name(cargo.status));
        capacity.add(cargo.capacity);
        loaded.add(cargo.loaded);
        trade_count.add(std::int64_t(cargo.trade_count));
        own.add(wire::render_goods(row.manifest.own));
        location.add(cargo.location);
        note.add(cargo.note);
        eta.add(cargo.eta);
        departed_at.add(cargo.departed_at);
        delivered_at.add(cargo.delivered_at);
        requested_by.add(cargo.requested_by);
        version.add(cargo.version);
        created_at.add(cargo.created_at);
        updated_at.add(cargo.updated_at);
    });
    if (id.empty()) return;
    session_.run(
        sql::insert_shipments,
        {std::move(id).take(), std::move(generated).take(), std::move(origin).take(),
         std::move(destination).take(), std::move(status).take(), std::move(capacity).take(),
         std::move(loaded).take(), std::move(trade_count).take(), std::move(own).take(),
         std::move(location).take(), std::move(note).take(), std::move(eta).take(),
         std::move(departed_at).take(), std::move(delivered_at).take(),
         std::move(requested_by).take(), std::move(version).take(), std::move(created_at).take(),
         std::move(updated_at).take()});
}

void PostgresTransaction::update_shipments(const domain::World& world) {
    ArrayText id, status, loaded, trade_count, location, note, eta, departed_at, delivered_at,
        version, updated_at;
    std::size_t changes = 0;
    world.shipments.each_dirty([&](const ShipmentId& key, const domain::Shipment& row, bool fresh) {
        if (fresh) return;
        const domain::Cargo& cargo = row.cargo;
        ++changes;
        id.add(key);
        status.add(name(cargo.status));
        loaded.add(cargo.loaded);
        trade_count.add(std::int64_t(cargo.trade_count));
        location.add(cargo.location);
        note.add(cargo.note);
        eta.add(cargo.eta);
        departed_at.add(cargo.departed_at);
        delivered_at.add(cargo.delivered_at);
        version.add(cargo.version);
        updated_at.add(cargo.updated_at);
    });
    if (changes == 0) return;
    change(sql::update_shipments,
           {std::move(id).take(), std::move(status).take(), std::move(loaded).take(),
            std::move(trade_count).take(), std::move(location).take(), std::move(note).take(),
            std::move(eta).take(), std::move(departed_at).take(), std::move(delivered_at).take(),
            std::move(version).take(), std::move(updated_at).take()},
           changes);
}

void PostgresTransaction::record_memberships(const domain::World& world) {
    ArrayText joined, joined_shipment, joined_place;
    ArrayText changed, changed_shipment, changed_place, changed_before;
    ArrayText left, left_before;
    std::size_t changes = 0;
    std::size_t leaves = 0;
    for (const auto& [trade, membership] : world.memberships) {
        if (membership.before == membership.after) continue;
        if (!membership.after) {
            ++leaves;
            left.add(trade);
            left_before.add(*membership.before);
        } else if (!membership.before) {
            joined.add(trade);
            joined_shipment.add(*membership.after);
            joined_place.add(place_of(world, membership));
        } else {
            ++changes;
            changed.add(trade);
            changed_shipment.add(*membership.after);
            changed_place.add(place_of(world, membership));
            changed_before.add(*membership.before);
        }
    }
    if (leaves > 0) {
        change(sql::leave_shipments, {std::move(left).take(), std::move(left_before).take()},
               leaves);
    }
    if (changes > 0) {
        change(sql::change_shipments,
               {std::move(changed).take(), std::move(changed_shipment).take(),
                std::move(changed_place).take(), std::move(changed_before).take()},
               changes);
    }
    if (!joined.empty()) {
        session_.run(sql::join_shipments,
                     {std::move(joined).take(), std::move(joined_shipment).take(),
                      std::move(joined_place).take()});
    }
}

void PostgresTransaction::record_stock(const domain::World& world) {
    ArrayText station, product, on_hand, reserved, version;
    std::size_t changes = 0;
    world.stocks.each_dirty([&](const domain::StockKey& key, const domain::Stock& stock, bool) {
        if (unknown_stock_.contains(key)) {
            throw CommandFault("23503", "no such station or product: " + text_of(key));
        }
        ++changes;
        station.add(key.station);
        product.add(key.product);
        on_hand.add(stock.on_hand);
        reserved.add(stock.reserved);
        version.add(stock.version);
    });
    if (changes == 0) return;
    change(sql::update_stock,
           {std::move(station).take(), std::move(product).take(), std::move(on_hand).take(),
            std::move(reserved).take(), std::move(version).take()},
           changes);
}

}  // namespace itn::storage
