#pragma once

// Publishes what the journal holds above one watermark of its lanes: events in one instance,
// reactions in another. Entries go out in volleys: everything that waits, grouped by routing key
// into few messages. A lane's watermark may move when every message of all its volleys up to there
// was confirmed; messages that failed are sent again until they are.
//
// Loop thread only.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/backoff.h"
#include "common/base/lane.h"
#include "common/messaging/broker.h"
#include "common/runtime/loop.h"
#include "workers/retry.h"

namespace itn::workers {

/// A rendered element of a message and the key it travels under.
struct Part {
    std::string key{};
    std::string rendered{};
};

/// What one journal entry sends: one event, or any number of reactions.
struct Outgoing {
    std::int64_t seq = 0;
    std::vector<Part> parts{};
};

struct PublicationOptions {
    std::string exchange{};
    bool mandatory = false;
    bool persistent = false;
    std::size_t most_parts_per_message = 0;
    std::size_t most_volleys = 8;
};

class Publication final {
public:
    /// `on_confirmed(lane, from, to)`: the watermark may move from exactly `from` to `to`.
    using OnConfirmed = std::function<void(Lane, std::int64_t, std::int64_t)>;

    Publication(runtime::Loop& loop, messaging::Broker& broker, PublicationOptions options,
                OnConfirmed on_confirmed);

    /// Starts (again) at a lane's watermark; what was under way for it counts no more.
    void begin(Lane lane, std::int64_t watermark);
    void forget(Lane lane);
    bool knows(Lane lane) const { return lanes_.contains(lane); }

    /// False when entries are missing between the lane's last one and this, or too many wait: then
    /// the lane must begin again from the journal. An entry that was taken before is ignored.
    bool append(Lane lane, Outgoing outgoing);
    /// Last seq taken; the lane must be known.
    std::int64_t taken(Lane lane) const;
    /// Whether nothing of the lane waits or is under way; true for an unknown lane.
    bool is_idle(Lane lane) const;
    bool is_idle() const;

    /// Sends what waits, as far as broker and window allow.
    void send();

private:
    struct LaneState {
        std::uint64_t generation = 0;
        std::int64_t taken = 0;      // last seq in `waiting` or sent
        std::int64_t confirmed = 0;  // watermark asked for so far
        std::size_t under_way = 0;   // volleys
        std::deque<Outgoing> waiting{};
    };
    static std::size_t size_of(const Outgoing& outgoing);
    void drop_waiting(Lane lane);
    struct Span {
        Lane lane{};
        std::uint64_t generation = 0;
        std::int64_t to = 0;
    };
    struct Volley {
        std::vector<Span> spans{};
        std::vector<messaging::Message> messages{};
        std::size_t unconfirmed = 0;
    };

    std::shared_ptr<Volley> load();
    void publish(const std::shared_ptr<Volley>& volley, std::size_t index);
    void on_published(const std::shared_ptr<Volley>& volley, std::size_t index,
                      messaging::Published published);
    void retire();
    void retry();

    messaging::Broker& broker_;
    PublicationOptions options_;
    OnConfirmed on_confirmed_;
    std::map<Lane, LaneState> lanes_;
    std::deque<std::shared_ptr<Volley>> volleys_;
    std::vector<std::pair<std::shared_ptr<Volley>, std::size_t>> failed_;
    runtime::Timer retry_timer_;
    Backoff backoff_;
    std::uint64_t generations_ = 0;
    std::size_t waiting_bytes_ = 0;  // of all lanes
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace itn::workers
