#include "common/gateway/catalogue_keeper.h"

#include <utility>

#include "common/base/limits.h"
#include "common/runtime/log.h"

namespace itn::gateway {

using Steady = std::chrono::steady_clock;

CatalogueKeeper::CatalogueKeeper(std::string database_url, std::string application)
    : database_url_(std::move(database_url)), application_(std::move(application)) {}

CatalogueKeeper::~CatalogueKeeper() = default;

void CatalogueKeeper::start() {
    {
        storage::Reader reader(database_url_, application_);
        refresh(reader);
        compared_ = Steady::now().time_since_epoch().count();
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

void CatalogueKeeper::nudge() {
    const std::lock_guard lock(mutex_);
    is_nudged_ = true;
    nudged_.notify_one();
}

void CatalogueKeeper::set(Catalogue catalogue) {
    cell_.set(std::make_shared<const Catalogue>(std::move(catalogue)));
}

CatalogueKeeper::Mark CatalogueKeeper::mark_of(const wire::Position& position) {
    const auto row = position.seqs.find(Lane{.family = Family::catalogue, .shard = 0});
    return {.epoch = position.epoch, .seq = row == position.seqs.end() ? 0 : row->second};
}

bool CatalogueKeeper::is_current() const {
    const auto since = Steady::now().time_since_epoch().count() - compared_.load();
    return Steady::duration(since) < limits::catalogue_overdue;
}

void CatalogueKeeper::refresh(storage::Reader& reader) {
    const std::lock_guard lock(refreshing_);
    const auto read = reader.catalogue();
    Catalogue catalogue;
    for (const auto& station : read.value.stations)
        catalogue.stations.emplace(station.id, station);
    for (const auto& product : read.value.products)
        catalogue.products.emplace(product.id, product);
    auto shared = std::make_shared<const Catalogue>(std::move(catalogue));
    cell_.set(shared);
    mark_ = mark_of(read.position);
    keep(std::move(shared), read.position);
}

void CatalogueKeeper::keep(std::shared_ptr<const Catalogue> catalogue, wire::Position position) {
    const std::lock_guard lock(snapshot_mutex_);
    snapshot_ = {.catalogue = std::move(catalogue), .position = std::move(position)};
}

std::optional<CatalogueKeeper::Snapshot> CatalogueKeeper::snapshot() const {
    if (!is_current()) return std::nullopt;
    const std::lock_guard lock(snapshot_mutex_);
    if (!snapshot_.catalogue) return std::nullopt;
    return snapshot_;
}

void CatalogueKeeper::refresh_when_changed(storage::Reader& reader) {
    auto position = reader.position();
    {
        const std::lock_guard lock(refreshing_);
        // Nothing changed, so the snapshot is what the database holds at this position too.
        if (mark_of(position) == mark_) return keep(cell_.get(), std::move(position));
    }
    refresh(reader);
}

void CatalogueKeeper::watch(const std::stop_token& stop) {
    storage::Reader reader(database_url_, application_);
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            nudged_.wait_for(lock, stop, limits::catalogue_refresh, [this] { return is_nudged_; });
            is_nudged_ = false;
        }
        if (stop.stop_requested()) return;
        try {
            refresh_when_changed(reader);
            compared_ = Steady::now().time_since_epoch().count();
        } catch (const storage::MachineFailure& failure) {
            runtime::log_limited(runtime::Level::warning, "catalogue not refreshed",
                                 {{"error", failure.what()}});
        }
    }
}

}  // namespace itn::gateway
