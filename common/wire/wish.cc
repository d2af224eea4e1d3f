#include "common/wire/wish.h"

#include <algorithm>

#include "common/wire/command_body.h"
#include "common/wire/ids.h"
#include "common/wire/parts.h"
#include "common/wire/wish_fields.h"

namespace itn::wire {

namespace {

using domain::CommandKind;

bool is_prose(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 ? c != '\x7f' : c == '\n' || c == '\t';
    });
}

/// What people call the states of a shipment: in_transit, "in transit", inTransit, in-transit and
/// enroute are one.
std::optional<CommandKind> move_to(std::string_view status) {
    using enum CommandKind;
    if (status == "in_transit" || status == "in transit" || status == "inTransit" ||
        status == "in-transit" || status == "enroute")
        return cargo_depart;
    if (status == "delayed") return cargo_delay;
    if (status == "delivered") return cargo_deliver;
    if (status == "lost") return cargo_lose;
    if (status == "cancelled" || status == "canceled") return cargo_cancel;
    return std::nullopt;
}

/// The status a client asks for; anything it cannot ask for is a fault.
template <class FromAlias, class FromName>
std::optional<CommandKind> read_target(Fields& fields, const JsonNode& node, FromAlias from_alias,
                                       FromName from_name, std::string_view rule) {
    if (node.type != JsonType::string) {
        fields.schema("status", "must be a text");
        return std::nullopt;
    }
    const auto kind = from_alias(node.text);
    if (!kind && from_name(node.text)) fields.range("status", rule);
    if (!kind && !from_name(node.text)) fields.schema("status", "is no known status");
    return kind;
}

void read_trade_status(Wish& wish, Fields& fields) {
    const auto from_alias = [](std::string_view text) -> std::optional<CommandKind> {
        if (text == "cancelled" || text == "canceled") return CommandKind::trade_cancel;
        if (text == "completed") return CommandKind::trade_collect;
        return std::nullopt;
    };
    std::optional<CommandKind> kind;
    if (const JsonNode* const node = fields.need("status"))
        kind = read_target(fields, *node, from_alias, domain::trade_status_from,
                           "only cancelled and completed can be asked for");
    wish.kind = kind.value_or(CommandKind::trade_cancel);
    if (wish.kind == CommandKind::trade_cancel) {
        wish.body = read_cancel(fields);
    } else {
        wish.body = domain::CollectTrade{};
    }
}

/// Without a status, news of where the shipment is: cargo.locate.
void read_cargo_status(Wish& wish, Fields& fields) {
    const JsonNode* const status = fields.find("status");
    domain::MoveCargo move = read_move(fields);
    const bool news = move.location || move.eta || move.note;
    wish.kind = CommandKind::cargo_locate;
    if (status != nullptr) {
        wish.kind = read_target(fields, *status, move_to, domain::cargo_status_from,
                                "nobody can bring a shipment back to pending")
                        .value_or(CommandKind::cargo_locate);
    } else if (!news) {
        fields.schema("status", "is required, or else location, eta or note");
    }
    wish.body = std::move(move);
    wish.expected_version = fields.integer_if("expectedVersion", version_range);
}

Wish adjustment(domain::AdjustStock adjust) {
    Wish wish;
    wish.kind = CommandKind::inventory_adjust;
    wish.subject = text_of(adjust.key);
    wish.body = std::move(adjust);
    return wish;
}

}  // namespace

Problem bad_path(std::string_view what, std::string_view rule) {
    return Problem{.slug = "invalid_request",
                   .detail = std::string(what) + " in the path " + std::string(rule),
                   .faults = {}};
}

std::optional<std::string> read_prose_if(Fields& fields, std::string_view key,
                                         std::size_t max_bytes) {
    auto text = fields.text_if(key, max_bytes);
    if (text && !is_prose(*text)) fields.schema(key, "has control characters");
    return text;
}

std::string read_prose(Fields& fields, std::string_view key, std::size_t max_bytes) {
    if (fields.need(key) == nullptr) return {};
    std::string text = read_prose_if(fields, key, max_bytes).value_or("");
    if (text.empty()) fields.schema(key, "must not be empty");
    return text;
}

