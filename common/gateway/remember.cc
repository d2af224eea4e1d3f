#include "common/gateway/remember.h"

#include <algorithm>
#include <functional>

namespace itn::gateway {

RememberedKeys::RememberedKeys(std::size_t capacity)
    : capacity_per_shard_(std::max<std::size_t>(1, capacity / shard_count)) {}

Seen RememberedKeys::see(const Principal& principal, std::string_view key,
                         const std::string& payload_hash) {
    std::string whole = principal.text();
    (whole += '\n') += key;
    Shard& shard = shards_[std::hash<std::string>{}(whole) % shard_count];
    const std::lock_guard lock(shard.mutex);
    auto& entries = shard.newest_first;
    if (const auto found = shard.by_key.find(whole); found != shard.by_key.end()) {
        entries.splice(entries.begin(), entries, found->second);
        return found->second->payload_hash == payload_hash ? Seen::same : Seen::other;
    }
    entries.push_front(Entry{.key = std::move(whole), .payload_hash = payload_hash});
    shard.by_key.emplace(entries.front().key, entries.begin());
    if (entries.size() > capacity_per_shard_) {
        shard.by_key.erase(entries.back().key);
        entries.pop_back();
    }
    return Seen::fresh;
}

std::size_t RememberedKeys::size() const {
    std::size_t sum = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        sum += shard.newest_first.size();
    }
    return sum;
}

}  // namespace itn::gateway
