#pragma once

// A doorkeeper in memory for the notifier's tests. A secret says itself who brings it:
//
//   <role>                          admin, auditor, operator, trader, partner: "user:<role>"
//   <role>:<name>[:<station>,…]     the principal is "user:<name>"
//   ticket:<name>                   an admin, once

#include <atomic>
#include <mutex>
#include <set>
#include <string>

#include "tests/support/http_client.h"
#include "workers/notifier/entrance.h"

namespace itn::workers::notifier::tests {

/// Any thread.
class MemoryDoor final {
public:
    DoorCalls calls();

    /// Whoever has this principal may not stay, and does not come in any more.
    void revoke(const std::string& principal);
    /// Nobody can be judged: the database is away.
    void break_down() { is_broken_ = true; }
    /// Nobody is answered at all.
    void fall_silent() { is_silent_ = true; }
    std::size_t asked() const { return asked_; }

private:
    void answer(std::string_view secret, const DoorCalls::OnKnown& on_known);
    Result<gateway::VisitorPtr> judge(const std::string& secret);

    std::mutex mutex_;
    std::set<std::string> revoked_;
    std::set<std::string> used_tickets_;
    std::atomic<bool> is_broken_{false};
    std::atomic<bool> is_silent_{false};
    std::atomic<std::size_t> asked_{0};
};

/// An admin's secret, another principal's at every call.
std::string any_secret();
/// The header that says it.
itn::tests::Headers bearer(const std::string& secret = any_secret());

}  // namespace itn::workers::notifier::tests
