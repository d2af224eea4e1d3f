#pragma once

// Refresh tokens "itnr_<family>_<secret>": how a session outlives its access tokens. A sign-in
// begins a family; each refresh takes the family's token away and gives the next one. A token that
// was taken away and comes again was stolen, from the client or by it, so the whole family dies.
//
// A family is one row that knows the hash of its one good token. The store exchanges it only while
// it is still the one that was judged, so of two refreshes at once one wins and the other is
// reuse.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/id.h"
#include "common/base/time.h"
#include "common/identity/secret_text.h"

namespace itn::identity {

inline constexpr std::string_view refresh_prefix = "itnr";

struct RefreshFamily {
    std::string id{};
    Principal principal{};
    Digest current_hash{};
    Timestamp started_at{};
    Timestamp expires_at{};  // of the current token
    bool revoked = false;
    friend bool operator==(const RefreshFamily&, const RefreshFamily&) = default;
};

/// The session of a family, as access tokens name it (claim sid) and many may read it: its
/// fingerprint, since the id is half of a refresh token.
std::string session_of(std::string_view family_id);

enum class RefreshVerdict : std::uint8_t {
    rotate,   // exchange the token and give a new access token
    reuse,    // revoke the family, audit it
    revoked,  // the family is dead already
    expired,
    unknown,
};
std::string_view name(RefreshVerdict verdict);

/// Total over all texts.
std::optional<SecretText> parse_refresh_token(std::string_view text);

/// Pure. `family` is the row that the presented token names, nullopt when there is none. Reuse is
/// told before expiry: also an old theft is one.
RefreshVerdict decide_refresh(const std::optional<RefreshFamily>& family,
                              const SecretText& presented, Timestamp now);

/// A family as it is stored, and the token that its client gets.
struct IssuedRefresh {
    RefreshFamily family{};
    std::string token{};
};
/// A new session.
IssuedRefresh begin_family(const Principal& principal, Timestamp now);
/// The next token of a family. It lives refresh_idle from now, and never longer than refresh_life
/// from the sign-in.
IssuedRefresh rotate(const RefreshFamily& family, Timestamp now);

}  // namespace itn::identity
