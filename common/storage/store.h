#pragma once

// The seam to Postgres for workers: one transaction per batch, and the journal above the
// watermarks. Not thread-safe: each thread that talks to the database has a Store of its own.
//
// Every call may throw MachineFailure (connection lost, deadlock, time-out …: retry the whole batch
// in place, for as long as it lasts), CommandFault (SQLSTATE 22xxx, 23xxx, XX000: one command of
// the batch is to blame, bisect) or OutcomeTaken (somebody else was faster: roll back, read again).

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "common/base/lane.h"
#include "common/domain/decide.h"
#include "common/storage/rights.h"
#include "common/wire/notice.h"

namespace itn::storage {

class MachineFailure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};
/// Rows changed between looking and locking: try the batch again at once, without a pause.
class Moved : public MachineFailure {
public:
    using MachineFailure::MachineFailure;
};
class CommandFault : public std::runtime_error {
public:
    CommandFault(std::string sqlstate, const std::string& what)
        : std::runtime_error(what), sqlstate_(std::move(sqlstate)) {}
    const std::string& sqlstate() const { return sqlstate_; }

private:
    std::string sqlstate_;
};
class OutcomeTaken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct OutcomeKey {
    Principal principal{};
    CommandId id{};
    friend bool operator==(const OutcomeKey&, const OutcomeKey&) = default;
    friend auto operator<=>(const OutcomeKey&, const OutcomeKey&) = default;
};

/// One move of one event: `entry` is the index into WriteSet::entries, whose seq it gets.
struct LedgerMove {
    std::size_t entry = 0;
    domain::Move move{};
};

/// A command that was put aside, with all that is needed to try it again.
struct Parked {
    Lane lane{};
    std::string principal{};   // "" when the bytes could not be read
    std::string command_id{};  // likewise
    std::string reason{};      // SQLSTATE, "unreadable", "attempts", "reaction_rejected"
    std::string detail{};
    std::string payload{};  // the envelope as it came
};

/// All that one batch writes. Rows come from the world's dirty rows and memberships.
struct WriteSet {
    const domain::World* world = nullptr;
    std::vector<wire::Outcome> outcomes{};  // seq: index into entries + 1 of its last event, or 0;
                                            // replaced by the real seq
    std::vector<wire::JournalEntry> entries{};  // per lane in order; seq is assigned by record()
    std::vector<LedgerMove> moves{};
    std::vector<Parked> parked{};
};

/// A transaction; rolls back when destroyed uncommitted.
class Transaction {
public:
    virtual ~Transaction() = default;

    /// Outcomes that are known already, in any order.
    virtual std::vector<wire::Outcome> known(std::span<const OutcomeKey> keys) = 0;
    /// What these may now, in any order; who is not among the answers does not exist.
    virtual std::vector<Rights> rights(std::span<const Principal> principals) = 0;
    /// Locks and loads, in the total order trades → shipments → stock; call it at most once for
    /// trades, shipments and routes, then at most once for stock. The family says which rows are
    /// its own (FOR UPDATE) and which are read under a share lock.
    virtual void load(const domain::Wanted& wanted, domain::World& world) = 0;
    /// Writes everything as sets, takes the lane counters last, assigns the seqs of entries and
    /// outcomes in place.
    virtual void record(WriteSet& writes) = 0;
    /// Throws MachineFailure also when it is unknown whether the commit happened: re-running the
    /// batch finds out through known().
    virtual void commit() = 0;
};

enum class Watermark { published, reacted };

struct LaneCounters {
    Lane lane{};
    std::int64_t last_seq = 0;
    std::int64_t published_seq = 0;
    std::int64_t reacted_seq = 0;
    friend bool operator==(const LaneCounters&, const LaneCounters&) = default;
};

class Store {
public:
    virtual ~Store() = default;

    virtual std::unique_ptr<Transaction> begin() = 0;

    /// The epoch of the journal.
    virtual std::string epoch() = 0;
    virtual std::vector<LaneCounters> counters(Family family) = 0;
    /// Entries with seq > after, in order, at most `limit`.
    virtual std::vector<wire::JournalEntry> journal(Lane lane, std::int64_t after,
                                                    std::size_t limit) = 0;
    /// Moves the watermark from exactly `from` to `to`; false when it stands elsewhere.
    virtual bool advance(Lane lane, Watermark watermark, std::int64_t from, std::int64_t to) = 0;
    /// Session advisory lock of the lane's publisher; false when another session holds it.
    virtual bool try_lock(Lane lane) = 0;
    virtual void unlock(Lane lane) = 0;

    /// Commits one more attempt at a suspect command before the try; returns how many it makes.
    virtual int count_attempt(const OutcomeKey& key) = 0;
    /// Parks what cannot even be read. Idempotent by lane and payload.
    virtual void park_unreadable(std::span<const Parked> parked) = 0;

    /// Heartbeat of this process in `instance`.
    virtual void beat(const std::string& instance, Family family, const std::string& host,
                      std::size_t lanes) = 0;
};

}  // namespace itn::storage
