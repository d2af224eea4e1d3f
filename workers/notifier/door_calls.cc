#include "workers/notifier/door_calls.h"

#include "common/runtime/clock.h"

namespace itn::workers::notifier {
namespace {

using OnKnown = DoorCalls::OnKnown;

/// What the keeper says, and a line in the audit trail of everybody it does not know.
OnKnown audited(gateway::Audit& audit, std::string peer, OnKnown on_known) {
    return [&audit, peer = std::move(peer),
            on_known = std::move(on_known)](const Result<gateway::VisitorPtr>& known) {
        if (!known && known.problem().slug == "unauthenticated")
            audit.note({.at = runtime::SystemClock().now(),
                        .event = "unauthenticated",
                        .peer = peer,
                        .subject = "GET /api/updates/real-time",
                        .detail = known.problem().detail});
        on_known(known);
    };
}

/// False: answered already.
bool may_show(const gateway::Doorkeeper& keeper, gateway::Budgets& budgets,
              std::string_view authorization, const std::string& peer, const OnKnown& on_known) {
    if (!keeper.is_new_key(authorization)) return true;
    const auto spent = budgets.spend(gateway::payer_of(peer), gateway::RateClass::sign_in,
                                     runtime::SystemClock().now());
    if (!spent.ok)
        on_known(Problem{.slug = "too_many_requests",
                         .detail = "too many unknown keys from your address: try later",
                         .faults = {}});
    return spent.ok;
}

}  // namespace

DoorCalls door_calls(gateway::Doorkeeper& keeper, gateway::Budgets& budgets,
                     gateway::Audit& audit) {
    return {.identify =
                [&](std::string_view authorization, const std::string& peer, OnKnown on_known) {
                    if (!may_show(keeper, budgets, authorization, peer, on_known)) return;
                    keeper.identify(authorization, audited(audit, peer, std::move(on_known)));
                },
            .identify_secret =
                [&](std::string_view secret, const std::string& peer, OnKnown on_known) {
                    const std::string as_header = "Bearer " + std::string(secret);
                    if (!may_show(keeper, budgets, as_header, peer, on_known)) return;
                    keeper.identify_secret(secret, audited(audit, peer, std::move(on_known)));
                },
            .may_stay = [&](const gateway::Visitor& visitor,
                            Timestamp now) { return keeper.may_stay(visitor, now); }};
}

}  // namespace itn::workers::notifier
