#pragma once

// What Postgres knows of people, sessions, keys and partners. Like a Reader it is not thread-safe:
// each thread has one of its own. Every call may throw MachineFailure.
//
// Changes of accounts commit their event (user.registered, user.updated) in lane catalogue.00
// together with the row, and leave a line in the audit trail.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/limits.h"
#include "common/identity/api_key.h"
#include "common/identity/permissions.h"
#include "common/identity/rate.h"
#include "common/identity/refresh.h"
#include "common/storage/reader.h"
#include "common/storage/rights.h"
#include "common/wire/account.h"

namespace itn::storage {

using wire::Account;
using wire::Partner;

/// An account and the PHC string of its password.
struct Credentials {
    Account account{};
    std::string password{};
};

struct ApiKeyRow {
    identity::StoredApiKey key{};
    std::string name{};
    Timestamp created_at{};
};

/// A line of the audit trail, e.g. {"sign_in_refused", "", "127.0.0.1", "a@b.example", "password"}.
struct AuditLine {
    Timestamp at{};
    std::string event{};
    Principal principal{};  // empty: nobody known
    std::string peer{};
    std::string subject{};
    std::string detail{};
};

/// What changed lately in who may come in: subjects whose older tokens are dead, keys and sessions
/// that are.
struct AccountChanges {
    struct Subject {
        Principal principal{};
        std::int64_t version = 0;  // below it tokens are dead; disabled: max
        Timestamp changed_at{};
    };
    std::vector<Subject> subjects{};
    std::vector<std::string> revoked_keys{};
    std::vector<std::string> ended_sessions{};  // session_of those signed out of
};

/// `unknown_station`: one of the stations does not exist. `too_many`: as many active keys already
/// as there may be, `too_often`: as many made within a day. `last_admin`: nobody could change
/// rights any more. `missing`, `exists`, `stale`: as for the catalogue.
enum class Changed {
    done,
    exists,
    missing,
    stale,
    unknown_station,
    too_many,
    too_often,
    last_admin
};

class Accounts final {
public:
    /// Connects at the first call, not here.
    Accounts(std::string url, std::string application,
             std::chrono::milliseconds statement = limits::reader_statement);
    /// On the reader's connection, which outlives it: for jobs that got a Reader.
    explicit Accounts(Reader& reader);
    ~Accounts();
    Accounts(const Accounts&) = delete;
    Accounts& operator=(const Accounts&) = delete;

    // --- people (accounts_people.cc) ---
    /// `exists`: somebody has this e-mail address, whatever its case. The version is 1 and both
    /// times are the cause's, whatever the argument says.
    Changed register_account(const Account& account, const std::string& password_hash,
                             const Cause& cause);
    std::optional<Credentials> by_email(const std::string& email);
    std::optional<Account> account(const std::string& id);
    /// By id.
    Page<Account> accounts(const std::optional<std::string>& after, std::size_t limit);
    /// Replaces role and stations and counts the version up. `expected` 0: whatever it is.
    Changed change_role(const std::string& id, identity::Role role,
                        const std::vector<StationId>& stations, std::int64_t expected,
                        const Cause& cause, const Principal& by);
    /// Disabling ends all sessions; a second time nothing changes.
    Changed set_disabled(const std::string& id, bool disabled, const Cause& cause,
                         const Principal& by);
    /// A new password kills all tokens and sessions of the account.
    Changed set_password(const std::string& id, const std::string& password_hash,
                         const Cause& cause);
    /// Of a session whose token was shown twice: ends it and kills all tokens of its account. Once:
    /// a second time nothing changes. `line` says by whom.
    void end_stolen_session(const identity::RefreshFamily& family, const Cause& cause,
                            AuditLine line);
    /// The same password under new costs: nothing else changes. Nothing at all when `from` is not
    /// its hash any more.
    void rehash(const std::string& id, const std::string& from, const std::string& password_hash);
    /// nullopt: no such principal.
    std::optional<Rights> rights(const Principal& principal);
    std::vector<Rights> rights(std::span<const Principal> principals);
    /// What changed at or after `since`. Times are those of the doors that changed it, shortly
    /// before their commit: ask for some seconds more than you saw.
    AccountChanges changes(Timestamp since);

    // --- sessions, keys and tickets (accounts_secrets.cc) ---
    void begin_session(const identity::RefreshFamily& family);
    std::optional<identity::RefreshFamily> family(const std::string& id);
    /// Exchanges the token while `from` is the current one; false when it is not any more.
    bool rotate(const identity::RefreshFamily& family, const identity::Digest& from);
    void revoke_family(const std::string& id);
    /// The same, and changes() tells of it: its access tokens are to die too.
    void sign_out(const std::string& id, Timestamp now);
    void revoke_sessions(const Principal& principal);
    /// At most two active keys of one name and owner, so that they can be changed without a pause,
    /// and of all names so many as limits say, and so many within a day.
    Changed create_key(const ApiKeyRow& key);
    std::optional<identity::StoredApiKey> key(const std::string& id);
    /// The active ones, and the newest of the others as far as they fit into limits::max_page; in
    /// the order in which they were made.
    std::vector<ApiKeyRow> keys(const Principal& owner, Timestamp now);
    /// False: there is no such key of that owner (nullopt: of anybody). A second time is true
    /// again.
    bool revoke_key(const std::string& id, const std::optional<Principal>& owner, Timestamp now);
    /// What whoever shows it gets of whoever fetched it.
    struct Ticket {
        Principal principal{};
        std::string session{};  // "": none
        std::string client{};   // the id of an API key, of machines
        std::optional<Timestamp> stays_until{};
        friend bool operator==(const Ticket&, const Ticket&) = default;
    };
    void keep_ticket(const identity::Digest& hash, const Ticket& ticket, Timestamp expires);
    /// Takes the ticket away and says whose it was; nullopt when there is none that is still good.
    std::optional<Ticket> take_ticket(const identity::Digest& hash, Timestamp now);

    // --- partners (accounts_partners.cc) ---
    Changed add_partner(const Partner& partner, Timestamp now, const Principal& by);
    Changed change_partner(const std::string& name, const std::vector<StationId>& stations,
                           bool disabled, Timestamp now, const Principal& by);
    std::optional<Partner> partner(const std::string& name);
    /// All of them, by name.
    std::vector<Partner> partners();

    // --- rates and audit (accounts_rates.cc) ---
    struct Ask {
        std::string principal{};
        std::string rate_class{};
        identity::Rate rate{};
        std::int64_t tokens = 0;
    };
    /// Grants from the shared budgets, in one statement; answers in the order of the asks. What one
    /// principal asks for twice is granted to the first ask first. As identity::Bucket::take_up_to.
    std::vector<identity::Grant> grant(std::span<const Ask> asks, Timestamp now);
    /// Failed sign-ins of `who` since then.
    std::int64_t sign_in_failures(const std::string& who, Timestamp since);
    void note_sign_in_failure(const std::string& who, Timestamp now);
    void forget_sign_in_failures(const std::string& who);
    void audit(std::span<const AuditLine> lines);
    /// Deletes what has expired: tickets, failures, sessions, full budgets, and keys long dead.
    /// True: there are more than one call takes.
    bool sweep(Timestamp now);
    /// Drops the months of the audit trail that ended longer ago, by the server's clock, and makes
    /// those to come; nothing while another process does it. Below 30 days it
    /// is a CommandFault; it is a MachineFailure, and changes nothing, while somebody reads long.
    void keep_audit_trail(std::chrono::days retention);

private:
    std::unique_ptr<Connection> own_;
    Connection& connection_;
};

}  // namespace itn::storage
