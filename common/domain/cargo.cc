#include "common/domain/cargo.h"

namespace itn::domain {

bool is_final(CargoStatus status) {
    return status == CargoStatus::delivered || status == CargoStatus::lost ||
           status == CargoStatus::cancelled;
}

}  // namespace itn::domain
