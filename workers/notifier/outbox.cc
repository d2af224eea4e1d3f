#include "workers/notifier/outbox.h"

#include <algorithm>

namespace itn::workers::notifier {

void Outbox::push(Frame frame) {
    bytes_ += frame->size();
    frames_.push_back(std::move(frame));
}

std::size_t Outbox::gather(std::span<std::string_view> out) const {
    std::size_t count = 0;
    for (std::size_t at = head_; at < frames_.size() && count < out.size(); ++at) {
        std::string_view piece = *frames_[at];
        if (at == head_) piece.remove_prefix(offset_);
        out[count++] = piece;
    }
    return count;
}

void Outbox::consume(std::size_t sent) {
    bytes_ -= sent;
    offset_ += sent;
    while (head_ < frames_.size() && offset_ >= frames_[head_]->size()) {
        offset_ -= frames_[head_]->size();
        frames_[head_++].reset();
    }
    if (head_ == frames_.size()) {
        frames_.clear();
        head_ = 0;
    } else if (head_ > frames_.size() / 2) {
        frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
}

void Outbox::drop_after(std::size_t keep) {
    if (offset_ > 0) keep = std::max(keep, std::size_t{1});
    while (frames_.size() - head_ > keep) {
        bytes_ -= frames_.back()->size();
        frames_.pop_back();
    }
}

}  // namespace itn::workers::notifier
