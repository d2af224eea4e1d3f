#pragma once

// The demo galaxy: a dozen stations and thirty products. Data only.

#include <cstdint>
#include <span>

namespace itn::tools {

struct ChartedStation {
    const char* id;
    const char* name;
    const char* kind;
    std::int64_t x, y, z;
};

struct ChartedProduct {
    const char* id;
    const char* name;
    const char* description;
    const char* category;
    const char* brand;
    std::int64_t unit_price;
    std::int64_t unit_volume;
};

std::span<const ChartedStation> charted_stations();
std::span<const ChartedProduct> charted_products();

}  // namespace itn::tools
