#include "workers/notifier/look_ups.h"

#include <utility>

namespace itn::workers::notifier {

std::size_t LookUps::waiting_of(ClientId client) const {
    const auto found = waiting_.find(client);
    return found == waiting_.end() ? 0 : found->second.size();
}

void LookUps::add(ClientId client, LookUp look_up) {
    waiting_[client].push_back(std::move(look_up));
    ++count_;
    ask_next();
}

void LookUps::remove(ClientId client) {
    count_ -= waiting_of(client);
    waiting_.erase(client);
}

void LookUps::ask_next() {
    if (is_asking_ || waiting_.empty()) return;
    auto next = waiting_.upper_bound(last_);
    if (next == waiting_.end()) next = waiting_.begin();
    last_ = next->first;
    const LookUp look_up = std::move(next->second.front());
    next->second.pop_front();
    --count_;
    if (next->second.empty()) waiting_.erase(next);
    is_asking_ = true;
    ask_(last_, look_up, [this] {
        is_asking_ = false;
        ask_next();
    });
}

}  // namespace itn::workers::notifier
