#include "workers/notifier/resume.h"

#include <algorithm>

#include "common/base/limits.h"

namespace itn::workers::notifier {
namespace {

std::int64_t seq_of(const wire::Position& position, Lane lane) {
    const auto found = position.seqs.find(lane);
    return found == position.seqs.end() ? 0 : found->second;
}

}  // namespace

bool is_beyond(const wire::Position& a, const wire::Position& b) {
    return std::ranges::any_of(
        a.seqs, [&b](const auto& lane) { return lane.second > seq_of(b, lane.first); });
}

std::int64_t distance(const wire::Position& from, const wire::Position& to) {
    std::int64_t events = 0;
    for (const auto& [lane, seq] : to.seqs)
        events += std::max(seq - seq_of(from, lane), std::int64_t{0});
    return events;
}

void Resume::catch_up(wire::Position target) {
    is_catching_up_ = true;
    target_ = std::move(target);
    position_.reset(since_);
}

bool Resume::hold(Frame frame) {
    held_bytes_ += frame->size();
    held_.push_back(std::move(frame));
    return held_bytes_ <= limits::max_client_queue;
}

std::optional<Page> Resume::next_page() {
    if (!is_catching_up_ || is_reading_ || !page_.empty()) return std::nullopt;
    for (const auto& [lane, seq] : target_.seqs) {
        const std::int64_t after = seq_of(position_.position(), lane);
        if (after >= seq) continue;
        is_reading_ = true;
        reading_ = lane;
        return Page{.lane = lane,
                    .after = after,
                    .limit = std::min(limits::resume_page, static_cast<std::size_t>(seq - after))};
    }
    return std::nullopt;
}

bool Resume::take_page(std::vector<Event> events) {
    is_reading_ = false;
    std::int64_t last = seq_of(position_.position(), reading_);
    for (Event& event : events) {
        if (event.lane != reading_ || event.seq != last + 1 || event.epoch != since_.epoch)
            return false;
        last = event.seq;
        page_.push_back(std::move(event));
    }
    return !page_.empty();
}

std::optional<Event> Resume::next_missed() {
    if (page_.empty()) return std::nullopt;
    Event event = std::move(page_.front());
    page_.pop_front();
    position_.set(event.lane, event.seq);
    return event;
}

Frame Resume::next_held() {
    if (held_.empty() || is_reading_ || !page_.empty() || is_beyond(target_, position_.position()))
        return nullptr;
    Frame frame = std::move(held_.front());
    held_.pop_front();
    held_bytes_ -= frame->size();
    return frame;
}

bool Resume::is_done() const {
    return is_catching_up_ && !is_reading_ && page_.empty() && held_.empty() &&
           !is_beyond(target_, position_.position());
}

}  // namespace itn::workers::notifier
