#include "workers/notifier/outbox.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

namespace itn::workers::notifier {

void Outbox::push(Frame frame, Subject subject) {
    bytes_ += frame->size();
    waiting_.push_back({.frame = std::move(frame), .subject = std::move(subject)});
}

std::size_t Outbox::gather(std::span<std::string_view> out) const {
    std::size_t count = 0;
    for (std::size_t at = head_; at < waiting_.size() && count < out.size(); ++at) {
        std::string_view piece = *waiting_[at].frame;
        if (at == head_) piece.remove_prefix(offset_);
        out[count++] = piece;
    }
    return count;
}

void Outbox::consume(std::size_t sent) {
    bytes_ -= sent;
    offset_ += sent;
    while (head_ < waiting_.size() && offset_ >= waiting_[head_].frame->size()) {
        offset_ -= waiting_[head_].frame->size();
        waiting_[head_++] = {};
    }
    if (head_ == waiting_.size()) {
        waiting_.clear();
        head_ = 0;
    } else if (head_ > waiting_.size() / 2) {
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
}

std::size_t Outbox::fixed(std::size_t keep) const {
    return std::min(head_ + std::max(keep, std::size_t{offset_ > 0 ? 1U : 0U}), waiting_.size());
}

void Outbox::drop_after(std::size_t keep) {
    for (const std::size_t end = fixed(keep); waiting_.size() > end; waiting_.pop_back())
        bytes_ -= waiting_.back().frame->size();
}

void Outbox::drop_superseded(std::size_t keep, const Subject& next) {
    std::unordered_set<std::string_view> newer;
    if (next) newer.insert(*next);
    std::vector<Waiting> kept;  // from the last to the first
    const std::size_t begin = fixed(keep);
    for (; waiting_.size() > begin; waiting_.pop_back()) {
        Waiting& last = waiting_.back();
        if (last.subject && !newer.insert(*last.subject).second)
            bytes_ -= last.frame->size();
        else
            kept.push_back(std::move(last));
    }
    std::move(kept.rbegin(), kept.rend(), std::back_inserter(waiting_));
}

}  // namespace itn::workers::notifier
