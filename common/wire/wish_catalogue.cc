// Wishes about the catalogue: stations and products, whole or as a merge patch.

#include <nlohmann/json.hpp>
#include <utility>

#include "common/wire/ids.h"
#include "common/wire/parts.h"
#include "common/wire/wish_fields.h"

namespace itn::wire {

namespace {

/// The id of the body, of the path, or of both when they agree.
template <class T>
T read_id(Fields& fields, std::string_view key, std::optional<std::string_view> from_path) {
    if (!from_path) return T(std::string(fields.word(key, is_slug, slug_rule)));
    const auto in_body = fields.word_if(key, is_slug, slug_rule);
    if (in_body && *in_body != *from_path) fields.schema(key, "contradicts the path");
    return T(std::string(*from_path));
}

bool is_kind(std::string_view text) {
    return text == "planet" || text == "space_station";
}

void read_place_in_space(Station& station, Fields& fields) {
    const JsonNode* const node = fields.need("position");
    if (node == nullptr) return;
    const JsonPlace place = fields.place("position");
    Fields position(fields.document(), *node, place, fields.faults());
    station.x = position.integer("x");
    station.y = position.integer("y");
    station.z = position.integer("z");
    position.finish();
}

StationWish read_station_wish(Fields& fields, std::optional<std::string_view> id) {
    StationWish wish;
    wish.station.id = read_id<StationId>(fields, "stationId", id);
    wish.station.name = read_prose(fields, "name", limits::max_name);
    wish.station.kind =
        std::string(fields.word("kind", is_kind, "must be planet or space_station"));
    read_place_in_space(wish.station, fields);
    wish.version = fields.integer_if("version", version_range);
    wish.station.version = wish.version.value_or(0);
    return wish;
}

std::vector<std::string> read_images(Fields& fields) {
    std::vector<std::string> images;
    fields.each("images", fields.find("images"), Range{.from = 0, .to = limits::max_images},
                [&](const JsonNode& node, const JsonPlace& place) {
                    if (node.type != JsonType::string || node.text.empty() ||
                        node.text.size() > limits::max_target ||
                        plain_ascii(node.text) != node.text.size())
                        fields.faults().schema(place, "must be an address in printable ASCII");
                    images.emplace_back(node.text);
                });
    return images;
}

ProductWish read_product_wish(Fields& fields, std::optional<std::string_view> id) {
    ProductWish wish;
    Product& product = wish.product;
    const auto prose = [&](std::string_view key, std::size_t max_bytes) {
        return read_prose_if(fields, key, max_bytes).value_or("");
    };
    product.id = read_id<ProductId>(fields, "productId", id);
    product.name = read_prose(fields, "name", limits::max_name);
    product.description = prose("description", limits::max_description);
    product.category = prose("category", limits::max_name);
    product.brand = prose("brand", limits::max_name);
    product.unit_price = Credits(fields.integer("unitPrice", price_range));
    product.unit_volume = Volume(fields.integer("unitVolume", volume_range));
    product.images = read_images(fields);
    wish.version = fields.integer_if("version", version_range);
    product.version = wish.version.value_or(0);
    return wish;
}

/// `current` without its version, patched: the version of the result is the patch's own.
Result<std::string> merged(const std::string& current, std::string_view merge_patch) {
    const auto checked = read_json(merge_patch);
    if (!checked) return checked.problem();
    Faults faults;
    if (checked->root().type != JsonType::object) faults.schema(JsonPlace{}, "must be an object");
    if (!faults.none()) return faults.problem();
    auto whole = nlohmann::json::parse(current);
    whole.erase("version");
    const auto patch = nlohmann::json::parse(merge_patch, nullptr, false);
    if (patch.is_discarded())
        return Problem{.slug = "invalid_json", .detail = "a number is too large", .faults = {}};
    whole.merge_patch(patch);
    return whole.dump();
}

}  // namespace

Result<StationWish> parse_station_wish(std::string_view body, std::optional<std::string_view> id) {
    if (id && !is_slug(*id)) return bad_path("the stationId", slug_rule);
    return parse_object<StationWish>(body,
                                     [&](Fields& fields) { return read_station_wish(fields, id); });
}

Result<ProductWish> parse_product_wish(std::string_view body, std::optional<std::string_view> id) {
    if (id && !is_slug(*id)) return bad_path("the productId", slug_rule);
    return parse_object<ProductWish>(body,
                                     [&](Fields& fields) { return read_product_wish(fields, id); });
}

Result<StationWish> patch_station(const Station& current, std::string_view merge_patch) {
    const auto whole = merged(render(current), merge_patch);
    if (!whole) return whole.problem();
    return parse_station_wish(*whole, current.id.text());
}

Result<ProductWish> patch_product(const Product& current, std::string_view merge_patch) {
    const auto whole = merged(render(current), merge_patch);
    if (!whole) return whole.problem();
    return parse_product_wish(*whole, current.id.text());
}

}  // namespace itn::wire
