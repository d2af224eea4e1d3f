#include "common/domain/trade.h"

namespace itn::domain {

bool is_final(TradeStatus status) {
    return status != TradeStatus::confirmed && status != TradeStatus::in_transit;
}

Volume volume_of(const Trade& trade) {
    Volume volume{};
    for (const Line& line : trade.lines) {
        volume += Volume(line.unit_volume.value() * line.quantity.value());
    }
    return volume;
}

}  // namespace itn::domain
