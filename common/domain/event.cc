#include "common/domain/event.h"

namespace itn::domain {

std::string subject_of(const Event& event) {
    if (const auto* trade = std::get_if<TradeChanged>(&event.body)) return trade->after.id.text();
    if (const auto* cargo = std::get_if<CargoChanged>(&event.body)) return cargo->after.id.text();
    if (const auto* stock = std::get_if<StockChanged>(&event.body))
        return text_of(stock->after.key);
    return std::get<Critical>(event.body).about;
}

std::int64_t version_of(const Event& event) {
    if (const auto* trade = std::get_if<TradeChanged>(&event.body)) return trade->after.version;
    if (const auto* cargo = std::get_if<CargoChanged>(&event.body)) return cargo->after.version;
    if (const auto* stock = std::get_if<StockChanged>(&event.body)) return stock->after.version;
    return 0;
}

}  // namespace itn::domain
