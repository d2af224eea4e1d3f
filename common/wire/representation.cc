#include "common/wire/representation.h"

#include <algorithm>

#include "common/wire/parts.h"

namespace itn::wire {

namespace {

/// What is aboard of one product, whoever's it is, in the order of first mention.
std::vector<domain::Goods> added_up(const std::vector<domain::Goods>& own,
                                    const std::vector<domain::Goods>& aboard) {
    std::vector<domain::Goods> sums = own;
    for (const auto& goods : aboard) {
        const auto found = std::ranges::find(sums, goods.product, &domain::Goods::product);
        if (found == sums.end()) {
            sums.push_back(goods);
        } else {
            found->quantity += goods.quantity;
        }
    }
    return sums;
}

void append_texts(std::string& out, const std::vector<std::string>& texts) {
    JsonObject::append_array(out, texts, [](std::string& text, const std::string& element) {
        append_text(text, element);
    });
}

template <class T, class ReadOne>
Result<std::vector<T>> parse_array(std::string_view json, ReadOne read_one) {
    const auto read = [&](const JsonDocument& document, const JsonNode& root,
                          const JsonPlace& place, Faults& faults) {
        std::vector<T> elements;
        if (root.type != JsonType::array) faults.schema(place, "must be an array");
        if (root.type != JsonType::array) return elements;
        document.each(root, [&](const JsonNode& node, std::uint32_t i) {
            const JsonPlace inside{.parent = &place, .index = i};
            elements.push_back(read_one(document, node, inside, faults));
        });
        return elements;
    };
    return read_value<std::vector<T>>(json, own_json, read);
}

}  // namespace

std::string render(const domain::Trade& trade) {
    std::string out;
    out.reserve(640);
    append_trade(out, trade);
    return out;
}

std::string render(const domain::Cargo& cargo, const domain::Manifest& manifest,
                   const std::vector<domain::Goods>& aboard) {
    std::string out;
    out.reserve(640);
    JsonObject object(out);
    append_cargo(object, cargo);
    object.name("items");
    append_goods(out, added_up(manifest.own, aboard));
    object.name("own");
    append_goods(out, manifest.own);
    object.array("trades", manifest.trades,
                 [](std::string& text, const TransactionId& id) { append_text(text, id.text()); });
    object.close();
    return out;
}

std::string render(const domain::Stock& stock) {
    std::string out;
    out.reserve(160);
    JsonObject object(out);
    append_stock(object, stock);
    object.close();
    return out;
}

std::string render(const Station& station) {
    std::string out;
    JsonObject object(out);
    object.text("stationId", station.id.text());
    object.text("name", station.name);
    object.text("kind", station.kind);
    object.name("position");
    JsonObject position(out);
    position.number("x", station.x);
    position.number("y", station.y);
    position.number("z", station.z);
    position.close();
    object.number("version", station.version);
    object.close();
    return out;
}

std::string render(const Product& product) {
    std::string out;
    JsonObject object(out);
    object.text("productId", product.id.text());
    object.text("name", product.name);
    object.text("description", product.description);
    object.text("category", product.category);
    object.text("brand", product.brand);
    object.number("unitPrice", product.unit_price.value());
    object.number("unitVolume", product.unit_volume.value());
    object.name("images");
    append_texts(out, product.images);
    object.number("version", product.version);
    object.close();
    return out;
}

std::string render_lines(const std::vector<domain::Line>& lines) {
    std::string out;
    append_lines(out, lines, LineForm::stamped);
    return out;
}

Result<std::vector<domain::Line>> parse_lines(std::string_view json) {
    return parse_array<domain::Line>(
        json, [](auto&&... at) { return read_line(at..., LineForm::stamped); });
}

std::string render_goods(const std::vector<domain::Goods>& goods) {
    std::string out;
    append_goods(out, goods);
    return out;
}

Result<std::vector<domain::Goods>> parse_goods(std::string_view json) {
    return parse_array<domain::Goods>(json,
                                      [](auto&&... at) { return read_one_goods(at..., true); });
}

}  // namespace itn::wire
