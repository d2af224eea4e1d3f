#include "api/auth.h"

#include <utility>

#include "api/account_answers.h"
#include "api/password_desk.h"
#include "api/sign_in_tries.h"
#include "api/tokens.h"
#include "common/identity/password.h"
#include "common/identity/refresh.h"
#include "common/runtime/uuid.h"
#include "common/wire/account.h"

namespace itn::api {

namespace {

using storage::Accounts;

/// A password that nobody may choose, or nothing.
std::optional<Problem> password_problem(std::string_view password, std::string_view email,
                                        std::string_view pointer) {
    auto problem = identity::password_problem(password, email);
    if (!problem) return std::nullopt;
    problem->slug = "invalid_password";
    for (auto& fault : problem->faults)
        fault.pointer = pointer;
    return problem;
}

/// A 401 names how to come in (RFC 9110, 11.6.1).
void refuse(Call& call, std::string_view slug, std::string detail) {
    call.problem(problem_of(slug, std::move(detail)), {},
                 {{"WWW-Authenticate", "Bearer realm=\"itn\""}});
}

void refuse_sign_in(Call& call) {
    refuse(call, "sign_in_failed", "");
}

void refuse_refresh(Call& call) {
    refuse(call, "invalid_refresh_token", "Sign in again.");
}

/// The same for a token that names a session, or seems to; nobody waits for the trail.
void refuse_refresh(const Room& room, Call& call, const std::string& session, Principal owner,
                    std::string_view why) {
    auto line = audit_line(room, call, "refresh_refused", session, std::string(why));
    line.principal = std::move(owner);
    room.audit.note(std::move(line));
    refuse_refresh(call);
}

storage::Rights rights_of(const storage::Account& account) {
    return {.principal = account.principal(),
            .roles = identity::Roles(account.role),
            .stations = account.stations,
            .disabled = account.disabled,
            .version = account.version};
}

/// Whose password this is; takes as long for an address that nobody has.
std::optional<storage::Account> judge(Accounts& accounts, const wire::LoginWish& wish) {
    const auto known = accounts.by_email(wish.email);
    const auto stored = known ? std::optional(known->password) : std::nullopt;
    if (!identity::verify_password(stored, wish.password)) return std::nullopt;
    if (known->account.disabled) return std::nullopt;
    if (identity::needs_rehash(*stored))
        accounts.rehash(known->account.id, *stored, identity::hash_password(wish.password));
    return known->account;
}

/// False when the account's rights are others by now: its sessions were ended before this one
/// stood, so this one ends too.
bool begin_session(Accounts& accounts, const identity::RefreshFamily& family,
                   const storage::Account& account) {
    accounts.begin_session(family);
    const auto rights = accounts.rights(family.principal);
    if (rights && !rights->disabled && rights->version == account.version) return true;
    accounts.revoke_family(family.id);
    return false;
}

void sign_in(const Room& room, Call& call, Accounts& accounts, const wire::LoginWish& wish) {
    const auto note = [&](std::string why) {
        room.audit.note(audit_line(room, call, "sign_in_refused", wish.email, std::move(why)));
    };
    SignInTries tries(accounts, wish.email, call.request().peer);
    if (!tries.begin(room.clock.now())) {
        note("too_many");
        return answer_too_many_tries(call);
    }
    const auto account = judge(accounts, wish);
    if (!account) {
        note("password");
        return refuse_sign_in(call);
    }
    tries.succeed();
    const auto issued = identity::begin_family(account->principal(), room.clock.now());
    const auto token = access_token(room, rights_of(*account), {.family = issued.family.id});
    if (!token) return call.problem(token.problem());
    if (!begin_session(accounts, issued.family, *account)) return refuse_sign_in(call);
    auto line = audit_line(room, call, "signed_in", account->principal().text());
    line.principal = account->principal();
    audit(accounts, line);
    answer_session(call, *token, issued.token);
}

/// The token was used already: whoever has it, the session is over, and so are the access tokens.
void end_stolen(const Room& room, Call& call, Accounts& accounts,
                const identity::RefreshFamily& family) {
    auto line = audit_line(room, call, "refresh_reuse", family.principal.text(), family.id);
    line.principal = family.principal;
    accounts.end_stolen_session(family, cause_of(room, call), std::move(line));
    room.doorkeeper.nudge();
    refuse_refresh(call);
}

void refresh(const Room& room, Call& call, Accounts& accounts,
             const identity::SecretText& presented) {
    const auto now = room.clock.now();
    const auto family = accounts.family(presented.id);
    const auto verdict = identity::decide_refresh(family, presented, now);
    if (verdict == identity::RefreshVerdict::reuse)
        return end_stolen(room, call, accounts, *family);
    const auto owner = family ? family->principal : Principal();
    if (verdict != identity::RefreshVerdict::rotate)
        return refuse_refresh(room, call, presented.id, owner, name(verdict));
    const auto rights = accounts.rights(owner);
    if (!rights || rights->disabled)
        return refuse_refresh(room, call, presented.id, owner, "disabled");
    const auto token = access_token(room, *rights, {.family = family->id});
    if (!token) return call.problem(token.problem());
    const auto next = identity::rotate(*family, now);
    if (!accounts.rotate(next.family, family->current_hash))
        return end_stolen(room, call, accounts, *family);
    answer_session(call, *token, next.token);
}

void sign_out(const Room& room, Call& call, Accounts& accounts, const std::string& family_id) {
    const auto family = accounts.family(family_id);
    const auto& principal = call.caller().principal;
    if (family && family->principal == principal && !family->revoked) {
        accounts.sign_out(family_id, room.clock.now());
        room.doorkeeper.end_session(identity::session_of(family_id));
        audit(accounts, audit_line(room, call, "signed_out", principal.text()));
    }
    answer_nothing(call);
}

void change_password(const Room& room, Call& call, Accounts& accounts,
                     const wire::PasswordWish& wish) {
    const auto id = account_id_of(call.caller().principal);
    const auto account = id ? accounts.account(*id) : std::nullopt;
    if (!account) return call.problem(no_such_account());
    if (const auto problem = password_problem(wish.fresh, account->email, "/newPassword"))
        return call.problem(*problem);
    SignInTries tries(accounts, account->email, call.request().peer);
    if (!tries.begin(room.clock.now())) return answer_too_many_tries(call);
    if (!judge(accounts, {.email = account->email, .password = wish.current})) {
        audit(accounts, audit_line(room, call, "password_refused", account->principal().text()));
        return call.problem({.slug = "invalid_password",
                             .detail = "",
                             .faults = {{.pointer = "/currentPassword",
                                         .detail = "is not the password of this account"}}});
    }
    tries.succeed();
    const auto hash = identity::hash_password(wish.fresh);
    if (accounts.set_password(*id, hash, cause_of(room, call)) != storage::Changed::done)
        return call.problem(no_such_account());
    room.doorkeeper.nudge();
    answer_nothing(call);
}

void make_account(const Room& room, Call& call, Accounts& accounts,
                  const wire::RegisterWish& wish) {
    const storage::Account account{
        .id = runtime::uuid_v7(), .name = wish.name, .email = wish.email};
    const auto made = accounts.register_account(account, identity::hash_password(wish.password),
                                                cause_of(room, call));
    if (made != storage::Changed::done)
        return call.problem(problem_of("account_exists", "Sign in, or use another address."));
    const auto stored = accounts.account(account.id);
    if (!stored) return call.problem(no_such_account());
    answer_account(call, 201, *stored, {{"Location", "/api/users/" + account.id}});
}

}  // namespace

void register_account(const Room& room, CallPtr call) {
    auto wish = wire::parse_register_wish(call->request().body);
    if (!wish) return call->problem(wish.problem());
    if (const auto problem = password_problem(wish->password, wish->email, "/password"))
        return call->problem(*problem);
    room.passwords.run(call, [&room, call, wish = *std::move(wish)](Accounts& accounts) {
        make_account(room, *call, accounts, wish);
    });
}

void sign_in(const Room& room, CallPtr call) {
    auto wish = wire::parse_login_wish(call->request().body);
    if (!wish) return call->problem(wish.problem());
    room.passwords.run(call, [&room, call, wish = *std::move(wish)](Accounts& accounts) {
        sign_in(room, *call, accounts, wish);
    });
}

void refresh_session(const Room& room, CallPtr call) {
    const auto wish = wire::parse_refresh_wish(call->request().body);
    if (!wish) return call->problem(wish.problem());
    auto presented = identity::parse_refresh_token(*wish);
    if (!presented) return refuse_refresh(*call);
    room.reads.run_write(call,
                         [&room, call, presented = *std::move(presented)](storage::Reader& reader) {
                             Accounts accounts(reader);
                             refresh(room, *call, accounts, presented);
                         });
}

void sign_out(const Room& room, CallPtr call) {
    const auto wish = wire::parse_refresh_wish(call->request().body);
    if (!wish) return call->problem(wish.problem());
    const auto presented = identity::parse_refresh_token(*wish);
    if (!presented) return answer_nothing(*call);
    room.reads.run_write(call, [&room, call, id = presented->id](storage::Reader& reader) {
        Accounts accounts(reader);
        sign_out(room, *call, accounts, id);
    });
}

void change_own_password(const Room& room, CallPtr call) {
    if (const auto problem = machine_problem(*call)) return call->problem(*problem);
    auto wish = wire::parse_password_wish(call->request().body);
    if (!wish) return call->problem(wish.problem());
    room.passwords.run(call, [&room, call, wish = *std::move(wish)](Accounts& accounts) {
        change_password(room, *call, accounts, wish);
    });
}

}  // namespace itn::api
