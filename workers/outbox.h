#pragma once

// Everything a worker says after its commits: events to itn.events, reactions to itn.commands, both
// always from the journal above the lane's watermark. What this process committed itself is taken
// from memory; where anything is missing in between, it is read from the journal by the clerk.
//
// Loop thread only, but for the clerk inside.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/messaging/broker.h"
#include "common/runtime/loop.h"
#include "workers/clerk.h"
#include "workers/publication.h"

namespace itn::workers {

struct OutboxOptions {
    std::string epoch{};
    std::uint16_t shards = 0;
    ClerkOptions clerk{};
    /// Hears that the clerk cannot reach the database ("" when it can again); on the clerk's
    /// thread.
    std::function<void(const std::string&)> on_trouble = [](const std::string&) {};
};

class Outbox final {
public:
    Outbox(runtime::Loop& loop, messaging::Broker& broker, std::unique_ptr<storage::Store> store,
           OutboxOptions options);

    /// Committed just now, by this process.
    void committed(std::vector<Happened> happened);
    /// The broker opened: send what waited.
    void resume();
    /// Nothing waits, nothing is under way, every watermark was moved.
    bool is_idle() const;

private:
    struct View {
        bool is_learning = false;
        bool is_behind = false;      // the journal has more than was read
        std::int64_t last_seen = 0;  // highest seq committed here while learning
    };

    void take(const Happened& happened);
    /// From the lane's watermarks in the database.
    void learn(Lane lane);
    void read_on(Lane lane);
    void learned(Learned learned);
    void stale(Lane lane);
    void forget(Lane lane);
    void advance(Lane lane, storage::Watermark watermark, std::int64_t from, std::int64_t to);

    runtime::Loop& loop_;
    OutboxOptions options_;
    Publication events_;
    Publication reactions_;
    std::map<Lane, View> views_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    Clerk clerk_;  // last: its thread posts to all of the above
};

/// The command that a reaction becomes: principal system, its id derived from the event's.
wire::Envelope envelope_of(const domain::Reaction& reaction, const wire::JournalEntry& entry,
                           std::size_t index, std::string_view epoch);

}  // namespace itn::workers
