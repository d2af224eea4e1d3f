#pragma once

// Keeps the catalogue from which commands are stamped as new as the database's: it compares the
// lane of catalogue events once a second, at once when an event was heard, and loads the whole only
// when something changed. Reads of the catalogue are answered from it too. Who writes the catalogue
// refreshes it before answering, so a client sees its own write.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "common/gateway/catalogue.h"
#include "common/storage/reader.h"

namespace itn::gateway {

class CatalogueKeeper final {
public:
    /// `application` is what the database shows of its connections.
    explicit CatalogueKeeper(std::string database_url,
                             std::string application = "itn-api-catalogue");
    ~CatalogueKeeper();
    CatalogueKeeper(const CatalogueKeeper&) = delete;
    CatalogueKeeper& operator=(const CatalogueKeeper&) = delete;

    /// Loads for the first time, in the caller's thread (throws MachineFailure), then watches.
    void start();
    /// Any thread. Compare now.
    void nudge();
    /// Any thread, with that thread's reader. Returns when the snapshot is as new as the database
    /// was at the call. Throws MachineFailure.
    void refresh(storage::Reader& reader);

    /// Any thread.
    std::shared_ptr<const Catalogue> get() const { return cell_.get(); }
    /// The catalogue and a position of the journal for which it is what the database holds.
    struct Snapshot {
        std::shared_ptr<const Catalogue> catalogue{};
        wire::Position position{};
    };
    /// Any thread. For answers without a database; nullopt when it was not compared lately. At most
    /// limits::catalogue_refresh behind, and with a broker some milliseconds.
    std::optional<Snapshot> snapshot() const;
    /// Any thread. Whether it was compared with the database lately: else that is out of reach.
    bool is_current() const;
    /// For tests and for doors without a database.
    void set(Catalogue catalogue);

private:
    /// What the loaded snapshot stands on.
    struct Mark {
        std::string epoch{};
        std::int64_t seq = -1;
        friend bool operator==(const Mark&, const Mark&) = default;
    };
    static Mark mark_of(const wire::Position& position);

    void watch(const std::stop_token& stop);
    void refresh_when_changed(storage::Reader& reader);
    void keep(std::shared_ptr<const Catalogue> catalogue, wire::Position position);

    std::string database_url_;
    std::string application_;
    CatalogueCell cell_;
    std::mutex refreshing_;  // held while the database is asked: an older answer never wins
    Mark mark_;              // guarded by refreshing_
    mutable std::mutex snapshot_mutex_;
    Snapshot snapshot_;  // guarded by snapshot_mutex_
    std::atomic<std::chrono::steady_clock::rep> compared_{0};
    std::mutex mutex_;
    std::condition_variable_any nudged_;
    bool is_nudged_ = false;  // guarded by mutex_
    std::jthread thread_;
};

}  // namespace itn::gateway
