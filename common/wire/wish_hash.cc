// The canonical wish, and its hash. Its text, which is never parsed, is a list of
//
//   <name> '=' <length in bytes, decimal> ':' <bytes> '\n'
//
// in this order: kind, subject, version when expected, then the client's fields in the order of
// the switch below; optional ones only when they were given, lines and goods in the wish's order.
// Lengths make it unambiguous. Aliases and defaults are resolved; what a gateway stamps (price,
// volume, generated ids, time, trace) is not in it.

#include "common/wire/ids.h"
#include "common/wire/json_text.h"
#include "common/wire/wish.h"

namespace itn::wire {

namespace {

class Canonical final {
public:
    void text(std::string_view field, std::string_view value) {
        text_ += field;
        text_ += '=';
        append_number(text_, static_cast<std::int64_t>(value.size()));
        text_ += ':';
        text_ += value;
        text_ += '\n';
    }
    void number(std::string_view field, std::int64_t value) {
        std::string digits;
        append_number(digits, value);
        text(field, digits);
    }
    void time(std::string_view field, Timestamp at) {
        number(field, at.time_since_epoch().count());
    }
    const std::string& whole() const { return text_; }

    void operator()(const domain::CreateTrade& trade) {
        text("tradeType", name(trade.type));
        text("seller", trade.seller.text());
        text("buyer", trade.buyer.text());
        text("destination", trade.destination.text());
        for (const auto& line : trade.lines) {
            text("productId", line.product.text());
            number("quantity", line.quantity.value());
        }
    }
    void operator()(const domain::CancelTrade& cancel) { text("reason", cancel.reason); }
    void operator()(const domain::CollectTrade&) {}
    void operator()(const domain::FollowShipment& follow) {
        text("shipmentId", follow.shipment.text());
    }
    void operator()(const domain::CreateCargo& cargo) {
        text("origin", cargo.origin.text());
        text("destination", cargo.destination.text());
        for (const auto& goods : cargo.own) {
            text("productId", goods.product.text());
            number("quantity", goods.quantity.value());
        }
        if (cargo.capacity) number("capacity", cargo.capacity->value());
        if (cargo.eta) time("eta", *cargo.eta);
    }
    void operator()(const domain::LoadCargo& load) {
        text("transactionId", load.trade.text());
        if (load.shipment) text("shipmentId", load.shipment->text());
    }
    void operator()(const domain::UnloadCargo& unload) {
        text("transactionId", unload.trade.text());
        if (unload.shipment) text("shipmentId", unload.shipment->text());
    }
    void operator()(const domain::MoveCargo& move) {
        if (move.location) text("location", *move.location);
        if (move.eta) time("eta", *move.eta);
        if (move.note) text("note", *move.note);
    }
    void operator()(const domain::AdjustStock& adjust) {
        text("stationId", adjust.key.station.text());
        text("productId", adjust.key.product.text());
        number("delta", adjust.delta.value());
        text("reason", name(adjust.reason));
        text("note", adjust.note);
    }

private:
    std::string text_;
};

/// "" where the id is ours: a generated one follows from the key and says nothing of the wish.
std::string_view chosen_subject(const Wish& wish) {
    if (std::holds_alternative<domain::CreateTrade>(wish.body)) return {};
    const auto* cargo = std::get_if<domain::CreateCargo>(&wish.body);
    return cargo != nullptr && cargo->generated ? std::string_view() : wish.subject;
}

}  // namespace

std::string payload_hash(const Wish& wish) {
    Canonical canonical;
    canonical.text("kind", name(wish.kind));
    canonical.text("subject", chosen_subject(wish));
    if (wish.expected_version) canonical.number("expectedVersion", *wish.expected_version);
    std::visit(canonical, wish.body);
    return sha256_hex(canonical.whole());
}

}  // namespace itn::wire
