#include "tests/workers/notifier/door.h"

namespace itn::workers::notifier::tests {
namespace {

/// The text up to the next colon, which is taken away with it.
std::string take_word(std::string& text) {
    const std::size_t end = std::min(text.find(':'), text.size());
    std::string word = text.substr(0, end);
    text.erase(0, end + 1);
    return word;
}

gateway::VisitorPtr visitor_of(const std::string& role_name, identity::Role role,
                               std::string rest) {
    std::string name = take_word(rest);
    if (name.empty()) name = role_name;
    std::vector<StationId> stations;
    for (std::size_t at = 0; at < rest.size();) {
        const std::size_t comma = std::min(rest.find(',', at), rest.size());
        stations.emplace_back(rest.substr(at, comma - at));
        at = comma + 1;
    }
    auto scopes = name == "scopeless" ? identity::Scopes{} : identity::all_scopes;
    return std::make_shared<gateway::Visitor>(gateway::Visitor{
        .caller = identity::caller_of(Principal("user:" + name), identity::Roles{role}, scopes,
                                      std::move(stations)),
        .expires_at = *from_rfc3339("2031-04-05T06:07:08Z")});
}

Problem unauthenticated() {
    return {.slug = "unauthenticated", .detail = "bad_signature", .faults = {}};
}

}  // namespace

DoorCalls MemoryDoor::calls() {
    return {.identify =
                [this](std::string_view authorization, const std::string&,
                       DoorCalls::OnKnown on_known) {
                    constexpr std::string_view bearer = "Bearer ";
                    if (!authorization.starts_with(bearer)) return on_known(unauthenticated());
                    answer(authorization.substr(bearer.size()), on_known);
                },
            .identify_secret = [this](std::string_view secret, const std::string&,
                                      DoorCalls::OnKnown on_known) { answer(secret, on_known); },
            .may_stay =
                [this](const gateway::Visitor& visitor, Timestamp) {
                    const std::lock_guard lock(mutex_);
                    return !revoked_.contains(visitor.caller.principal.text());
                }};
}

void MemoryDoor::revoke(const std::string& principal) {
    const std::lock_guard lock(mutex_);
    revoked_.insert(principal);
}

void MemoryDoor::answer(std::string_view secret, const DoorCalls::OnKnown& on_known) {
    ++asked_;
    if (!is_silent_) on_known(judge(std::string(secret)));
}

Result<gateway::VisitorPtr> MemoryDoor::judge(const std::string& secret) {
    if (is_broken_) return Problem{.slug = "database_unavailable", .detail = "", .faults = {}};
    const std::lock_guard lock(mutex_);
    std::string rest = secret;
    std::string role_name = take_word(rest);
    if (role_name == "ticket") {
        if (!used_tickets_.insert(secret).second) return unauthenticated();
        role_name = "admin";
    }
    const auto role = identity::granted_role_from(role_name);
    if (!role) return unauthenticated();
    auto visitor = visitor_of(role_name, *role, rest);
    if (revoked_.contains(visitor->caller.principal.text())) return unauthenticated();
    return visitor;
}

std::string any_secret() {
    static std::atomic<int> count{0};
    return "admin:a" + std::to_string(++count);
}

itn::tests::Headers bearer(const std::string& secret) {
    return {{"Authorization", "Bearer " + secret}};
}

}  // namespace itn::workers::notifier::tests
