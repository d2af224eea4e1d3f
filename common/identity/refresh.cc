#include "common/identity/refresh.h"

#include <algorithm>
#include <array>
#include <span>

#include "common/base/limits.h"
#include "common/identity/base64url.h"
#include "common/identity/digest.h"

namespace itn::identity {

namespace {

constexpr auto verdict_names =
    std::to_array<std::string_view>({"rotate", "reuse", "revoked", "expired", "unknown"});

IssuedRefresh issue(RefreshFamily family, const SecretText& fresh, Timestamp now) {
    family.current_hash = fresh.hash();
    family.expires_at =
        std::min<Timestamp>(now + limits::refresh_idle, family.started_at + limits::refresh_life);
    return {.family = std::move(family), .token = fresh.text(refresh_prefix)};
}

}  // namespace

std::string session_of(std::string_view family_id) {
    const Digest print = sha256(family_id);
    return base64url(std::span(print).first<16>());
}

std::string_view name(RefreshVerdict verdict) {
    return verdict_names[static_cast<std::size_t>(verdict)];
}

std::optional<SecretText> parse_refresh_token(std::string_view text) {
    return parse_secret(text, refresh_prefix);
}

RefreshVerdict decide_refresh(const std::optional<RefreshFamily>& family,
                              const SecretText& presented, Timestamp now) {
    if (!family || family->id != presented.id) return RefreshVerdict::unknown;
    if (family->revoked) return RefreshVerdict::revoked;
    if (!equal_in_constant_time(presented.hash(), family->current_hash))
        return RefreshVerdict::reuse;
    return family->expires_at <= now ? RefreshVerdict::expired : RefreshVerdict::rotate;
}

IssuedRefresh begin_family(const Principal& principal, Timestamp now) {
    const SecretText fresh = fresh_secret();
    return issue({.id = fresh.id, .principal = principal, .started_at = now}, fresh, now);
}

IssuedRefresh rotate(const RefreshFamily& family, Timestamp now) {
    return issue(family, fresh_secret_for(family.id), now);
}

}  // namespace itn::identity
