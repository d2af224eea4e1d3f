#pragma once

// Who clients are. The doorkeeper answers on a thread of its own or at once; here its answers come
// on the loop thread, never from inside the call. It also counts how many clients each principal
// has, people and machines alike. Loop thread only; not to outlive its Loop.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/gateway/doorkeeper.h"
#include "common/runtime/loop.h"

namespace itn::workers::notifier {

/// What a Doorkeeper does; tests have one of their own.
struct DoorCalls {
    using OnKnown = std::function<void(Result<gateway::VisitorPtr>)>;
    /// Of an Authorization header that came from this address; never an anonymous visitor. Answered
    /// once, by any thread. Besides a Doorkeeper's problems "too_many_requests": this address has
    /// to wait.
    std::function<void(std::string_view authorization, const std::string& peer, OnKnown)> identify;
    /// The same for an access token, an API key or a one-time ticket.
    std::function<void(std::string_view secret, const std::string& peer, OnKnown)> identify_secret;
    /// Whether somebody who was let in may stay: not expired, nothing revoked.
    std::function<bool(const gateway::Visitor&, Timestamp now)> may_stay;
};

class Entrance final {
public:
    using OnKnown = DoorCalls::OnKnown;

    Entrance(runtime::Loop& loop, DoorCalls calls) : loop_(loop), calls_(std::move(calls)) {}
    ~Entrance() { *alive_ = false; }
    Entrance(const Entrance&) = delete;
    Entrance& operator=(const Entrance&) = delete;

    void identify(std::string_view authorization, const std::string& peer, OnKnown on_known);
    void identify_secret(std::string_view secret, const std::string& peer, OnKnown on_known);
    bool may_stay(const gateway::Visitor& visitor) const;

    /// Counts one client more of this principal; false, and nothing changed, when it has
    /// limits::max_ws_per_principal already.
    bool enter(const Principal& principal);
    void leave(const Principal& principal);

private:
    OnKnown on_loop(OnKnown on_known);

    runtime::Loop& loop_;
    DoorCalls calls_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::unordered_map<Principal, std::size_t> inside_;
};

}  // namespace itn::workers::notifier
