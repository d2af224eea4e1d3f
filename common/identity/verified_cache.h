#pragma once

// Verifying a token costs some 60 µs, looking it up again half a microsecond. The cache keeps what
// was verified until it expires, by the token's hash, and knows which subjects' older tokens are
// dead: a token is asked about both, also when it was verified before.

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>

#include "common/base/limits.h"
#include "common/identity/digest.h"
#include "common/identity/token.h"

namespace itn::identity {

/// Which tokens are dead although they have not expired. Any thread. Bounded: what is forgotten
/// early takes every token with it that is as old, whoever's it is (their holders refresh). A
/// session that ended stands here under its id, which reads like no principal.
class Revocations final {
public:
    explicit Revocations(std::size_t capacity = limits::max_revocations) : capacity_(capacity) {}

    /// From now on the subject's tokens of versions below `version` are dead.
    void revoke_before(const Principal& subject, std::int64_t version, Timestamp now);
    /// From now on the session's tokens are dead, and no others.
    void end_session(const std::string& session, Timestamp now) {
        revoke_before(Principal(session), 1, now);
    }
    bool is_revoked(const Claims& claims) const;
    /// `session` may be "": none.
    bool is_revoked(const Principal& subject, std::int64_t version, Timestamp issued_at,
                    const std::string& session = {}) const;
    /// Grows with every revocation.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
    std::size_t size() const;

private:
    struct Entry {
        Principal subject{};
        std::int64_t version = 0;
        Timestamp at{};
    };
    void forget(Timestamp now);
    /// With mutex_ held.
    bool is_below(const Principal& subject, std::int64_t version) const;

    std::size_t capacity_;
    std::atomic<std::uint64_t> generation_{1};
    mutable std::shared_mutex mutex_{};
    std::list<Entry> oldest_first_{};
    std::unordered_map<Principal, std::list<Entry>::iterator> by_subject_{};
    Timestamp dead_until_ = Timestamp::min();  // tokens issued until then are dead
};

/// Any thread. Keeps the `capacity` tokens that were used last (about: each shard its share).
class VerifiedCache final {
public:
    explicit VerifiedCache(std::size_t capacity = limits::max_verified_tokens,
                           std::size_t revocations = limits::max_revocations);

    /// The claims of a token that was kept, is not expired (with the leeway that verifying allows)
    /// and not revoked; else nullptr.
    std::shared_ptr<const Claims> find(std::string_view token, Timestamp now);
    void keep(std::string_view token, std::shared_ptr<const Claims> claims);

    void revoke_before(const Principal& subject, std::int64_t version, Timestamp now) {
        revocations_.revoke_before(subject, version, now);
    }
    void end_session(const std::string& session, Timestamp now) {
        revocations_.end_session(session, now);
    }
    const Revocations& revocations() const { return revocations_; }
    std::size_t size() const;

private:
    struct Entry {
        Digest key{};
        std::shared_ptr<const Claims> claims{};
        std::uint64_t judged_at = 0;  // the generation in which it was not revoked
    };
    struct Shard {
        mutable std::mutex mutex{};
        std::list<Entry> newest_first{};
        std::unordered_map<Digest, std::list<Entry>::iterator, DigestHash> by_key{};
    };
    static constexpr std::size_t shard_count = 16;

    Shard& shard_of(const Digest& key) { return shards_[key.back() % shard_count]; }
    bool is_good(Entry& entry, Timestamp now) const;

    std::size_t capacity_per_shard_;
    Revocations revocations_;
    std::array<Shard, shard_count> shards_{};
};

/// In which form claims are kept: as they are, or with what somebody makes of them once.
using MakeKept = std::shared_ptr<const Claims> (*)(Claims claims);
std::shared_ptr<const Claims> kept_as_claims(Claims claims);

/// Looks the token up, else verifies and keeps it as `make` has it. Problem "unauthenticated" as
/// from `verify`, also for a token that is revoked. Any thread.
Result<std::shared_ptr<const Claims>> authenticate(const TokenVerifier& verifier,
                                                   VerifiedCache& cache, std::string_view token,
                                                   Timestamp now, MakeKept make = kept_as_claims);

}  // namespace itn::identity
