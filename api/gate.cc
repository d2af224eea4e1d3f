#include "api/gate.h"

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/identity/rate.h"

namespace itn::api {

namespace {

using gateway::RateClass;
using gateway::VisitorPtr;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// Of a peer that is nobody yet.
std::string payer_of(const Call& call) {
    return gateway::payer_of(call.request().peer);
}

/// The header of a class, put together again only where its rate is another one.
const std::string& policy_of(const gateway::Budgets& budgets, RateClass rate) {
    struct Made {
        identity::Rate rate{};
        std::string text{};
    };
    thread_local std::array<Made, gateway::rate_classes> made;
    auto& [made_for, text] = made.at(static_cast<std::size_t>(rate));
    const auto& wanted = budgets.rate_of(rate);
    if (text.empty() || made_for != wanted) {
        const identity::RatePolicy policy{.name = gateway::name(rate), .rate = wanted};
        text = identity::rate_limit_policy_header(std::span(&policy, 1));
        made_for = wanted;
    }
    return text;
}

void tell_rate(const Room& room, Call& call, RateClass rate, const gateway::Spent& spent) {
    call.set_header("RateLimit-Policy", policy_of(room.budgets, rate));
    call.set_header("RateLimit",
                    identity::rate_limit_header(gateway::name(rate), spent.remaining, spent.reset));
}

/// False: the call is answered with 429.
bool passes(Call& call, const gateway::Spent& spent) {
    if (spent.ok) return true;
    call.problem(problem_of("too_many_requests", "Come back when Retry-After is over."), {},
                 {{"Retry-After", identity::retry_after_header(spent.retry_after)}});
    return false;
}

bool spend(const Room& room, Call& call, RateClass rate, std::string_view payer) {
    const auto spent = room.budgets.spend(payer, rate, room.clock.now());
    tell_rate(room, call, rate, spent);
    return passes(call, spent);
}

/// Whose rate it is: the principal's, or that of the address of who is nobody yet.
bool spend_of(const Room& room, Call& call, RateClass rate, const identity::Caller& caller) {
    if (caller.kind == identity::CallerKind::anonymous)
        return spend(room, call, rate, payer_of(call));
    return spend(room, call, rate, caller.principal.text());
}

void audit(const Room& room, const Call& call, std::string_view event, const Principal& principal,
           std::string_view detail) {
    const auto& request = call.request();
    room.audit.note({.at = room.clock.now(),
                     .event = std::string(event),
                     .principal = principal,
                     .peer = request.peer,
                     .subject = std::string(front::name(request.method)) + " " + request.path,
                     .detail = std::string(detail)});
}

/// RFC 6750, 3: no error is named to whoever showed nothing.
void answer_stranger(Call& call, bool showed_something) {
    call.problem(
        problem_of("unauthenticated", "A good access token or API key is needed."), {},
        {{"WWW-Authenticate", showed_something ? "Bearer realm=\"itn\", error=\"invalid_token\""
                                               : "Bearer realm=\"itn\""}});
}

void refuse(const Room& room, const RouteRow& row, Call& call, const identity::Caller& caller) {
    audit(room, call, "forbidden", caller.principal, identity::name(row.action));
    call.problem(problem_of("forbidden", "You may not do " +
                                             std::string(identity::name(row.action)) +
                                             " with your roles and scopes."));
}

void judge(const Room& room, const RouteRow& row, const CallPtr& call, VisitorPtr visitor,
           Pass pass) {
    const auto& caller = visitor->caller;
    if (!spend_of(room, *call, *row.rate, caller)) return;
    if (identity::reach(caller, row.action) == identity::Reach::nothing) {
        if (caller.kind == identity::CallerKind::anonymous) return answer_stranger(*call, false);
        return refuse(room, row, *call, caller);
    }
    call->set_visitor(std::move(visitor));
    pass(room, row, call);
}

/// Guessing costs the guesser's address its rate.
void turn_away(const Room& room, const RouteRow& row, Call& call, const Problem& problem) {
    if (problem.slug != "unauthenticated") return call.problem(problem);
    if (!spend(room, call, *row.rate, payer_of(call))) return;
    audit(room, call, "unauthenticated", {}, problem.detail);
    answer_stranger(call, true);
}

}  // namespace

bool is_sign_in(identity::Action action) {
    return action == identity::Action::session_open || action == identity::Action::account_register;
}

void note_refusal(const Room& room, const Call& call, std::string_view what) {
    audit(room, call, "forbidden", call.caller().principal, what);
}

bool spend_writes(const Room& room, Call& call, std::size_t count) {
    if (count == 0) return true;
    const auto spent = room.budgets.spend(call.caller().principal.text(), RateClass::write,
                                          room.clock.now(), static_cast<std::int64_t>(count));
    if (!spent.ok) tell_rate(room, call, RateClass::write, spent);
    return passes(call, spent);
}

void note_change(const Room& room, const Call& call, std::string_view what) {
    audit(room, call, gateway::Audit::changed, call.caller().principal, what);
}

void admit(const Room& room, const RouteRow& row, const CallPtr& call, Pass pass) {
    if (!row.rate) return pass(room, row, call);
    if (is_sign_in(row.action)) return judge(room, row, call, gateway::anonymous_visitor(), pass);
    const auto authorization = call->request().header("authorization");
    if (room.doorkeeper.is_new_key(authorization) &&
        !spend(room, *call, RateClass::sign_in, payer_of(*call)))
        return;
    room.doorkeeper.identify(authorization, [&room, &row, call, pass](Result<VisitorPtr> known) {
        if (!known) return turn_away(room, row, *call, known.problem());
        judge(room, row, call, *std::move(known), pass);
    });
}

}  // namespace itn::api
