#include "workers/notifier/door_calls.h"

#include "common/runtime/clock.h"

namespace itn::workers::notifier {
namespace {

using gateway::RateClass;
using OnKnown = DoorCalls::OnKnown;

/// What the parts of the door have in common; copied with the answers that it waits for.
struct Door {
    gateway::Doorkeeper& keeper;
    gateway::Budgets& budgets;
    gateway::Audit& audit;

    static Timestamp now() { return runtime::SystemClock().now(); }

    bool spend(const std::string& peer, RateClass rate, std::int64_t tokens = 1) const {
        return budgets.spend(gateway::payer_of(peer), rate, now(), tokens).ok;
    }

    static void send_away(const OnKnown& on_known) {
        on_known(Problem{.slug = "too_many_requests",
                         .detail = "your address showed too much that is not known: try later",
                         .faults = {}});
    }

    /// What the keeper says. Guessing costs the guesser's address its rate, as at the api's gate,
    /// and within it leaves a line in the audit trail.
    OnKnown watched(const std::string& peer, RateClass rate, OnKnown on_known) const {
        return [door = *this, peer, rate,
                on_known = std::move(on_known)](const Result<gateway::VisitorPtr>& known) {
            if (known || known.problem().slug != "unauthenticated") return on_known(known);
            if (!door.spend(peer, rate)) return send_away(on_known);
            door.audit.note({.at = now(),
                             .event = "unauthenticated",
                             .peer = peer,
                             .subject = "GET /api/updates/real-time",
                             .detail = known.problem().detail});
            on_known(known);
        };
    }

    void identify(std::string_view authorization, const std::string& peer, OnKnown on_known) const {
        if (keeper.is_new_key(authorization) && !spend(peer, RateClass::sign_in))
            return send_away(on_known);
        keeper.identify(authorization, watched(peer, RateClass::read, std::move(on_known)));
    }

    void identify_secret(std::string_view secret, const std::string& peer, OnKnown on_known) const {
        if (gateway::is_ticket(secret)) return take_ticket(secret, peer, std::move(on_known));
        if (keeper.is_new_secret(secret) && !spend(peer, RateClass::sign_in))
            return send_away(on_known);
        keeper.identify_secret(secret, watched(peer, RateClass::read, std::move(on_known)));
    }

    /// Good tickets cost nothing: all who share an address come back at once after a restart.
    void take_ticket(std::string_view ticket, const std::string& peer, OnKnown on_known) const {
        if (!spend(peer, RateClass::sign_in, 0)) return send_away(on_known);
        keeper.identify_secret(ticket, watched(peer, RateClass::sign_in, std::move(on_known)));
    }
};

}  // namespace

DoorCalls door_calls(gateway::Doorkeeper& keeper, gateway::Budgets& budgets,
                     gateway::Audit& audit) {
    const Door door{.keeper = keeper, .budgets = budgets, .audit = audit};
    return {.identify =
                [door](std::string_view authorization, const std::string& peer, OnKnown on_known) {
                    door.identify(authorization, peer, std::move(on_known));
                },
            .identify_secret =
                [door](std::string_view secret, const std::string& peer, OnKnown on_known) {
                    door.identify_secret(secret, peer, std::move(on_known));
                },
            .may_stay = [&keeper](const gateway::Visitor& visitor,
                                  Timestamp now) { return keeper.may_stay(visitor, now); }};
}

}  // namespace itn::workers::notifier
