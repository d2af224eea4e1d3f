#pragma once

// Decides and commits batches: gather → judge → decide → record, one transaction for many commands.
// This is the only place that catches what the store throws:
//
//   OutcomeTaken    read again, decide again
//   MachineFailure  the whole batch again, in place, for as long as it lasts
//   CommandFault    bisect; a command that failed alone twice is parked with a `failed` outcome
//
// Lives on one thread, the store thread of a worker.

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "common/base/backoff.h"
#include "common/runtime/clock.h"
#include "common/storage/store.h"
#include "common/wire/envelope.h"
#include "common/wire/notice.h"
#include "workers/callers.h"
#include "workers/retry.h"

namespace itn::workers {

/// A command as it came in on a lane.
struct Item {
    Lane lane{};
    wire::Envelope envelope{};
    bool suspect = false;  // was delivered twice before: tried alone, and its attempts are counted
};

/// What an item's sender is told. A reused key is answered here without touching the outcome.
struct Answer {
    wire::Outcome outcome{};
    std::string reply_to{};
};

/// A committed journal entry and what must follow from it.
struct Happened {
    wire::JournalEntry entry{};
    std::vector<domain::Reaction> reactions{};
};

struct Committed {
    std::vector<Answer> answers{};     // one per item, in their order
    std::vector<Happened> happened{};  // of this batch alone, per lane in seq order

    void append(Committed other);
};

/// The reason of what is parked because its sender may not carry commands of its principal.
inline constexpr const char* wrong_sender = "wrong_sender";

struct CommitterOptions {
    domain::Settings settings{};
    /// Hears that the machine fails ("" when it recovered); any thread may read what it sets.
    std::function<void(const std::string&)> on_trouble = [](const std::string&) {};
    /// Commands failing alone with one SQLSTATE within a minute before parking stops.
    std::size_t most_faults_a_minute = 3;
    std::chrono::milliseconds retry_first{50};
    std::chrono::milliseconds retry_most{5000};
};

class Committer final {
public:
    Committer(storage::Store& store, const runtime::Clock& clock, const StopFlag& stop,
              CommitterOptions options);

    /// Every item ends in exactly one outcome. Returns when all is committed; throws Stopped when
    /// the process is to end first, and then the items are nobody's but the broker's again.
    Committed process(std::span<const Item> items);
    /// Puts aside what cannot be read; as persistent as process(). Commands from whom they may not
    /// come raise a critical event each, which the outbox finds in the journal.
    void park_unreadable(std::span<const storage::Parked> unreadable);

private:
    void warn(const storage::Parked& parked);
    Committed process_alone(const Item& item);
    Committed bisect(std::span<const Item> items, const std::string& sqlstate);
    Committed commit(std::span<const Item> items);
    Committed park(const Item& item, const std::string& code, const std::string& detail);
    template <class Work>
    auto insist(Work work);
    bool may_park(const std::string& sqlstate);
    void tell(const std::string& trouble);

    storage::Store& store_;
    const runtime::Clock& clock_;
    const StopFlag& stop_;
    CommitterOptions options_;
    Callers callers_;
    Backoff backoff_;
    bool in_trouble_ = false;
    std::deque<std::pair<Timestamp, std::string>> faults_;
};

}  // namespace itn::workers
