#pragma once

// One client that came back with a position, until it has all that it missed. First it waits until
// the feed stands at or beyond its position (it may come from a reader that was ahead of us). Then
// what it missed is read page by page and sent as fast as the client takes it, lane after lane;
// meanwhile live events are held for it, and follow. Pure bookkeeping: the Room reads and sends.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "common/wire/position.h"
#include "workers/notifier/frames.h"
#include "workers/notifier/order.h"
#include "workers/notifier/position_text.h"

namespace itn::workers::notifier {

/// Whether `a` is beyond `b` in some lane. Both are of one epoch.
bool is_beyond(const wire::Position& a, const wire::Position& b);
/// Events after `from` up to `to`, in all lanes; only where `to` is ahead.
std::int64_t distance(const wire::Position& from, const wire::Position& to);

/// Entries of a lane after `after`, at most `limit`.
struct Page {
    Lane lane{};
    std::int64_t after = 0;
    std::size_t limit = 0;
};

class Resume final {
public:
    Resume(wire::Position since, Order::Time now) : since_(std::move(since)), began_(now) {}

    bool is_waiting() const { return !is_catching_up_; }
    const wire::Position& since() const { return since_; }
    Order::Time began() const { return began_; }

    /// The feed stands at `target`, at or beyond since(): from now on live events are held.
    void catch_up(wire::Position target);
    /// A live event for the client. False when that is more than limits::max_client_queue.
    bool hold(Frame frame);

    /// The page to read now, if one is missing and none is being read.
    std::optional<Page> next_page();
    /// Takes a page. False when it does not go on where the last ended: the journal lost it.
    bool take_page(std::vector<Event> events);

    /// The next missed event; nullopt when a page has to come first, or there are none left. The
    /// position moves on with it.
    std::optional<Event> next_missed();
    const std::string& position() const { return position_.text(); }
    /// The next live event that was held; only when nothing is missed any more.
    Frame next_held();
    bool is_done() const;

private:
    wire::Position since_;
    wire::Position target_;
    PositionText position_;
    Order::Time began_;
    bool is_catching_up_ = false;
    bool is_reading_ = false;
    Lane reading_{};
    std::deque<Event> page_;
    std::deque<Frame> held_;
    std::size_t held_bytes_ = 0;
};

}  // namespace itn::workers::notifier
