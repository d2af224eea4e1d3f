#include "common/gateway/visitor.h"

#include <algorithm>

#include "common/base/limits.h"

namespace itn::gateway {

const VisitorPtr& anonymous_visitor() {
    static const VisitorPtr nobody = std::make_shared<const Visitor>();
    return nobody;
}

VisitorPtr visitor_of(const identity::Claims& claims) {
    return std::make_shared<const Visitor>(Visitor{.caller = identity::caller_of(claims),
                                                   .client = claims.client,
                                                   .session = claims.session,
                                                   .version = claims.version,
                                                   .issued_at = claims.issued_at,
                                                   .expires_at = claims.expires_at});
}

std::shared_ptr<const identity::Claims> kept_with_visitor(identity::Claims claims) {
    return std::make_shared<const KnownToken>(std::move(claims));
}

VisitorPtr visitor_of(const storage::Rights& rights, const identity::StoredApiKey& key,
                      Timestamp now) {
    return std::make_shared<const Visitor>(
        Visitor{.caller = identity::caller_of(key.owner, rights.roles, key.scopes, rights.stations),
                .client = key.id,
                .version = rights.version,
                .issued_at = now,
                .expires_at = key.expires_at,
                .by_key = true});
}

VisitorPtr visitor_of(const storage::Rights& rights, const storage::Accounts::Ticket& ticket,
                      Timestamp now) {
    const Timestamp longest = now + limits::max_token_life;
    return std::make_shared<const Visitor>(Visitor{
        .caller = identity::caller_of(rights.principal, rights.roles,
                                      identity::Scopes(identity::Scope::read), rights.stations),
        .client = ticket.client,
        .session = ticket.session,
        .version = rights.version,
        .issued_at = now,
        .expires_at = std::min(longest, ticket.stays_until.value_or(longest))});
}

bool is_ticket(std::string_view secret) {
    return !secret.empty() && secret.size() <= limits::max_ticket &&
           secret.find('.') == secret.npos && !identity::looks_like_api_key(secret);
}

std::optional<std::string_view> bearer_of(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size()) return std::nullopt;
    const auto same = [](char given, char wanted) {
        return given == wanted || (given >= 'A' && given <= 'Z' && given + ('a' - 'A') == wanted);
    };
    if (!std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                    [&](char wanted, char given) { return same(given, wanted); }))
        return std::nullopt;
    authorization.remove_prefix(scheme.size());
    const auto first = authorization.find_first_not_of(' ');
    if (first == std::string_view::npos) return std::nullopt;
    return authorization.substr(first);
}

}  // namespace itn::gateway
