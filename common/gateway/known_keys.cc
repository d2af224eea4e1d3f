#include "common/gateway/known_keys.h"

#include <iterator>
#include <utility>

namespace itn::gateway {

KnownKeyPtr KnownKeys::find(const std::string& id, Moment now) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(id);
    if (found == by_id_.end() || found->second->read_at + limits::key_life < now) return nullptr;
    return found->second->key;
}

bool KnownKeys::remembers(const identity::SecretText& presented, Timestamp now) const {
    const auto known = [&]() -> KnownKeyPtr {
        const std::lock_guard lock(mutex_);
        const auto found = by_id_.find(presented.id);
        return found == by_id_.end() ? nullptr : found->second->key;
    }();
    return known != nullptr && identity::judge_api_key(presented, known->row, now) !=
                                   identity::KeyVerdict::wrong_secret;
}

void KnownKeys::keep(KnownKey key, Moment now) {
    const auto kept = std::make_shared<const KnownKey>(std::move(key));
    const auto& id = kept->row->id;
    const std::lock_guard lock(mutex_);
    if (const auto known = by_id_.find(id); known != by_id_.end()) erase(known->second);
    oldest_first_.push_back({.key = kept, .read_at = now});
    by_id_.emplace(id, std::prev(oldest_first_.end()));
    if (oldest_first_.size() > capacity_) erase(oldest_first_.begin());
}

void KnownKeys::forget(const std::string& id) {
    const std::lock_guard lock(mutex_);
    if (const auto known = by_id_.find(id); known != by_id_.end()) erase(known->second);
}

void KnownKeys::forget_before(const Principal& owner, std::int64_t version) {
    const std::lock_guard lock(mutex_);
    for (auto entry = oldest_first_.begin(); entry != oldest_first_.end();) {
        const auto here = entry++;
        if (here->key->row->owner == owner && here->key->visitor->version < version) erase(here);
    }
}

std::size_t KnownKeys::size() const {
    const std::lock_guard lock(mutex_);
    return oldest_first_.size();
}

void KnownKeys::erase(Entries::iterator entry) {
    by_id_.erase(entry->key->row->id);
    oldest_first_.erase(entry);
}

}  // namespace itn::gateway
