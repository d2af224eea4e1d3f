#pragma once

// The JSON that REST answers and events carry, one function per thing. Names are camelCase, times
// RFC 3339, quantities and money integers (contracts.md §1).

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/domain/cargo.h"
#include "common/domain/stock.h"
#include "common/domain/trade.h"

namespace itn::wire {

struct Station {
    StationId id{};
    std::string name{};
    std::string kind{};  // planet or space_station
    std::int64_t x = 0, y = 0, z = 0;
    std::int64_t version = 0;
    friend bool operator==(const Station&, const Station&) = default;
};
struct Product {
    ProductId id{};
    std::string name{};
    std::string description{};
    std::string category{};
    std::string brand{};
    Credits unit_price{};
    Volume unit_volume{};
    std::vector<std::string> images{};
    std::int64_t version = 0;
    friend bool operator==(const Product&, const Product&) = default;
};

std::string render(const domain::Trade& trade);
/// `items` lists what is aboard of the trades and of own goods, added up per product; `own` only
/// the sender's own. `aboard` are the goods of the trades.
std::string render(const domain::Cargo& cargo, const domain::Manifest& manifest,
                   const std::vector<domain::Goods>& aboard);
std::string render(const domain::Stock& stock);
std::string render(const Station& station);
std::string render(const Product& product);

/// Lines and goods as the database keeps them (jsonb), and back.
std::string render_lines(const std::vector<domain::Line>& lines);
Result<std::vector<domain::Line>> parse_lines(std::string_view json);
std::string render_goods(const std::vector<domain::Goods>& goods);
Result<std::vector<domain::Goods>> parse_goods(std::string_view json);

}  // namespace itn::wire
