#include "common/identity/verified_cache.h"

#include <algorithm>

namespace itn::identity {

void Revocations::revoke_before(const Principal& subject, std::int64_t version, Timestamp now) {
    const std::unique_lock lock(mutex_);
    const auto found = by_subject_.find(subject);
    if (found != by_subject_.end()) {
        if (version <= found->second->version) return;
        oldest_first_.erase(found->second);
        by_subject_.erase(found);
    }
    oldest_first_.push_back({.subject = subject, .version = version, .at = now});
    by_subject_.emplace(subject, std::prev(oldest_first_.end()));
    forget(now);
    generation_.fetch_add(1, std::memory_order_release);
}

void Revocations::forget(Timestamp now) {
    // The longest that an older token is taken, with clocks that differ at both ends.
    constexpr auto longest = limits::max_token_life + 2 * limits::token_leeway;
    const auto is_over = [&](const Entry& entry) { return entry.at + longest < now; };
    while (oldest_first_.size() > capacity_ ||
           (!oldest_first_.empty() && is_over(oldest_first_.front()))) {
        const Entry& oldest = oldest_first_.front();
        if (!is_over(oldest)) dead_until_ = std::max(dead_until_, oldest.at + limits::token_leeway);
        by_subject_.erase(oldest.subject);
        oldest_first_.pop_front();
    }
}

bool Revocations::is_revoked(const Claims& claims) const {
    return is_revoked(claims.subject, claims.version, claims.issued_at, claims.session);
}

bool Revocations::is_revoked(const Principal& subject, std::int64_t version, Timestamp issued_at,
                             const std::string& session) const {
    const std::shared_lock lock(mutex_);
    return issued_at <= dead_until_ || is_below(subject, version) ||
           (!session.empty() && is_below(Principal(session), 0));
}

bool Revocations::is_below(const Principal& subject, std::int64_t version) const {
    const auto found = by_subject_.find(subject);
    return found != by_subject_.end() && version < found->second->version;
}

std::size_t Revocations::size() const {
    const std::shared_lock lock(mutex_);
    return oldest_first_.size();
}

VerifiedCache::VerifiedCache(std::size_t capacity, std::size_t revocations)
    : capacity_per_shard_(std::max<std::size_t>(1, capacity / shard_count)),
      revocations_(revocations) {}

bool VerifiedCache::is_good(Entry& entry, Timestamp now) const {
    if (entry.claims->expires_at + limits::token_leeway <= now) return false;
    // Read first: what is revoked meanwhile is seen at the next look.
    const std::uint64_t generation = revocations_.generation();
    if (entry.judged_at == generation) return true;
    entry.judged_at = generation;
    return !revocations_.is_revoked(*entry.claims);
}

std::shared_ptr<const Claims> VerifiedCache::find(std::string_view token, Timestamp now) {
    const Digest key = sha256(token);
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end()) return nullptr;
    const auto entry = found->second;
    if (is_good(*entry, now)) {
        shard.newest_first.splice(shard.newest_first.begin(), shard.newest_first, entry);
        return entry->claims;
    }
    shard.by_key.erase(found);
    shard.newest_first.erase(entry);
    return nullptr;
}

void VerifiedCache::keep(std::string_view token, std::shared_ptr<const Claims> claims) {
    const Digest key = sha256(token);
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    if (shard.by_key.contains(key)) return;
    shard.newest_first.push_front({.key = key, .claims = std::move(claims)});
    shard.by_key.emplace(key, shard.newest_first.begin());
    if (shard.newest_first.size() <= capacity_per_shard_) return;
    shard.by_key.erase(shard.newest_first.back().key);
    shard.newest_first.pop_back();
}

std::size_t VerifiedCache::size() const {
    std::size_t sum = 0;
    for (const Shard& shard : shards_) {
        const std::lock_guard lock(shard.mutex);
        sum += shard.newest_first.size();
    }
    return sum;
}

std::shared_ptr<const Claims> kept_as_claims(Claims claims) {
    return std::make_shared<const Claims>(std::move(claims));
}

Result<std::shared_ptr<const Claims>> authenticate(const TokenVerifier& verifier,
                                                   VerifiedCache& cache, std::string_view token,
                                                   Timestamp now, MakeKept make) {
    if (token.size() > limits::max_token) return token_problem(TokenFault::too_large);
    if (auto known = cache.find(token, now)) return known;
    auto verified = verifier.verify(token, now);
    if (!verified) return verified.problem();
    if (cache.revocations().is_revoked(*verified)) return token_problem(TokenFault::revoked);
    auto claims = make(*std::move(verified));
    cache.keep(token, claims);
    return claims;
}

}  // namespace itn::identity
