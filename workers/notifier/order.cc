#include "workers/notifier/order.h"

#include <algorithm>

#include "common/base/limits.h"

namespace itn::workers::notifier {

void Order::begin(const wire::Position& position) {
    epoch_ = position.epoch;
    lanes_.clear();
    held_ = 0;
    for (const auto& [lane, seq] : position.seqs)
        lanes_[lane] = Progress{.emitted = seq, .counted = seq};
}

void Order::offer(Event event, Time now, std::vector<Event>& ready) {
    if (!has_begun() || event.epoch != epoch_) return;
    Progress& lane = lanes_[event.lane];
    if (event.seq <= lane.emitted) return;
    if (event.seq == lane.emitted + 1) {
        lane.emitted = event.seq;
        ready.push_back(std::move(event));
        if (!lane.has_gap) return;
        lane.gap_since = now;
        release(lane, now, ready);
        return;
    }
    if (held_ >= limits::max_feed_held) {
        // The journal has them all; what is held only saves reading it.
        lane.counted = std::max(lane.counted, event.seq);
        drop_early(lane);
        watch_gap(lane, now);
        lane.gap_since = now - limits::feed_patience;
        return;
    }
    const std::int64_t seq = event.seq;
    if (lane.early.try_emplace(seq, Held{.event = std::move(event), .since = now}).second) ++held_;
    watch_gap(lane, now);
}

void Order::fill(Lane which, std::vector<Event> entries, Time now, std::vector<Event>& ready) {
    Progress& lane = lanes_[which];
    lane.is_reading = false;
    const std::int64_t before = lane.emitted;
    for (Event& entry : entries) {
        if (entry.seq != lane.emitted + 1 || entry.epoch != epoch_) continue;
        lane.emitted = entry.seq;
        ready.push_back(std::move(entry));
    }
    release(lane, now, ready);
    if (lane.emitted == before) lane.gap_since = now;
}

void Order::release(Progress& lane, Time now, std::vector<Event>& ready) {
    while (!lane.early.empty() && lane.early.begin()->first <= lane.emitted + 1) {
        auto node = lane.early.extract(lane.early.begin());
        --held_;
        if (node.key() <= lane.emitted) continue;
        lane.emitted = node.key();
        ready.push_back(std::move(node.mapped().event));
    }
    watch_gap(lane, now);
}

void Order::watch_gap(Progress& lane, Time now) {
    const bool has_gap = !lane.early.empty() || lane.counted > lane.emitted;
    if (has_gap && !lane.has_gap) lane.gap_since = now;
    lane.has_gap = has_gap;
}

void Order::drop_early(Progress& lane) {
    held_ -= lane.early.size();
    lane.early.clear();
}

bool Order::compare(const wire::Position& counters, const wire::Position& emitted_then, Time asked,
                    Time now) {
    const auto counter = [&counters](Lane lane) {
        const auto found = counters.seqs.find(lane);
        return found == counters.seqs.end() ? std::int64_t{0} : found->second;
    };
    if (counters.epoch != epoch_) return false;
    for (const auto& [lane, seq] : emitted_then.seqs)
        if (counter(lane) < seq) return false;
    for (const auto& [which, seq] : counters.seqs)
        lanes_[which].counted = seq;
    for (auto& [which, lane] : lanes_) {
        lane.counted = counter(which);
        // What was held before the question and is beyond the answer never happened.
        while (!lane.early.empty() && lane.early.rbegin()->first > lane.counted &&
               lane.early.rbegin()->second.since < asked) {
            lane.early.erase(std::prev(lane.early.end()));
            --held_;
        }
        watch_gap(lane, now);
    }
    return true;
}

std::vector<Gap> Order::due(Time now, bool urgent) {
    std::vector<Gap> gaps;
    for (auto& [which, lane] : lanes_) {
        if (!lane.has_gap || lane.is_reading) continue;
        if (!urgent && now - lane.gap_since < limits::feed_patience) continue;
        lane.is_reading = true;
        gaps.push_back({.lane = which, .after = lane.emitted});
    }
    return gaps;
}

void Order::give_up(Lane which, Time now) {
    Progress& lane = lanes_[which];
    lane.is_reading = false;
    lane.gap_since = now;
}

std::int64_t Order::emitted(Lane lane) const {
    const auto found = lanes_.find(lane);
    return found == lanes_.end() ? 0 : found->second.emitted;
}

wire::Position Order::position() const {
    wire::Position position{.epoch = epoch_};
    for (const auto& [lane, progress] : lanes_)
        if (progress.emitted > 0) position.seqs[lane] = progress.emitted;
    return position;
}

std::int64_t Order::lag() const {
    std::int64_t lag = 0;
    for (const auto& [which, lane] : lanes_) {
        const std::int64_t seen = lane.early.empty() ? 0 : lane.early.rbegin()->first;
        lag += std::max(std::max(lane.counted, seen) - lane.emitted, std::int64_t{0});
    }
    return lag;
}

}  // namespace itn::workers::notifier
