#pragma once

// The keys a door saw lately: which commands may have an outcome already, so that the others need
// not ask for it. It may forget, it is not shared between processes, and the wish it saw first need
// not be the one that got the key: the outcome table is the truth.

#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/base/id.h"
#include "common/base/limits.h"

namespace itn::gateway {

enum class Seen : std::uint8_t {
    fresh,  // not known until now
    same,   // the same wish came before under this key
    other,  // another wish came before under this key
};

/// Any thread. Keeps the `capacity` keys that were used last (about: each shard its share).
class RememberedKeys final {
public:
    explicit RememberedKeys(std::size_t capacity = limits::max_remembered_keys);

    /// Looks (principal, key) up and remembers it with `payload_hash` when it is fresh. The first
    /// wish stays.
    Seen see(const Principal& principal, std::string_view key, const std::string& payload_hash);
    std::size_t size() const;

private:
    struct Entry {
        std::string key{};
        std::string payload_hash{};
    };
    struct Shard {
        mutable std::mutex mutex{};
        std::list<Entry> newest_first{};
        std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key{};
    };
    static constexpr std::size_t shard_count = 16;

    std::size_t capacity_per_shard_;
    std::array<Shard, shard_count> shards_;
};

}  // namespace itn::gateway
