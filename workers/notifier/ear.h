#pragma once

// What one client may hear. Most callers may hear every event of a kind, or none, whomever it is
// about: that is found out once, when the client comes in. Only for the others is an event's body
// read, once for all of them. Pure; loop thread only.

#include <bitset>
#include <optional>

#include "common/gateway/doorkeeper.h"
#include "common/rights/rights.h"
#include "workers/notifier/event.h"

namespace itn::workers::notifier {

/// Whom one event is about, found out when the first client asks. Not to outlive the event.
class Concerned final {
public:
    explicit Concerned(const Event& event) : event_(event) {}

    const Event& event() const { return event_; }
    const rights::Stake& stake() {
        if (!stake_) stake_ = rights::stake_of(event_.kind, event_.subject, event_.body);
        return *stake_;
    }

private:
    const Event& event_;
    std::optional<rights::Stake> stake_;
};

class Ear final {
public:
    /// Hears nothing.
    Ear() = default;
    explicit Ear(gateway::VisitorPtr visitor);

    bool may_hear(Concerned& concerned) const {
        if (always_.test(static_cast<std::size_t>(concerned.event().kind))) return true;
        return visitor_ && rights::may_hear(visitor_->caller, concerned.stake());
    }

    /// Of what it may hear: whether also whose command, trade or shipment was the cause.
    bool may_hear_causes(Concerned& concerned) const {
        if (hears_causes_ || concerned.event().kind != domain::EventKind::inventory_changed)
            return true;
        return visitor_ && rights::may_hear_causes(visitor_->caller, concerned.stake());
    }

private:
    static constexpr auto kinds = static_cast<std::size_t>(domain::EventKind::critical) + 1;

    gateway::VisitorPtr visitor_;
    std::bitset<kinds> always_;  // whomever it is about
    bool hears_causes_ = false;  // of everything
};

}  // namespace itn::workers::notifier
