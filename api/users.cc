#include "api/users.h"

#include <utility>

#include "api/account_answers.h"
#include "api/answers.h"
#include "api/catalogue_resource.h"
#include "api/etag.h"
#include "api/gate.h"
#include "api/query.h"
#include "common/wire/account.h"
#include "common/wire/ids.h"

namespace itn::api {

namespace {

using storage::Accounts;
using storage::Changed;

bool may(const Call& call, identity::Action action, const std::string& id) {
    return identity::may(call.caller(), action, {.owner = Principal("user:" + id)});
}

/// The id of the path, when it can be one that the caller may see; else the call is answered as if
/// there were no such account.
std::optional<std::string> readable_id(Call& call) {
    std::string id(call.request().param("userId"));
    if (wire::is_uuid(id) && may(call, identity::Action::account_read, id)) return id;
    call.problem(no_such_account());
    return std::nullopt;
}

/// The same for a change, which a caller may not make in an account that it may well see.
std::optional<std::string> changeable_id(Call& call) {
    const auto id = readable_id(call);
    if (!id || may(call, identity::Action::account_change, *id)) return id;
    call.problem(problem_of("forbidden", "Only admins change accounts."));
    return std::nullopt;
}

void show(const Room& room, const CallPtr& call, const std::string& id) {
    room.reads.run(call, [call, id](storage::Reader& reader) {
        const auto account = Accounts(reader).account(id);
        if (!account) return call->problem(no_such_account());
        answer_account(*call, 200, *account);
    });
}

/// The caller's owner, as a machine is told of it; nullopt when there is none.
std::optional<std::string> own_text(Accounts& accounts, const gateway::Visitor& visitor) {
    const auto& owner = visitor.caller.principal;
    const wire::ShownKey key{
        .id = visitor.client, .scopes = visitor.caller.scopes, .expires_at = visitor.expires_at};
    const auto told = [&](const auto& found) {
        return found ? std::optional(wire::render_own(*found, key)) : std::nullopt;
    };
    if (const auto name = partner_name_of(owner)) return told(accounts.partner(*name));
    const auto id = account_id_of(owner);
    return id ? told(accounts.account(*id)) : std::nullopt;
}

void show_owner(const Room& room, const CallPtr& call) {
    room.reads.run(call, [call](storage::Reader& reader) {
        Accounts accounts(reader);
        auto text = own_text(accounts, call->visitor());
        if (!text) return call->problem(no_such_account());
        answer_unkept(*call, 200, *std::move(text));
    });
}

/// The account after which a page begins.
std::optional<std::string> account_cursor(Query& query) {
    const auto key = query.cursor("account", 1);
    if (!key) return std::nullopt;
    if (wire::is_uuid(key->at(0))) return key->at(0);
    query.fault("cursor", "is none of this list");
    return std::nullopt;
}

/// What a change came to; `provided` is the version it named.
void finish(const Room& room, Call& call, Accounts& accounts, const std::string& id,
            Changed changed, std::int64_t provided) {
    if (changed == Changed::last_admin) {
        note_refusal(room, call, "last admin");
        return call.problem(problem_of("forbidden", "This is the last admin."));
    }
    const auto account = accounts.account(id);
    if (!account || changed == Changed::missing) return call.problem(no_such_account());
    if (changed == Changed::stale) return call.problem(stale_problem(account->version, provided));
    room.doorkeeper.nudge();
    answer_account(call, 200, *account);
}

/// The version that the change expects, from If-Match or else the body; 0 when neither says one.
Result<std::int64_t> expected_role_version(const Call& call, std::int64_t of_body) {
    const auto header = if_match(call.request());
    if (!header) return header.problem();
    if (!*header || (*header)->any) return of_body;
    const auto only = (*header)->only();
    if (only && (of_body == 0 || of_body == *only)) return *only;
    return problem_of("invalid_if_match", "If-Match must name one version, and that of the body.");
}

}  // namespace

void show_own_account(const Room& room, CallPtr call) {
    if (is_machine(call->visitor())) return show_owner(room, call);
    const auto id = account_id_of(call->caller().principal);
    if (!id) return call->problem(no_such_account());
    show(room, call, *id);
}

void show_account(const Room& room, CallPtr call) {
    if (const auto id = readable_id(*call)) show(room, call, *id);
}

void list_accounts(const Room& room, CallPtr call) {
    Query query(call->request());
    const auto after = account_cursor(query);
    const auto limit = query.limit();
    if (query.problem()) return call->problem(*query.problem());
    room.reads.run(call, [call, after, limit](storage::Reader& reader) {
        const auto page = Accounts(reader).accounts(after, limit);
        List list{.name = "account"};
        for (const auto& account : page.rows)
            list.rows.push_back(wire::render(account));
        if (page.more) list.next = CursorKey{page.rows.back().id};
        answer_list(*call, list, nullptr);
    });
}

void change_role(const Room& room, CallPtr call) {
    const auto id = changeable_id(*call);
    if (!id) return;
    auto wish = wire::parse_role_wish(call->request().body);
    if (!wish) return call->problem(wish.problem());
    const auto expected = expected_role_version(*call, wish->version);
    if (!expected) return call->problem(expected.problem());
    if (const auto problem = stations_problem(room, wish->stations)) return call->problem(*problem);
    room.reads.run_write(call, [&room, call, id = *id, expected = *expected,
                                wish = *std::move(wish)](storage::Reader& reader) {
        Accounts accounts(reader);
        const auto changed = accounts.change_role(id, wish.role, wish.stations, expected,
                                                  cause_of(room, *call), call->caller().principal);
        if (changed == Changed::unknown_station)
            return call->problem(unknown_station_problem(room, wish.stations));
        finish(room, *call, accounts, id, changed, expected);
    });
}

void change_account_status(const Room& room, CallPtr call) {
    const auto id = changeable_id(*call);
    if (!id) return;
    const auto disabled = wire::parse_status_wish(call->request().body);
    if (!disabled) return call->problem(disabled.problem());
    room.reads.run_write(call,
                         [&room, call, id = *id, disabled = *disabled](storage::Reader& reader) {
                             Accounts accounts(reader);
                             const auto changed = accounts.set_disabled(
                                 id, disabled, cause_of(room, *call), call->caller().principal);
                             finish(room, *call, accounts, id, changed, 0);
                         });
}

}  // namespace itn::api
