#include "common/gateway/catalogue.h"

#include <utility>

namespace itn::gateway {

std::shared_ptr<const Catalogue> CatalogueCell::get() const {
    const std::lock_guard lock(mutex_);
    return catalogue_;
}

void CatalogueCell::set(std::shared_ptr<const Catalogue> catalogue) {
    // The old snapshot is destroyed after the lock: it may be large.
    const std::lock_guard lock(mutex_);
    std::swap(catalogue_, catalogue);
}

}  // namespace itn::gateway
