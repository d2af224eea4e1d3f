#pragma once

// One batch in memory: what is known already, what the commands decide on the gathered world, and
// the write set that makes it last. Pure but for the world it is given.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/domain/decide.h"
#include "common/storage/store.h"
#include "workers/committer.h"

namespace itn::workers {

/// Why a command may not be done in a world; nullopt when it may.
using Judge = std::function<std::optional<domain::Rejection>(const domain::Command& command,
                                                             const domain::World& world)>;

class Batch final {
public:
    Batch(std::span<const Item> items, const domain::Context& context);

    /// Keys of all commands, each once.
    std::vector<storage::OutcomeKey> keys() const;
    /// Takes what the store knows already; those commands are not decided again.
    void remember(std::vector<wire::Outcome> known);
    bool all_known() const;
    /// Whose the undecided commands are.
    std::set<Principal> principals() const;

    /// What the undecided commands need before and after trades and shipments are loaded.
    domain::Wanted wanted() const;
    domain::Wanted wanted_stock(const domain::World& world) const;

    /// Decides every undecided command in order, evolving `world`; those that `judge` refuses are
    /// turned away. Throws domain::NotGathered, and what `judge` throws.
    storage::WriteSet decide(domain::World& world, const Judge& judge);

    /// After record(): what to tell and what to publish. `writes` has its seqs by now.
    Committed committed(storage::WriteSet writes);

private:
    void decide_one(const Item& item, domain::World& world, const Judge& judge,
                    storage::WriteSet& writes);
    void write_facts(const Item& item, const std::vector<domain::Fact>& facts,
                     storage::WriteSet& writes);
    void write_critical(const Item& item, const std::string& detail, storage::WriteSet& writes);

    std::span<const Item> items_;
    domain::Context context_;
    std::map<storage::OutcomeKey, wire::Outcome> known_;
    std::map<storage::OutcomeKey, std::size_t> decided_;    // index into the write set's outcomes
    std::vector<std::vector<domain::Reaction>> reactions_;  // per journal entry
};

/// The entry of an event; seq and lane counters are the store's.
wire::JournalEntry entry_of(const Item& item, const domain::Event& event, Timestamp at);
/// The event that warns of a command put aside.
domain::Event parked_event(const Item& item, const std::string& detail);

}  // namespace itn::workers
