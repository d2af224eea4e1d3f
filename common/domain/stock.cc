#include "common/domain/stock.h"

namespace itn::domain {

bool is_adjustment(StockReason reason) {
    return reason <= StockReason::other;
}

std::string text_of(const StockKey& key) {
    return key.station.text() + "/" + key.product.text();
}

std::optional<StockKey> stock_key_from(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == 0 || slash == std::string_view::npos || slash + 1 == text.size()) return {};
    const auto product = text.substr(slash + 1);
    if (product.find('/') != std::string_view::npos) return {};
    return StockKey{.station = StationId(std::string(text.substr(0, slash))),
                    .product = ProductId(std::string(product))};
}

}  // namespace itn::domain
