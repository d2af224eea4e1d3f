#pragma once

// Who calls: every door and the notifier ask the same Doorkeeper. Access tokens are verified where
// they are presented and then remembered, so a request costs a look-up; API keys are read from the
// database once and remembered for limits::key_life. Every limits::revocation_poll the keeper asks
// what changed, so whoever loses a right, a password or a key, or signs out, is out within 60
// seconds.
//
// It fails closed: what cannot be judged because the database is away is Problem
// "database_unavailable" (503), never a yes. When no poll succeeded for limits::revocation_overdue
// nobody is let in on what is remembered.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/limits.h"
#include "common/base/result.h"
#include "common/base/time.h"
#include "common/identity/key_set.h"
#include "common/identity/permissions.h"
#include "common/identity/token.h"

namespace itn::gateway {

/// Somebody who showed who they are.
struct Visitor {
    identity::Caller caller{};
    std::string client{};      // client_id of the token, or the API key's id
    std::string session{};     // the session it ends with; "": none, as of machines
    std::int64_t version = 0;  // of the rights it stands on
    Timestamp issued_at{};     // of the token; when the rights were read, of a key or ticket
    Timestamp expires_at{};
    bool by_key = false;  // an API key: never a session
};
using VisitorPtr = std::shared_ptr<const Visitor>;
/// Nobody: who brought nothing.
const VisitorPtr& anonymous_visitor();

/// Whether the secret of a WebSocket's first frame may be a ticket: each one costs a look at the
/// database, whether it is good or not.
bool is_ticket(std::string_view secret);

class Doorkeeper final {
public:
    struct Options {
        /// "": nothing is ever revoked, and keys and tickets cannot be judged. For tests.
        std::string database_url{};
        std::string application{};
        std::shared_ptr<const identity::KeySet> keys{};
        std::string issuer{};
        std::string audience{};
        /// How long what is remembered is good without a poll that succeeds.
        std::chrono::milliseconds overdue = limits::revocation_overdue;
    };
    /// Called once: at once on the caller's thread, or later on one of the keeper's, within some
    /// two seconds.
    using OnKnown = std::function<void(Result<VisitorPtr>)>;

    explicit Doorkeeper(Options options);
    ~Doorkeeper();
    Doorkeeper(const Doorkeeper&) = delete;
    Doorkeeper& operator=(const Doorkeeper&) = delete;

    /// Loads what died lately, in the caller's thread (throws MachineFailure), then watches.
    void start();

    /// Any thread. The value of an Authorization header ("Bearer …", a token or an API key),
    /// nullopt when there was none: then the visitor is anonymous. Problem "unauthenticated" (401),
    /// whose detail is for logs alone; "database_unavailable" and "overloaded" (503).
    void identify(std::optional<std::string_view> authorization, OnKnown on_known);
    /// The same for the bare token, key or ticket of a WebSocket's first frame. The row of a ticket
    /// has the SHA-256 of its text; who brings it may read for as long as a token lives.
    void identify_secret(std::string_view secret, OnKnown on_known);

    /// Any thread. Whether this is an API key that was not seen here before, or not with this
    /// secret: it costs a look at the database, so doors let an address show few of them.
    bool is_new_key(std::optional<std::string_view> authorization) const;
    /// The same of the bare secret of a WebSocket's first frame.
    bool is_new_secret(std::string_view secret) const;

    /// Any thread. Whether somebody who was let in may stay: not expired, nothing revoked. While
    /// the database is away nothing can be revoked, so nobody is sent away for it.
    bool may_stay(const Visitor& visitor, Timestamp now) const;
    /// Any thread. Ask now what changed; for doors that change accounts themselves.
    void nudge();
    /// Any thread. The tokens of a session that was signed out of are dead here from now on; other
    /// doors hear of it by asking.
    void end_session(const std::string& session);
    /// Any thread. Whether the last poll found the database.
    bool is_current() const;

    const identity::KeySet& keys() const;
    const Options& options() const;

private:
    class Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace itn::gateway
