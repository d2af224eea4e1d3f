#include "common/messaging/ack_window.h"

#include <algorithm>
#include <stdexcept>

namespace itn::messaging {

void AckWindow::delivered(std::uint64_t tag) {
    if (tag != first_ + settled_.size()) throw std::runtime_error("delivery tags out of order");
    settled_.push_back(false);
    ++waiting_;
}

bool AckWindow::acked(std::uint64_t tag) {
    if (tag < first_ || tag >= first_ + settled_.size() || settled_[tag - first_]) return false;
    settled_[tag - first_] = true;
    fresh_.push_back(tag);
    --waiting_;
    return true;
}

std::vector<Ack> AckWindow::take() {
    while (!settled_.empty() && settled_.front()) {
        settled_.pop_front();
        ++first_;
    }
    std::ranges::sort(fresh_);
    const auto beyond = std::ranges::lower_bound(fresh_, first_);
    std::vector<Ack> acks;
    // The broker refuses an ack whose own tag it no longer knows, so the newest of ours leads.
    if (const auto below = beyond - fresh_.begin(); below > 0)
        acks.push_back({.tag = *(beyond - 1), .multiple = below > 1});
    for (auto tag = beyond; tag != fresh_.end(); ++tag)
        acks.push_back({.tag = *tag, .multiple = false});
    fresh_.clear();
    return acks;
}

}  // namespace itn::messaging
