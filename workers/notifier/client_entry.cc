// How a client comes in: its head, its first frame, and who it is.

#include "common/base/address.h"
#include "common/base/time.h"
#include "workers/notifier/client.h"

namespace itn::workers::notifier {
namespace {

CloseCode code_of(std::string_view slug) {
    if (slug == "unauthenticated") return CloseCode::unauthorized;
    if (slug == "forbidden") return CloseCode::forbidden;
    if (slug == "too_many_requests") return CloseCode::too_many_sockets;
    return CloseCode::try_later;
}

std::string_view headers_of(std::string_view slug) {
    if (slug == "unauthenticated") return "WWW-Authenticate: Bearer\r\n";
    return slug == "forbidden" ? "" : "Retry-After: 5\r\n";
}

Problem unauthenticated(std::string detail) {
    return {.slug = "unauthenticated", .detail = std::move(detail), .faults = {}};
}

/// Why it is not let in, whoever else is here; clients hear nothing of what is wrong with a token.
std::optional<Problem> judge(const Result<gateway::VisitorPtr>& known) {
    if (!known) {
        if (known.problem().slug == "unauthenticated")
            return unauthenticated("the token is not valid");
        if (known.problem().slug == "too_many_requests") return known.problem();
        return Problem{.slug = "database_unavailable",
                       .detail = "it cannot be found out who you are: try again",
                       .faults = {}};
    }
    const identity::Caller& caller = (*known)->caller;
    if (caller.kind == identity::CallerKind::anonymous)
        return unauthenticated("the feed is for those who say who they are");
    if (!identity::may(caller, identity::Action::updates_subscribe, {}))
        return Problem{
            .slug = "forbidden", .detail = "the token was not given for reading", .faults = {}};
    return std::nullopt;
}

}  // namespace

void Client::read_head() {
    const std::size_t size = head_size(head_);
    if (size == std::string::npos && head_.size() <= limits::max_head) return;
    if (size > limits::max_head)
        return refuse_with(refusal("header_fields_too_large", "the request head is too large"));
    const std::string rest = head_.substr(size);
    head_.resize(size);
    enter(decide_upgrade(head_, hall_.origins));
    head_ = {};
    if (phase_ == Phase::opening && !rest.empty()) read_frames(rest);
}

void Client::enter(const Decision& decision) {
    const bool is_feed =
        decision.asked == Asked::websocket || decision.asked == Asked::event_stream;
    if (!is_feed) return refuse_with({.status = decision.status, .reply = decision.reply});
    peer_ = client_behind(connection_.peer(), hall_.trusted_proxies, decision.forwarded_for);
    if (!hall_.audience->is_ready())
        return refuse_with(refusal("not_ready", "the feed is not up yet: try again",
                                   decision.occasion, "Retry-After: 1\r\n"));
    if (decision.asked == Asked::event_stream) return knock_for_stream(decision);
    phase_ = Phase::opening;
    since_ = now();
    push(shared(decision.reply));
}

void Client::knock_for_stream(const Decision& decision) {
    phase_ = Phase::knocking_stream;
    since_ = now();
    if (!decision.authorization)
        return turn_away(unauthenticated("send Authorization: Bearer and a token"),
                         decision.occasion);
    auto opening = opening_of_query(decision.query, decision.last_event_id);
    if (!opening) {
        const Problem& problem = opening.problem();
        return refuse_with(refusal(problem.slug, problem.detail, decision.occasion));
    }
    knock_ = std::make_shared<Knock>(Knock{
        .opening = std::move(*opening), .occasion = decision.occasion, .reply = decision.reply});
    hall_.entrance->identify(*decision.authorization, peer_, hand_to(&Client::take_answer));
}

void Client::refuse_with(Refusal refusal) {
    if (refusal.status != 200) hall_.on_refused(refusal.status);
    connection_.push(shared(std::move(refusal.reply)));
    leave(0);
    connection_.finish();
}

void Client::take_message(const std::string& text) {
    if (phase_ == Phase::opening) return take_opening(text);
    if (phase_ == Phase::knocking) return take_early(text);
    take_change(text);
}

void Client::take_opening(std::string_view text) {
    auto opening = parse_opening(text);
    if (!opening) {
        complain(opening.problem());
        if (opening.problem().slug == "invalid_position") close(CloseCode::policy);
        return;
    }
    if (opening->authorize.empty()) return close(CloseCode::unauthorized);
    phase_ = Phase::knocking;
    since_ = now();
    const std::string secret = std::exchange(opening->authorize, {});
    knock_ = std::make_shared<Knock>(Knock{.opening = std::move(*opening)});
    hall_.entrance->identify_secret(secret, peer_, hand_to(&Client::take_answer));
}

void Client::take_early(const std::string& text) {
    knock_->early_bytes += text.size();
    if (knock_->early_bytes > limits::max_ws_message) return close(CloseCode::policy);
    knock_->early.push_back(text);
}

Entrance::OnKnown Client::hand_to(void (Client::*take)(const Result<gateway::VisitorPtr>&)) {
    return [this, take, asked = std::weak_ptr(knock_)](const Result<gateway::VisitorPtr>& known) {
        if (asked.lock()) (this->*take)(known);
    };
}

void Client::take_answer(const Result<gateway::VisitorPtr>& known) {
    Knock knock = std::move(*std::exchange(knock_, nullptr));
    if (const auto problem = admit(known)) return turn_away(*problem, knock.occasion);
    let_in(std::move(knock));
}

std::optional<Problem> Client::admit(const Result<gateway::VisitorPtr>& known) {
    if (auto problem = judge(known)) return problem;
    if (!hall_.entrance->enter((*known)->caller.principal))
        return Problem{.slug = "too_many_requests",
                       .detail = std::string("you have ") +
                                 std::to_string(limits::max_ws_per_principal) +
                                 " clients of the feed already",
                       .faults = {}};
    visitor_ = *known;
    return std::nullopt;
}

void Client::turn_away(const Problem& problem, const Occasion& occasion) {
    if (phase_ != Phase::knocking_stream) return close(code_of(problem.slug));
    refuse_with(refusal(problem.slug, problem.detail, occasion, headers_of(problem.slug)));
}

void Client::let_in(Knock knock) {
    phase_ = phase_ == Phase::knocking_stream ? Phase::stream : Phase::open;
    since_ = now();
    stayed_ = now();
    has_seat_ = true;
    conflates_ = knock.opening.conflate;
    if (is_stream()) push(shared(std::move(knock.reply)));
    hall_.audience->on_opening(*this, std::move(knock.opening));
    for (const std::string& text : knock.early) {
        if (phase_ == Phase::closing) return;
        take_message(text);
    }
}

void Client::renew(std::string_view secret) {
    if (phase_ != Phase::open) return;
    if (knock_)
        return complain({.slug = "invalid_field",
                         .detail = "one token at a time",
                         .faults = {{"/authorize", "one at a time"}}});
    knock_ = std::make_shared<Knock>();
    hall_.entrance->identify_secret(secret, peer_, hand_to(&Client::take_renewal));
}

void Client::take_renewal(const Result<gateway::VisitorPtr>& known) {
    knock_.reset();
    auto problem = judge(known);
    if (!problem && (*known)->caller.principal != visitor_->caller.principal)
        problem = unauthenticated("the token is somebody else's");
    if (problem) {
        problem->faults = {{"/authorize", problem->detail}};
        return complain(*problem);
    }
    visitor_ = *known;
    stayed_ = now();
    hall_.audience->on_renewed(*this);
    send_json("renewed", renewed_json(to_rfc3339(visitor_->expires_at)));
}

}  // namespace itn::workers::notifier