Wish read_trade_wish(Fields& fields) {
    domain::CreateTrade trade;
    trade.type = fields.name_of("tradeType", domain::trade_type_from, "must be buy or sell");
    trade.seller = read_station(fields, "seller");
    trade.buyer = read_station(fields, "buyer");
    trade.lines = read_lines(fields, "items", LineForm::bare);
    trade.destination = read_station_if(fields, "destination").value_or(trade.buyer);
    Wish wish;
    wish.kind = CommandKind::trade_create;
    wish.expected_version = fields.integer_if("expectedVersion", version_range);
    wish.body = std::move(trade);
    return wish;
}

Wish read_cargo_wish(Fields& fields) {
    domain::CreateCargo cargo;
    cargo.origin = read_station(fields, "origin");
    cargo.destination = read_station(fields, "destination");
    cargo.own = read_goods(fields, "items", false);
    const auto chosen = fields.word_if("shipmentId", is_slug, slug_rule);
    cargo.generated = !chosen;
    const Range capacity_range{.from = 1, .to = std::numeric_limits<std::int64_t>::max()};
    if (const auto capacity = fields.integer_if("capacity", capacity_range))
        cargo.capacity = Volume(*capacity);
    cargo.eta = fields.time_if("eta");
    Wish wish;
    wish.kind = CommandKind::cargo_create;
    wish.subject = std::string(chosen.value_or(std::string_view()));
    wish.body = std::move(cargo);
    return wish;
}

domain::CancelTrade read_cancel(Fields& fields) {
    return {read_prose_if(fields, "reason", limits::max_note).value_or("")};
}

domain::MoveCargo read_move(Fields& fields) {
    domain::MoveCargo move;
    move.location = read_prose_if(fields, "location", limits::max_note);
    move.eta = fields.time_if("eta");
    move.note = read_prose_if(fields, "note", limits::max_note);
    return move;
}

Wish read_adjustment_wish(Fields& fields, StationId station) {
    domain::AdjustStock adjust;
    adjust.key.station = std::move(station);
    adjust.key.product = read_product(fields, "productId");
    adjust.delta = read_delta(fields, "delta");
    adjust.reason = read_adjustment_reason(fields, "reason");
    adjust.note = read_prose_if(fields, "note", limits::max_note).value_or("");
    Wish wish = adjustment(std::move(adjust));
    wish.expected_version = fields.integer_if("expectedVersion", version_range);
    return wish;
}

Result<Wish> parse_trade_wish(std::string_view body) {
    return parse_object<Wish>(body, read_trade_wish);
}

Result<Wish> parse_trade_status_wish(std::string_view transaction_id, std::string_view body) {
    if (!is_uuid(transaction_id)) return bad_path("the transactionId", uuid_rule);
    return parse_object<Wish>(body, [&](Fields& fields) {
        Wish wish;
        wish.subject = std::string(transaction_id);
        read_trade_status(wish, fields);
        wish.expected_version = fields.integer_if("expectedVersion", version_range);
        return wish;
    });
}

Result<Wish> parse_cargo_wish(std::string_view body) {
    return parse_object<Wish>(body, read_cargo_wish);
}

Result<Wish> parse_cargo_status_wish(std::string_view shipment_id, std::string_view body) {
    if (!is_shipment_id(shipment_id)) return bad_path("the shipmentId", shipment_rule);
    return parse_object<Wish>(body, [&](Fields& fields) {
        Wish wish;
        wish.subject = std::string(shipment_id);
        read_cargo_status(wish, fields);
        return wish;
    });
}

Result<Wish> parse_cargo_status_alias(std::string_view body) {
    return parse_object<Wish>(body, [](Fields& fields) {
        Wish wish;
        wish.subject = read_shipment(fields, "cargoId").text();
        read_cargo_status(wish, fields);
        return wish;
    });
}

Result<Wish> parse_adjustment_wish(std::string_view station_id, std::string_view body) {
    if (!is_slug(station_id)) return bad_path("the stationId", slug_rule);
    return parse_object<Wish>(body, [&](Fields& fields) {
        return read_adjustment_wish(fields, StationId(std::string(station_id)));
    });
}

Result<Wish> parse_inventory_update(std::string_view body) {
    return parse_object<Wish>(body, [](Fields& fields) {
        domain::AdjustStock adjust;
        adjust.key.product = read_product(fields, "itemId");
        adjust.delta = read_delta(fields, "quantityChange");
        adjust.key.station = read_station(fields, "location");
        return adjustment(std::move(adjust));
    });
}

}  // namespace itn::wire
