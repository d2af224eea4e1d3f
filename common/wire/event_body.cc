// The "body" of an event: render_body() and parse_body() of notice.h.
//
//   trade.*            the trade as REST gives it
//   cargo.*            the shipment; created, departed, delivered, lost and cancelled add
//                      own:[goods] and trades:[id], loaded and unloaded the transactionId
//   inventory.changed  the row, onHandDelta, reservedDelta, reason, cause?, note?
//   critical           {kind, about, message, stations}

#include "common/domain/event.h"
#include "common/wire/ids.h"
#include "common/wire/notice.h"
#include "common/wire/parts.h"

namespace itn::wire {

namespace {

using domain::EventKind;

bool lists_its_load(EventKind kind) {
    return kind == EventKind::cargo_created || kind == EventKind::cargo_departed ||
           kind == EventKind::cargo_delivered || kind == EventKind::cargo_lost ||
           kind == EventKind::cargo_cancelled;
}

void append_id(std::string& out, const std::string& id) {
    append_text(out, id);
}

struct AppendEvent {
    std::string& out;
    EventKind kind;

    void operator()(const domain::TradeChanged& changed) const { append_trade(out, changed.after); }
    void operator()(const domain::CargoChanged& changed) const {
        JsonObject object(out);
        append_cargo(object, changed.after);
        if (lists_its_load(kind)) {
            object.name("own");
            append_goods(out, changed.manifest.own);
            object.array("trades", changed.manifest.trades,
                         [](std::string& text, const auto& id) { append_id(text, id.text()); });
        }
        if (changed.trade) object.text("transactionId", changed.trade->text());
        object.close();
    }
    void operator()(const domain::StockChanged& changed) const {
        JsonObject object(out);
        append_stock(object, changed.after);
        object.number("onHandDelta", changed.on_hand_delta.value());
        object.number("reservedDelta", changed.reserved_delta.value());
        object.text("reason", name(changed.reason));
        object.text_if("cause", changed.cause);
        object.text_if("note", changed.note);
        object.close();
    }
    void operator()(const domain::Critical& critical) const {
        JsonObject object(out);
        object.text("kind", name(critical.kind));
        object.text("about", critical.about);
        object.text("message", critical.message);
        object.array("stations", critical.stations,
                     [](std::string& text, const auto& id) { append_id(text, id.text()); });
        object.close();
    }
};

/// The elements of an array of ids.
template <class T, class IsValid>
std::vector<T> read_ids(Fields& fields, std::string_view key, IsValid is_valid,
                        std::string_view rule) {
    std::vector<T> ids;
    fields.each(key, fields.need(key), Range{}, [&](const JsonNode& node, const JsonPlace& place) {
        if (node.type != JsonType::string || !is_valid(node.text))
            fields.faults().schema(place, std::string(rule));
        ids.emplace_back(std::string(node.text));
    });
    return ids;
}

domain::CargoChanged read_cargo_changed(EventKind kind, Fields& fields) {
    domain::CargoChanged changed;
    changed.after = read_cargo(fields);
    if (lists_its_load(kind)) {
        changed.manifest.own = read_goods(fields, "own", true);
        changed.manifest.trades = read_ids<TransactionId>(fields, "trades", is_uuid, uuid_rule);
    }
    const auto trade = fields.word_if("transactionId", is_uuid, uuid_rule);
    if (trade) changed.trade = TransactionId(std::string(*trade));
    return changed;
}

domain::StockChanged read_stock_changed(Fields& fields) {
    domain::StockChanged changed;
    changed.after = read_stock(fields);
    changed.on_hand_delta = Quantity(fields.integer("onHandDelta"));
    changed.reserved_delta = Quantity(fields.integer("reservedDelta"));
    changed.reason = fields.name_of("reason", domain::stock_reason_from, "is no reason");
    changed.cause = fields.text_if("cause", limits::max_description).value_or("");
    changed.note = fields.text_if("note", limits::max_description).value_or("");
    return changed;
}

domain::Critical read_critical(Fields& fields) {
    domain::Critical critical;
    critical.kind = fields.name_of("kind", domain::critical_kind_from, "is no kind of critical");
    critical.about = fields.text("about", limits::max_description);
    critical.message = fields.text("message", limits::max_own_json);
    critical.stations = read_ids<StationId>(fields, "stations", is_slug, slug_rule);
    return critical;
}

domain::Event read_event(EventKind kind, Fields& fields) {
    using enum EventKind;
    switch (kind) {
        case trade_confirmed:
        case trade_rejected:
        case trade_in_transit:
        case trade_completed:
        case trade_cancelled:
        case trade_failed:
            return {.kind = kind, .body = domain::TradeChanged{read_trade(fields)}};
        case cargo_created:
        case cargo_loaded:
        case cargo_unloaded:
        case cargo_departed:
        case cargo_delayed:
        case cargo_resumed:
        case cargo_located:
        case cargo_delivered:
        case cargo_lost:
        case cargo_cancelled:
            return {.kind = kind, .body = read_cargo_changed(kind, fields)};
        case inventory_changed:
            return {.kind = kind, .body = read_stock_changed(fields)};
        case critical:
            return {.kind = kind, .body = read_critical(fields)};
        case product_created:
        case product_updated:
        case product_deleted:
        case station_created:
        case station_updated:
        case station_deleted:
        case user_registered:
        case user_updated:
            break;
    }
    fields.faults().schema(JsonPlace{}, "this kind of event is none of the domain's");
    return {};
}

}  // namespace

std::string render_body(const domain::Event& event) {
    std::string out;
    out.reserve(640);
    std::visit(AppendEvent{.out = out, .kind = event.kind}, event.body);
    return out;
}

Result<domain::Event> parse_body(EventKind kind, std::string_view body) {
    const auto read = [kind](const JsonDocument& document, const JsonNode& root,
                             const JsonPlace& place, Faults& faults) {
        Fields fields(document, root, place, faults);
        domain::Event event = read_event(kind, fields);
        if (faults.none()) fields.finish();
        return event;
    };
    return read_value<domain::Event>(body, own_json, read);
}

}  // namespace itn::wire
