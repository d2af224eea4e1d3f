#pragma once

// Visitors from what showed who they are. Private to the Doorkeeper. Pure.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/gateway/doorkeeper.h"
#include "common/identity/api_key.h"
#include "common/storage/accounts.h"

namespace itn::gateway {

VisitorPtr visitor_of(const identity::Claims& claims);
VisitorPtr visitor_of(const storage::Rights& rights, const identity::StoredApiKey& key,
                      Timestamp now);
/// A ticket opens the feed and nothing else, and ends with whatever it was fetched with.
VisitorPtr visitor_of(const storage::Rights& rights, const storage::Accounts::Ticket& ticket,
                      Timestamp now);

/// A token that is kept has its visitor with it, so that a request makes none.
struct KnownToken final : identity::Claims {
    explicit KnownToken(identity::Claims claims)
        : identity::Claims(std::move(claims)), visitor(visitor_of(*this)) {}

    VisitorPtr visitor;
};

/// What the cache of tokens keeps: a KnownToken.
std::shared_ptr<const identity::Claims> kept_with_visitor(identity::Claims claims);

/// What follows "Bearer ", whatever its case (RFC 9110, 11.1); nullopt for any other scheme.
std::optional<std::string_view> bearer_of(std::string_view authorization);

}  // namespace itn::gateway
