#pragma once

// What a door knows of the catalogue: an immutable snapshot, replaced as a whole when stations or
// products change. It may lag behind the database by a moment; the price that counts is the one
// stamped here.

#include <map>
#include <memory>
#include <mutex>

#include "common/base/id.h"
#include "common/wire/representation.h"

namespace itn::gateway {

/// In the order of ids, as lists run.
struct Catalogue {
    std::map<StationId, wire::Station> stations{};
    std::map<ProductId, wire::Product> products{};
};

/// Holds the newest snapshot. Any thread.
class CatalogueCell final {
public:
    /// Never null: an empty catalogue before the first set().
    std::shared_ptr<const Catalogue> get() const;
    void set(std::shared_ptr<const Catalogue> catalogue);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Catalogue> catalogue_ = std::make_shared<const Catalogue>();
};

}  // namespace itn::gateway
