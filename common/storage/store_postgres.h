#pragma once

// The Store over Postgres. One connection, opened at the first call and anew after a loss; not
// thread-safe. All rows of a batch are locked in one total order (trades by id, shipments by id,
// stock by station and product, lanes by name), so workers wait for each other and never deadlock.

#include <memory>
#include <string>

#include "common/storage/store.h"

namespace itn::storage {

class Connection;

/// Stock rows this process saw in the database, so that a batch need not look for missing ones.
/// Rows vanish only with their station or product; the lock then finds fewer and says so.
class KnownStock;

class PostgresStore final : public Store {
public:
    /// `family` owns the rows it may change: trade locks trades for itself and shares shipments,
    /// cargo the other way round. `application` is what the server shows for the connection.
    PostgresStore(std::string url, Family family, std::string application);
    ~PostgresStore() override;

    std::unique_ptr<Transaction> begin() override;
    std::string epoch() override;
    std::vector<LaneCounters> counters(Family family) override;
    std::vector<wire::JournalEntry> journal(Lane lane, std::int64_t after,
                                            std::size_t limit) override;
    bool advance(Lane lane, Watermark watermark, std::int64_t from, std::int64_t to) override;
    bool try_lock(Lane lane) override;
    void unlock(Lane lane) override;
    int count_attempt(const OutcomeKey& key) override;
    void park_unreadable(std::span<const Parked> parked) override;
    void beat(const std::string& instance, Family family, const std::string& host,
              std::size_t lanes) override;

private:
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<KnownStock> known_stock_;
    Family family_;
};

}  // namespace itn::storage
