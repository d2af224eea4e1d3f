#include "tests/common/domain/laws.h"

#include <map>
#include <set>

#include "common/base/limits.h"

namespace itn::domain::test {
namespace {

using Holding = std::map<std::pair<std::string, ProductId>, std::int64_t>;

void put(Holding& holding, const std::string& account, const ProductId& product,
         std::int64_t quantity) {
    const auto row = holding.try_emplace({account, product}, 0).first;
    row->second += quantity;
    if (row->second == 0) holding.erase(row);
}

bool is_under_way(CargoStatus status) {
    return status == CargoStatus::in_transit || status == CargoStatus::delayed;
}

bool has_left(const World& world, const Trade& trade) {
    if (!trade.shipment) return false;
    return world.shipment(*trade.shipment)->cargo.status != CargoStatus::pending;
}

/// What is where according to the rows: on hand, in shipments under way, lost.
Holding goods_in_rows(const World& world) {
    Holding holding;
    world.stocks.each([&](const StockKey& key, const Stock& stock) {
        put(holding, account_of(key.station), key.product, stock.on_hand.value());
    });
    world.shipments.each([&](const ShipmentId& id, const Shipment& shipment) {
        const CargoStatus status = shipment.cargo.status;
        if (!is_under_way(status) && status != CargoStatus::lost) return;
        const std::string account = status == CargoStatus::lost ? lost_account : account_of(id);
        for (const Goods& goods : shipment.manifest.own) {
            put(holding, account, goods.product, goods.quantity.value());
        }
        for (const TransactionId& trade : shipment.manifest.trades) {
            for (const Line& line : world.trade(trade)->lines) {
                put(holding, account, line.product, line.quantity.value());
            }
        }
    });
    return holding;
}

/// What the ledger says of every account but the world.
Holding goods_in_ledger(const std::vector<Fact>& journal) {
    Holding holding;
    for (const Fact& fact : journal) {
        for (const Move& move : fact.moves) {
            if (move.from != world_account) {
                put(holding, move.from, move.product, -move.quantity.value());
            }
            if (move.to != world_account) {
                put(holding, move.to, move.product, move.quantity.value());
            }
        }
    }
    return holding;
}

std::map<ProductId, std::int64_t> by_product(const Holding& holding) {
    std::map<ProductId, std::int64_t> sums;
    for (const auto& [row, quantity] : holding)
        sums[row.second] += quantity;
    std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
    return sums;
}

std::map<ProductId, std::int64_t> adjusted(const std::vector<Fact>& journal) {
    Holding holding;
    for (const Fact& fact : journal) {
        const auto* stock = std::get_if<StockChanged>(&fact.event.body);
        if (stock == nullptr || !is_adjustment(stock->reason)) continue;
        put(holding, "", stock->after.key.product, stock->on_hand_delta.value());
    }
    return by_product(holding);
}

std::string goods_are_conserved(const Galaxy& galaxy) {
    const Holding rows = goods_in_rows(galaxy.world());
    if (rows != goods_in_ledger(galaxy.journal())) return "the ledger says what the rows say";
    if (by_product(rows) != adjusted(galaxy.journal())) return "goods are conserved";
    return "";
}

std::string moves_are_whole(const Galaxy& galaxy) {
    for (const Fact& fact : galaxy.journal()) {
        for (const Move& move : fact.moves) {
            const bool is_whole = move.quantity > Quantity(0) && move.from != move.to;
            if (!is_whole) return "a move has two ends and a quantity: " + text_of(fact);
        }
    }
    return "";
}

std::string stock_is_bounded(const Galaxy& galaxy) {
    for (const Fact& fact : galaxy.journal()) {
        const auto* stock = std::get_if<StockChanged>(&fact.event.body);
        if (stock == nullptr) continue;
        const Stock& after = stock->after;
        const bool is_bounded = Quantity(0) <= after.reserved && after.reserved <= after.on_hand &&
                                after.on_hand <= Quantity(limits::max_quantity);
        if (!is_bounded) return "0 <= reserved <= on hand <= most: " + text_of(fact);
    }
    return "";
}

std::string reserved_is_promised(const Galaxy& galaxy) {
    const World world = galaxy.world();
    Holding promised;
    world.trades.each([&](const TransactionId&, const Trade& trade) {
        if (trade.status != TradeStatus::confirmed || has_left(world, trade)) return;
        for (const Line& line : trade.lines) {
            put(promised, trade.seller.text(), line.product, line.quantity.value());
        }
    });
    world.shipments.each([&](const ShipmentId&, const Shipment& shipment) {
        if (shipment.cargo.status != CargoStatus::pending) return;
        for (const Goods& goods : shipment.manifest.own) {
            put(promised, shipment.cargo.origin.text(), goods.product, goods.quantity.value());
        }
    });
    Holding reserved;
    world.stocks.each([&](const StockKey& key, const Stock& stock) {
        put(reserved, key.station.text(), key.product, stock.reserved.value());
    });
    return promised == reserved ? "" : "reserved is what is promised";
}

std::string versions_are_contiguous(const Galaxy& galaxy) {
    std::map<std::pair<std::size_t, std::string>, std::int64_t> versions;
    for (const Fact& fact : galaxy.journal()) {
        if (fact.event.kind == EventKind::critical) continue;
        auto& version = versions[{fact.event.body.index(), subject_of(fact.event)}];
        if (version_of(fact.event) != ++version) {
            return "versions are contiguous from 1: " + text_of(fact);
        }
    }
    return "";
}

std::string final_states_stay(const Galaxy& galaxy) {
    std::set<std::string> ended;
    for (const Fact& fact : galaxy.journal()) {
        const auto* trade = std::get_if<TradeChanged>(&fact.event.body);
        const auto* cargo = std::get_if<CargoChanged>(&fact.event.body);
        if (trade == nullptr && cargo == nullptr) continue;
        const std::string subject = (trade ? "trade " : "cargo ") + subject_of(fact.event);
        if (ended.contains(subject)) return "final states never change: " + text_of(fact);
        const bool ends = trade ? is_final(trade->after.status) : is_final(cargo->after.status);
        if (ends) ended.insert(subject);
    }
    return "";
}

/// Folded onto nothing, the journal gives the rows that were written batch by batch.
std::string journal_folds_to_rows(const Galaxy& galaxy) {
    World folded;
    for (const Fact& fact : galaxy.journal())
        evolve(folded, fact);
    const World rows = galaxy.world();
    if (text_of(folded) != text_of(rows)) return "the journal folds to the rows";
    std::string different;
    rows.trades.each([&](const TransactionId& id, const Trade& trade) {
        if (*folded.trades.find(id) != trade) different = id.text();
    });
    rows.shipments.each([&](const ShipmentId& id, const Shipment& shipment) {
        if (*folded.shipments.find(id) != shipment) different = id.text();
    });
    return different.empty() ? "" : "the journal folds to the row of " + different;
}

std::string manifests_agree(const Galaxy& galaxy) {
    const World world = galaxy.world();
    std::map<TransactionId, ShipmentId> travels;
    std::string broken;
    world.shipments.each([&](const ShipmentId& id, const Shipment& shipment) {
        Volume loaded{};
        for (const Goods& goods : shipment.manifest.own) {
            loaded += Volume(goods.quantity.value() * goods.unit_volume.value());
        }
        for (const TransactionId& trade : shipment.manifest.trades) {
            if (!travels.emplace(trade, id).second) broken = "a trade is in one shipment at most";
            if (world.trade(trade)->shipment != id) broken = "trade and manifest agree";
            loaded += volume_of(*world.trade(trade));
        }
        const Cargo& cargo = shipment.cargo;
        if (cargo.trade_count != static_cast<std::int32_t>(shipment.manifest.trades.size())) {
            broken = "trades are counted";
        }
        if (cargo.loaded != loaded) broken = "what is loaded is measured";
        if (cargo.capacity && loaded > *cargo.capacity) broken = "no shipment is overloaded";
    });
    world.trades.each([&](const TransactionId& id, const Trade& trade) {
        if (trade.shipment && !travels.contains(id)) broken = "a trade is where it says";
    });
    return broken;
}

}  // namespace

std::string broken_law(const Galaxy& galaxy) {
    for (const auto law :
         {versions_are_contiguous, final_states_stay, stock_is_bounded, moves_are_whole,
          journal_folds_to_rows, manifests_agree, reserved_is_promised, goods_are_conserved}) {
        std::string broken = law(galaxy);
        if (!broken.empty()) return broken + "\n" + text_of(galaxy.world());
    }
    return "";
}

}  // namespace itn::domain::test
