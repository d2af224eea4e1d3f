// The inventory family's rule: people count, restock and consume.

#include "common/domain/facts.h"
#include "common/domain/rules.h"

namespace itn::domain {
namespace {

Move move_of(const AdjustStock& wish) {
    Move move{.from = world_account,
              .to = account_of(wish.key.station),
              .product = wish.key.product,
              .quantity = wish.delta};
    if (wish.delta < Quantity(0)) {
        std::swap(move.from, move.to);
        move.quantity = -wish.delta;
    }
    return move;
}

bool is_in_range(Quantity delta) {
    const Quantity most(limits::max_quantity);
    return delta != Quantity(0) && delta >= -most && delta <= most;
}

std::string numbers(const Stock& stock, Quantity delta) {
    return "on hand " + std::to_string(stock.on_hand.value()) + ", reserved " +
           std::to_string(stock.reserved.value()) + ", delta " + std::to_string(delta.value());
}

}  // namespace

Decision adjust_stock(const Case& it) {
    const auto& wish = body_of<AdjustStock>(it.command);
    if (it.is_expired()) return it.expired();
    if (!is_adjustment(wish.reason)) {
        return it.rejected(Rejection::forbidden,
                           std::string(name(wish.reason)) + " is not a reason to adjust stock");
    }
    const Stock& stock = it.world.stock(wish.key);
    if (it.is_stale(stock.version)) return it.stale(stock.version);
    if (!is_in_range(wish.delta)) {
        return it.rejected(Rejection::quantity_out_of_range,
                           "delta is 0 or beyond " + std::to_string(limits::max_quantity));
    }
    const Quantity result = stock.on_hand + wish.delta;
    if (result > Quantity(limits::max_quantity)) {
        return it.rejected(Rejection::quantity_out_of_range, numbers(stock, wish.delta));
    }
    if (result < Quantity(0)) {
        return it.rejected(Rejection::stock_below_zero, numbers(stock, wish.delta));
    }
    if (result < stock.reserved) {
        return it.rejected(Rejection::stock_below_reserved, numbers(stock, wish.delta));
    }
    StockShift shift;
    shift.add(wish.key, wish.delta, Quantity(0));
    std::vector<Fact> facts;
    shift.tell(it.world, it.context.settings, {wish.reason, "", wish.note}, facts);
    facts.front().moves.push_back(move_of(wish));
    return it.applied(std::move(facts));
}

}  // namespace itn::domain
