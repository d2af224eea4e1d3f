// The trade family's rules: what a trade may do, and what that does to the seller's stock.

#include "common/domain/facts.h"
#include "common/domain/rules.h"

namespace itn::domain {
namespace {

/// The trade as it was wished for. Whoever names no destination means the buyer.
Trade draft(const Case& it) {
    const auto& wish = body_of<CreateTrade>(it.command);
    return {.id = TransactionId(it.command.subject),
            .type = wish.type,
            .seller = wish.seller,
            .buyer = wish.buyer,
            .destination = wish.destination.empty() ? wish.buyer : wish.destination,
            .lines = wish.lines,
            .requested_by = it.command.principal,
            .version = 1,
            .created_at = it.context.now,
            .updated_at = it.context.now};
}

Decision turned_down(const Case& it, Trade trade, Decision verdict) {
    trade.status = TradeStatus::rejected;
    trade.reason = name(verdict.rejection.value());
    verdict.facts.push_back(trade_fact(EventKind::trade_rejected, std::move(trade)));
    verdict.subject = it.command.subject;
    return verdict;
}

/// nullopt when a price is out of bounds or the sum leaves int64.
std::optional<Credits> total_of(const std::vector<Line>& lines) {
    Credits total{};
    for (const Line& line : lines) {
        const Credits price = line.unit_price;
        if (price < Credits(0) || price > Credits(limits::max_unit_price)) return std::nullopt;
        const auto part = Credits::checked_product(price, line.quantity.value());
        const auto next = part ? Credits::checked_sum(total, *part) : std::nullopt;
        if (!next) return std::nullopt;
        total = *next;
    }
    return total;
}

Decision confirmed(const Case& it, Trade trade) {
    const Settings& settings = it.context.settings;
    trade.status = TradeStatus::confirmed;
    StockShift shift;
    shift.add_lines(trade.seller, trade.lines, 0, +1);

    std::vector<Fact> facts{trade_fact(EventKind::trade_confirmed, trade)};
    shift.tell(it.world, settings, {StockReason::trade_confirmed, trade.id.text()}, facts);
    if (trade.lines.size() > settings.oversized_trade_lines) {
        facts.push_back(critical_fact(CriticalKind::oversized_trade, trade.id.text(),
                                      std::to_string(trade.lines.size()) + " lines",
                                      {trade.seller, trade.buyer}));
    }
    return it.applied(std::move(facts));
}

/// The trade one version on.
Trade next(const Case& it, const Trade& trade, TradeStatus status, std::string reason = {}) {
    Trade after = trade;
    after.status = status;
    after.reason = std::move(reason);
    ++after.version;
    after.updated_at = it.context.now;
    return after;
}

bool has_departed(const Case& it, const Trade& trade) {
    if (trade.status == TradeStatus::in_transit) return true;
    if (!trade.shipment) return false;
    const Shipment* shipment = it.world.shipment(*trade.shipment);
    return shipment != nullptr && shipment->cargo.status != CargoStatus::pending &&
           shipment->cargo.status != CargoStatus::cancelled;
}

/// What a reaction wants of its trade.
struct Goal {
    EventKind event = EventKind::trade_in_transit;
    TradeStatus status = TradeStatus::in_transit;
    std::string reason{};
};

Goal goal_of(CommandKind kind) {
    if (kind == CommandKind::trade_complete) {
        return {.event = EventKind::trade_completed, .status = TradeStatus::completed};
    }
    if (kind == CommandKind::trade_fail) {
        return {.event = EventKind::trade_failed,
                .status = TradeStatus::failed,
                .reason = "cargo_lost"};
    }
    return {};
}

/// A trade that was delivered or lost has departed, too.
bool is_reached(const Goal& goal, TradeStatus status) {
    if (goal.status != TradeStatus::in_transit) return status == goal.status;
    return status == TradeStatus::in_transit || status == TradeStatus::completed ||
           status == TradeStatus::failed;
}

}  // namespace

Decision create_trade(const Case& it) {
    Trade trade = draft(it);
    if (it.world.trade(trade.id) != nullptr) {
        return it.rejected(Rejection::trade_exists, "trade " + trade.id.text() + " exists");
    }
    const auto turn_down = [&](Decision verdict) {
        return turned_down(it, std::move(trade), std::move(verdict));
    };
    if (it.is_expired()) return turn_down(it.expired());
    if (it.is_stale(0)) return turn_down(it.stale(0));
    if (trade.seller == trade.buyer) {
        return turn_down(
            it.rejected(Rejection::same_station, trade.seller.text() + " is seller and buyer"));
    }
    auto lines = merged(trade.lines);
    if (!lines || lines->empty() || !room_for(*lines)) {
        return turn_down(it.rejected(Rejection::quantity_out_of_range, out_of_range));
    }
    const auto total = total_of(*lines);
    if (!total) {
        return turn_down(it.rejected(Rejection::quantity_out_of_range, "the total is too large"));
    }
    const auto& wish = body_of<CreateTrade>(it.command);
    trade.total = *total;
    trade.lines = std::move(*lines);
    std::string missing = shortage(it.world, trade.seller, wish.lines, trade.lines);
    if (!missing.empty()) {
        return turn_down(it.rejected(Rejection::insufficient_stock, std::move(missing)));
    }
    return confirmed(it, std::move(trade));
}

Decision cancel_trade(const Case& it) {
    const TransactionId id(it.command.subject);
    if (it.is_expired()) return it.expired();
    const Trade* trade = it.world.trade(id);
    if (trade == nullptr) return it.no_trade(id);
    if (it.is_stale(trade->version)) return it.stale(trade->version);
    if (is_final(trade->status)) {
        return it.rejected(Rejection::trade_final, "it is " + std::string(name(trade->status)));
    }
    if (has_departed(it, *trade)) {
        return it.rejected(Rejection::trade_departed, "its shipment has left");
    }
    StockShift shift;
    shift.add_lines(trade->seller, trade->lines, 0, -1);
    std::vector<Fact> facts{trade_fact(
        EventKind::trade_cancelled,
        next(it, *trade, TradeStatus::cancelled, body_of<CancelTrade>(it.command).reason))};
    shift.tell(it.world, it.context.settings, {StockReason::trade_cancelled, id.text()}, facts);
    return it.applied(std::move(facts));
}

Decision collect_trade(const Case& it) {
    const TransactionId id(it.command.subject);
    if (it.is_expired()) return it.expired();
    const Trade* trade = it.world.trade(id);
    if (trade == nullptr) return it.no_trade(id);
    if (it.is_stale(trade->version)) return it.stale(trade->version);
    if (is_final(trade->status)) {
        return it.rejected(Rejection::trade_final, "it is " + std::string(name(trade->status)));
    }
    if (trade->status != TradeStatus::confirmed || trade->destination != trade->seller) {
        return it.rejected(Rejection::not_collectable,
                           "it is delivered to " + trade->destination.text());
    }
    StockShift shift;
    shift.add_lines(trade->seller, trade->lines, -1, -1);
    shift.add_lines(trade->buyer, trade->lines, +1, 0);
    if (const auto full = shift.overflow(it.world)) {
        return it.rejected(Rejection::quantity_out_of_range, text_of(*full) + " has no room");
    }
    std::vector<Fact> facts{
        trade_fact(EventKind::trade_completed, next(it, *trade, TradeStatus::completed))};
    move_lines(facts.front(), account_of(trade->seller), account_of(trade->buyer), trade->lines);
    shift.tell(it.world, it.context.settings, {StockReason::trade_collected, id.text()}, facts);
    return it.applied(std::move(facts));
}

Decision follow_shipment(const Case& it) {
    const TransactionId id(it.command.subject);
    if (it.is_expired()) return it.expired();
    if (!it.is_of_system()) {
        return it.rejected(Rejection::forbidden, "only its shipment moves a trade");
    }
    const Trade* trade = it.world.trade(id);
    if (trade == nullptr) return it.no_trade(id);
    Goal goal = goal_of(it.command.kind);
    if (is_reached(goal, trade->status)) return it.applied();
    if (is_final(trade->status)) {
        return it.rejected(Rejection::trade_final, "it is " + std::string(name(trade->status)));
    }
    if (trade->shipment != body_of<FollowShipment>(it.command).shipment) {
        return it.rejected(Rejection::not_loaded, "it does not travel in that shipment");
    }
    return it.applied(
        {trade_fact(goal.event, next(it, *trade, goal.status, std::move(goal.reason)))});
}

}  // namespace itn::domain
