// Merge patches and whole bodies of stations and products.

#include "common/wire/wish.h"
#include "tests/fuzz/target.h"

using namespace itn;
using fuzz::must;

namespace {

const wire::Station station{.id = StationId("ceres"),
                            .name = "Ceres",
                            .kind = "planet",
                            .x = 413,
                            .y = -27,
                            .z = 81,
                            .version = 3};
const wire::Product product{.id = ProductId("ice"),
                            .name = "Water ice",
                            .description = "Clean",
                            .category = "raw",
                            .brand = "Belt",
                            .unit_price = Credits(120),
                            .unit_volume = Volume(4),
                            .images = {"https://images.example/ice.webp"},
                            .version = 3};

}  // namespace

FUZZ_TARGET(merge_patch, bytes) {
    // A patch never touches the identity, and what it makes can be sent whole.
    if (const auto patched = wire::patch_station(station, bytes)) {
        must(patched->station.id == station.id);
        must(wire::parse_station_wish(wire::render(patched->station), std::nullopt).ok());
    }
    if (const auto patched = wire::patch_product(product, bytes)) {
        must(patched->product.id == product.id);
        must(wire::parse_product_wish(wire::render(patched->product), std::nullopt).ok());
    }
    if (const auto whole = wire::parse_station_wish(bytes, std::nullopt))
        must(!whole->station.id.empty());
    if (const auto whole = wire::parse_product_wish(bytes, std::nullopt))
        must(whole->product.unit_price >= Credits(0));
}
