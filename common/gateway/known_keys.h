#pragma once

// API keys that a door read lately, each with its owner's rights, so that a request with a key
// costs a look-up. Bounded: the one that was read longest ago goes first. Any thread.

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "common/base/limits.h"
#include "common/gateway/doorkeeper.h"
#include "common/identity/api_key.h"

namespace itn::gateway {

/// A key that its owner may use now. The row is there: it is optional as judge_api_key() asks.
struct KnownKey {
    std::optional<identity::StoredApiKey> row{};
    VisitorPtr visitor{};
};
using KnownKeyPtr = std::shared_ptr<const KnownKey>;

class KnownKeys final {
public:
    using Moment = std::chrono::steady_clock::time_point;

    explicit KnownKeys(std::size_t capacity = limits::max_known_keys) : capacity_(capacity) {}

    /// What was read within limits::key_life before `now`, else null.
    KnownKeyPtr find(const std::string& id, Moment now) const;
    /// Whether the secret was right when it was last read, however long ago.
    bool remembers(const identity::SecretText& presented, Timestamp now) const;
    void keep(KnownKey key, Moment now);
    void forget(const std::string& id);
    /// All keys of the owner that stand on rights older than `version`.
    void forget_before(const Principal& owner, std::int64_t version);
    std::size_t size() const;

private:
    struct Entry {
        KnownKeyPtr key{};
        Moment read_at{};
    };
    using Entries = std::list<Entry>;
    void erase(Entries::iterator entry);

    std::size_t capacity_;
    mutable std::mutex mutex_;  // guards what follows
    Entries oldest_first_;
    std::unordered_map<std::string, Entries::iterator> by_id_;
};

}  // namespace itn::gateway
