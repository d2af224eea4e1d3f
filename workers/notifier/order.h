#pragma once

// Puts events back into lane order. Each lane has one number it waits for; what comes early is
// held, what comes again is dropped, and what does not come is asked of the journal: at once when
// too much is held, else when the gap is older than limits::feed_patience. Pure: time is given, and
// whoever calls does the reading.
//
// What is known to exist is what an event was seen of, or what a lane's counter said. Neither is
// believed for ever: an empty read only postpones the next one.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/wire/position.h"
#include "workers/notifier/event.h"

namespace itn::workers::notifier {

/// Part of a lane that must be read: entries with seq > after.
struct Gap {
    Lane lane{};
    std::int64_t after = 0;
    friend bool operator==(const Gap&, const Gap&) = default;
};

class Order final {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Starts anew: the next event of each lane is the one after the position's. Everything that
    /// was held or asked for is forgotten.
    void begin(const wire::Position& position);
    bool has_begun() const { return !epoch_.empty(); }
    const std::string& epoch() const { return epoch_; }

    /// Takes one event that came by message; those that are in turn now are appended to `ready`.
    /// Events of another epoch and events before begin() are dropped.
    void offer(Event event, Time now, std::vector<Event>& ready);
    /// Takes what was read for a gap of that lane: entries in order, none when there are none.
    void fill(Lane lane, std::vector<Event> entries, Time now, std::vector<Event>& ready);
    /// The lanes' counters, read after `asked`, when this stood at `emitted_then`. False when they
    /// are of another epoch or behind that: the journal is another one, begin() again.
    bool compare(const wire::Position& counters, const wire::Position& emitted_then, Time asked,
                 Time now);

    /// The gaps to read now, each lane at most once until fill() or give_up(). With `urgent`
    /// every gap is due, however young: nothing will come by message.
    std::vector<Gap> due(Time now, bool urgent);
    /// The reading failed: the gap is due again after the patience.
    void give_up(Lane lane, Time now);

    /// The seq of the lane's last event that was emitted.
    std::int64_t emitted(Lane lane) const;
    /// Where the emitted events end. Lanes without events are left out.
    wire::Position position() const;
    /// Events that are known to exist and not emitted yet.
    std::int64_t lag() const;
    std::size_t held() const { return held_; }

private:
    struct Held {
        Event event{};
        Time since{};
    };
    struct Progress {
        std::int64_t emitted = 0;
        std::int64_t counted = 0;  // what the counter said
        std::map<std::int64_t, Held> early{};
        Time gap_since{};
        bool has_gap = false;
        bool is_reading = false;
    };

    void release(Progress& lane, Time now, std::vector<Event>& ready);
    void watch_gap(Progress& lane, Time now);
    void drop_early(Progress& lane);

    std::string epoch_;
    std::map<Lane, Progress> lanes_;
    std::size_t held_ = 0;
};

}  // namespace itn::workers::notifier
