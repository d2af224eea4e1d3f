#include "api/products.h"

#include <utility>

#include "api/catalogue_resource.h"
#include "common/wire/wish.h"

namespace itn::api {

namespace {

struct ProductNoun {
    using Row = wire::Product;
    using RowId = ProductId;
    using Wish = wire::ProductWish;
    static constexpr std::string_view name = "product";
    static constexpr std::string_view path = "/api/products";
    static constexpr std::string_view param = "productId";

    static auto parse(std::string_view body, std::optional<std::string_view> id) {
        return wire::parse_product_wish(body, id);
    }
    static auto patch(const Row& current, std::string_view body) {
        return wire::patch_product(current, body);
    }
    static Row row_of(Wish wish) { return std::move(wish.product); }
    static const auto& rows(const gateway::Catalogue& catalogue) { return catalogue.products; }
    static auto list(storage::Reader& reader, const std::optional<RowId>& after,
                     std::size_t limit) {
        return reader.products(after, limit);
    }
    static auto read(storage::Reader& reader, const RowId& id) { return reader.product(id); }
    static auto create(storage::Reader& reader, const Row& row, const storage::Cause& cause) {
        return reader.create_product(row, cause);
    }
    static auto update(storage::Reader& reader, const Row& row, std::int64_t expected,
                       const storage::Cause& cause) {
        return reader.update_product(row, expected, cause);
    }
    static auto remove(storage::Reader& reader, const RowId& id, std::int64_t expected,
                       const storage::Cause& cause) {
        return reader.delete_product(id, expected, cause);
    }
};
using Products = CatalogueResource<ProductNoun>;

}  // namespace

void list_products(const Room& room, CallPtr call) {
    Products::list(room, std::move(call));
}

void show_product(const Room& room, CallPtr call) {
    Products::show(room, std::move(call));
}

void create_product(const Room& room, CallPtr call) {
    Products::create(room, std::move(call));
}

void replace_product(const Room& room, CallPtr call) {
    Products::replace(room, std::move(call));
}

void patch_product(const Room& room, CallPtr call) {
    Products::patch(room, std::move(call));
}

void delete_product(const Room& room, CallPtr call) {
    Products::remove(room, std::move(call));
}

}  // namespace itn::api
