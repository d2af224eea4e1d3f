#include "common/wire/parts.h"

#include "common/wire/ids.h"

namespace itn::wire {

namespace {

template <class T>
T id_of(std::string_view text) {
    return T(std::string(text));
}

template <class T>
std::optional<T> id_of(std::optional<std::string_view> text) {
    if (!text) return std::nullopt;
    return T(std::string(*text));
}

/// Sums that everything behind this point relies on to fit.
void check_sums(Fields& fields, std::string_view key, const std::vector<domain::Line>& lines) {
    std::int64_t money = 0;
    std::int64_t room = 0;
    for (const auto& line : lines) {
        const auto price = Credits::checked_product(line.unit_price, line.quantity.value());
        const auto volume = Volume::checked_product(line.unit_volume, line.quantity.value());
        if (!price || !volume || __builtin_add_overflow(money, price->value(), &money) ||
            __builtin_add_overflow(room, volume->value(), &room))
            return fields.range(key, "price or volume of all lines is too large");
    }
}

void check_sums(Fields& fields, std::string_view key, const std::vector<domain::Goods>& goods) {
    std::int64_t room = 0;
    for (const auto& one : goods) {
        const auto volume = Volume::checked_product(one.unit_volume, one.quantity.value());
        if (!volume || __builtin_add_overflow(room, volume->value(), &room))
            return fields.range(key, "the volume of all items is too large");
    }
}

}  // namespace

bool is_shipment_id(std::string_view text) {
    return is_uuid(text) || is_slug(text);
}

StationId read_station(Fields& fields, std::string_view key) {
    return id_of<StationId>(fields.word(key, is_slug, slug_rule));
}

std::optional<StationId> read_station_if(Fields& fields, std::string_view key) {
    return id_of<StationId>(fields.word_if(key, is_slug, slug_rule));
}

ProductId read_product(Fields& fields, std::string_view key) {
    return id_of<ProductId>(fields.word(key, is_slug, slug_rule));
}

TransactionId read_transaction(Fields& fields, std::string_view key) {
    return id_of<TransactionId>(fields.word(key, is_uuid, uuid_rule));
}

ShipmentId read_shipment(Fields& fields, std::string_view key) {
    return id_of<ShipmentId>(fields.word(key, is_shipment_id, shipment_rule));
}

std::optional<ShipmentId> read_shipment_if(Fields& fields, std::string_view key) {
    return id_of<ShipmentId>(fields.word_if(key, is_shipment_id, shipment_rule));
}

Principal read_principal(Fields& fields, std::string_view key) {
    return id_of<Principal>(fields.word(key, is_command_id, visible_rule));
}

void append_line(std::string& out, const domain::Line& line, LineForm form) {
    JsonObject object(out);
    object.text("productId", line.product.text());
    object.number("quantity", line.quantity.value());
    if (form != LineForm::bare) {
        object.number("unitPrice", line.unit_price.value());
        object.number("unitVolume", line.unit_volume.value());
    }
    if (form == LineForm::with_total)
        object.number("lineTotal", line.unit_price.value() * line.quantity.value());
    object.close();
}

void append_lines(std::string& out, const std::vector<domain::Line>& lines, LineForm form) {
    JsonObject::append_array(out, lines, [form](std::string& text, const domain::Line& line) {
        append_line(text, line, form);
    });
}

domain::Line read_line(const JsonDocument& document, const JsonNode& node, const JsonPlace& place,
                       Faults& faults, LineForm form) {
    Fields fields(document, node, place, faults);
    domain::Line line;
    line.product = read_product(fields, "productId");
    line.quantity = Quantity(fields.integer("quantity", quantity_range));
    if (form != LineForm::bare) {
        line.unit_price = Credits(fields.integer("unitPrice", price_range));
        line.unit_volume = Volume(fields.integer("unitVolume", volume_range));
    }
    if (form == LineForm::with_total) fields.integer("lineTotal");
    fields.finish();
    return line;
}

std::vector<domain::Line> read_lines(Fields& fields, std::string_view key, LineForm form) {
    std::vector<domain::Line> lines;
    fields.each(
        key, fields.need(key), lines_range, [&](const JsonNode& node, const JsonPlace& place) {
            lines.push_back(read_line(fields.document(), node, place, fields.faults(), form));
        });
    check_sums(fields, key, lines);
    return lines;
}

void append_goods(std::string& out, const std::vector<domain::Goods>& goods) {
    JsonObject::append_array(out, goods, [](std::string& text, const domain::Goods& one) {
        JsonObject object(text);
        object.text("productId", one.product.text());
        object.number("quantity", one.quantity.value());
        object.number("unitVolume", one.unit_volume.value());
        object.close();
    });
}

domain::Goods read_one_goods(const JsonDocument& document, const JsonNode& node,
                             const JsonPlace& place, Faults& faults, bool stamped) {
    Fields fields(document, node, place, faults);
    domain::Goods goods;
    goods.product = read_product(fields, "productId");
    goods.quantity = Quantity(fields.integer("quantity", quantity_range));
    if (stamped) goods.unit_volume = Volume(fields.integer("unitVolume", volume_range));
    fields.finish();
    return goods;
}

std::vector<domain::Goods> read_goods(Fields& fields, std::string_view key, bool stamped) {
    std::vector<domain::Goods> goods;
    fields.each(key, fields.find(key), Range{.from = 0, .to = limits::max_lines},
                [&](const JsonNode& node, const JsonPlace& place) {
                    goods.push_back(
                        read_one_goods(fields.document(), node, place, fields.faults(), stamped));
                });
    check_sums(fields, key, goods);
    return goods;
}

}  // namespace itn::wire
