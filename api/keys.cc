#include "api/keys.h"

#include <utility>

#include "api/account_answers.h"
#include "api/gate.h"
#include "api/query.h"
#include "common/identity/api_key.h"
#include "common/wire/account.h"

namespace itn::api {

namespace {

using storage::Accounts;
using storage::Changed;

Problem no_such_partner() {
    return problem_of("partner_not_found", "No partner has this name.");
}

Problem no_such_key() {
    return problem_of("key_not_found", "No key has this id.");
}

wire::ApiKey shown(const storage::ApiKeyRow& row) {
    return {.id = row.key.id,
            .name = row.name,
            .principal = row.key.owner,
            .scopes = row.key.scopes,
            .created_at = row.created_at,
            .expires_at = row.key.expires_at,
            .revoked = row.key.revoked};
}

/// Nobody, when the caller asks for a partner's and may not have it.
std::optional<Principal> owner_of(const Call& call, std::string_view partner,
                                  identity::Action action) {
    if (partner.empty()) return call.caller().principal;
    Principal owner("partner:" + std::string(partner));
    if (!identity::may(call.caller(), action, {.owner = owner})) return std::nullopt;
    return owner;
}

Problem too_many_keys(Changed why) {
    return problem_of("too_many_keys",
                      why == Changed::too_often
                          ? "No more may be made within a day, and revoked ones count."
                          : "Revoke one of them first.");
}

/// Makes the key and shows it.
void make(const Room& room, Call& call, Accounts& accounts, storage::ApiKeyRow row) {
    if (!accounts.rights(row.key.owner)) return call.problem(no_such_partner());
    const auto secret = identity::fresh_secret();
    row.key.id = secret.id;
    row.key.secret_hash = secret.hash();
    if (const auto changed = accounts.create_key(row); changed != Changed::done)
        return call.problem(too_many_keys(changed));
    audit(accounts, audit_line(room, call, "key_made", row.key.owner.text(),
                               row.key.id + " " + names(row.key.scopes)));
    answer_unkept(call, 201, wire::render_fresh(shown(row), secret.text(identity::api_key_prefix)),
                  {{"Location", "/api/keys/" + row.key.id}});
}

/// The row as it is wished, still without its secret.
Result<storage::ApiKeyRow> row_of(const wire::KeyWish& wish, Principal owner, Timestamp now) {
    const auto terms =
        identity::key_terms(wish.scopes, wish.expires_at.value_or(now + limits::api_key_life), now);
    if (!terms)
        return Problem{.slug = "out_of_range",
                       .detail = "",
                       .faults = {{.pointer = "/expiresAt",
                                   .detail = "must lie ahead, and at most one year"}}};
    storage::ApiKeyRow row{.name = wish.name, .created_at = now};
    row.key.owner = std::move(owner);
    row.key.scopes = terms->scopes;
    row.key.expires_at = terms->expires_at;
    return row;
}

}  // namespace

void create_key(const Room& room, CallPtr call) {
    if (const auto problem = machine_problem(*call)) return call->problem(*problem);
    const auto wish = wire::parse_key_wish(call->request().body);
    if (!wish) return call->problem(wish.problem());
    auto owner = owner_of(*call, wish->partner, identity::Action::partner_change);
    if (!owner) {
        note_refusal(room, *call, "key of partner " + wish->partner);
        return call->problem(problem_of("forbidden", "Only admins make keys of partners."));
    }
    auto row = row_of(*wish, *std::move(owner), room.clock.now());
    if (!row) return call->problem(row.problem());
    room.reads.run_write(call, [&room, call, row = *std::move(row)](storage::Reader& reader) {
        Accounts accounts(reader);
        make(room, *call, accounts, row);
    });
}

void list_keys(const Room& room, CallPtr call) {
    Query query(call->request());
    const auto partner = query.text("partner");
    if (query.problem()) return call->problem(*query.problem());
    const auto owner = owner_of(*call, partner.value_or(""), identity::Action::key_list);
    if (!owner) return call->problem(no_such_partner());
    room.reads.run(call, [&room, call, owner = *owner](storage::Reader& reader) {
        Accounts accounts(reader);
        if (!accounts.rights(owner)) return call->problem(no_such_partner());
        std::vector<std::string> rows;
        for (const auto& row : accounts.keys(owner, room.clock.now()))
            rows.push_back(wire::render(shown(row)));
        answer_unkept(*call, 200, render_list(rows));
    });
}

void revoke_key(const Room& room, CallPtr call) {
    const auto& caller = call->caller();
    const bool may_any = identity::may(caller, identity::Action::key_revoke, {});
    const auto owner = may_any ? std::nullopt : std::optional(caller.principal);
    const std::string id(call->request().param("keyId"));
    room.reads.run_write(call, [&room, call, id, owner](storage::Reader& reader) {
        Accounts accounts(reader);
        const auto key = accounts.key(id);
        if (!key || !accounts.revoke_key(id, owner, room.clock.now()))
            return call->problem(no_such_key());
        if (!key->revoked)
            audit(accounts, audit_line(room, *call, "key_revoked", key->owner.text(), id));
        room.doorkeeper.nudge();
        answer_nothing(*call);
    });
}

}  // namespace itn::api
