#include "common/gateway/doorkeeper.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/limits.h"
#include "common/gateway/known_keys.h"
#include "common/gateway/visitor.h"
#include "common/identity/verified_cache.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "common/storage/accounts.h"

namespace itn::gateway {

namespace {

using Steady = std::chrono::steady_clock;

/// How long somebody waits to be looked up, whatever the database does: as long as the reads of a
/// database that fails, and some.
constexpr auto longest_lookup = std::chrono::seconds(2);

Problem refused(std::string why) {
    return {.slug = "unauthenticated", .detail = std::move(why), .faults = {}};
}

Problem unavailable() {
    return {.slug = "database_unavailable", .detail = "Try again in a moment.", .faults = {}};
}

}  // namespace

class Doorkeeper::Inside final {
public:
    explicit Inside(Options given)
        : options(std::move(given)),
          verifier_(options.keys, options.issuer, options.audience),
          accounts_(options.database_url, options.application, limits::reader_statement) {}

    ~Inside() {
        for (std::jthread* const thread : {&thread_, &watcher_}) {
            thread->request_stop();
            if (thread->joinable()) thread->join();
        }
        for (const auto& lookup : lookups_)
            answer(*lookup, unavailable());
    }

    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    void start() {
        if (is_alone()) return;
        read_changes();
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
        watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    }

    void identify(std::string_view secret, OnKnown on_known) {
        if (identity::looks_like_api_key(secret)) return identify_key(secret, std::move(on_known));
        identify_token(secret, on_known);
    }

    void identify_token(std::string_view token, const OnKnown& on_known) {
        const auto claims =
            identity::authenticate(verifier_, verified_, token, clock_.now(), kept_with_visitor);
        if (!claims) return on_known(claims.problem());
        const auto& visitor = static_cast<const KnownToken&>(**claims).visitor;
        if (is_of_dead_key(*visitor)) return on_known(token_problem(identity::TokenFault::revoked));
        if (is_overdue()) return on_known(unavailable());
        on_known(visitor);
    }

    void identify_key(std::string_view text, OnKnown on_known) {
        auto presented = identity::parse_api_key(text);
        if (!presented) return on_known(refused("malformed_key"));
        if (is_overdue()) return on_known(unavailable());
        if (const auto known = known_.find(presented->id, Steady::now()))
            return on_known(judged(*presented, *known));
        auto lookup = std::make_shared<Lookup>();
        lookup->key = *std::move(presented);
        lookup->on_known = std::move(on_known);
        look_up(std::move(lookup));
    }

    bool is_new_key(std::string_view text) const {
        const auto presented = identity::parse_api_key(text);
        return presented && !known_.remembers(*presented, clock_.now());
    }

    void identify_ticket(std::string_view text, OnKnown on_known) {
        if (is_overdue()) return on_known(unavailable());
        auto lookup = std::make_shared<Lookup>();
        lookup->ticket = identity::sha256(text);
        lookup->on_known = std::move(on_known);
        look_up(std::move(lookup));
    }

    bool is_dead(const Visitor& visitor) const {
        return verified_.revocations().is_revoked(visitor.caller.principal, visitor.version,
                                                  visitor.issued_at, visitor.session) ||
               is_of_dead_key(visitor);
    }

    void nudge() {
        const std::lock_guard lock(mutex_);
        is_nudged_ = true;
        wake_.notify_one();
    }

    void end_session(const std::string& session) { verified_.end_session(session, clock_.now()); }

    bool is_current() const { return is_alone() || is_current_.load(); }

    const Options options;

private:
    struct Lookup {
        std::optional<identity::SecretText> key{};
        identity::Digest ticket{};
        OnKnown on_known{};
        Steady::time_point since = Steady::now();
        std::atomic<bool> answered{false};
    };
    using LookupPtr = std::shared_ptr<Lookup>;
    using Lookups = std::deque<LookupPtr>;

    /// The first answer counts.
    static void answer(Lookup& lookup, Result<VisitorPtr> known) {
        if (!lookup.answered.exchange(true)) lookup.on_known(std::move(known));
    }

    /// A revoked key stands among the revocations under its id, as if it were a subject.
    bool is_of_dead_key(const Visitor& visitor) const {
        constexpr std::uint64_t none_yet = 1;
        return dead_keys_.generation() != none_yet &&
               dead_keys_.is_revoked(Principal(visitor.client), 0, visitor.issued_at);
    }

    bool is_alone() const { return options.database_url.empty(); }

    /// Whether what is remembered may have been revoked too long ago.
    bool is_overdue() const {
        if (is_alone()) return false;
        const auto since = Steady::now().time_since_epoch().count() - polled_at_.load();
        return polled_at_.load() == 0 || Steady::duration(since) > options.overdue;
    }

    void look_up(LookupPtr lookup) {
        if (!thread_.joinable()) return answer(*lookup, unavailable());
        {
            const std::lock_guard lock(mutex_);
            if (lookups_.size() < limits::max_identify_queue) {
                expect(lookup);
                lookups_.push_back(std::move(lookup));
                wake_.notify_one();
                return;
            }
        }
        answer(*lookup, Problem{.slug = "overloaded",
                                .detail = "Too many wait to be identified.",
                                .faults = {}});
    }

    /// With the lock: the watcher sees to it that this one is answered in time.
    void expect(const LookupPtr& lookup) {
        while (!expected_.empty() && expected_.front()->answered)
            expected_.pop_front();
        expected_.push_back(lookup);
        if (expected_.size() == 1) late_.notify_one();
    }

    /// The keeper's thread may hang as long as the database; those who wait for it do not.
    void watch(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        while (late_.wait(lock, stop, [this] { return !expected_.empty(); })) {
            const auto first = expected_.front();
            // Nobody signals this: it is a sleep that a stop ends.
            late_.wait_until(lock, stop, first->since + longest_lookup, [] { return false; });
            if (stop.stop_requested()) return;
            Lookups late;
            while (!expected_.empty() &&
                   expected_.front()->since + longest_lookup <= Steady::now()) {
                late.push_back(std::move(expected_.front()));
                expected_.pop_front();
            }
            lock.unlock();
            for (const auto& lookup : late)
                answer(*lookup, unavailable());
            lock.lock();
        }
    }

    Result<VisitorPtr> judged(const identity::SecretText& presented, const KnownKey& known) const {
        const auto verdict = identity::judge_api_key(presented, known.row, clock_.now());
        if (verdict != identity::KeyVerdict::good)
            return refused("key_" + std::string(identity::name(verdict)));
        return known.visitor;
    }

    void run(const std::stop_token& stop) {
        auto next_poll = Steady::now() + limits::revocation_poll;
        while (!stop.stop_requested()) {
            auto [lookups, is_nudged] = wait(stop, next_poll);
            if (is_nudged || Steady::now() >= next_poll) {
                poll();
                next_poll = Steady::now() + limits::revocation_poll;
            }
            serve(lookups);
        }
    }

    std::pair<Lookups, bool> wait(const std::stop_token& stop, Steady::time_point until) {
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, stop, until, [this] { return is_nudged_ || !lookups_.empty(); });
        return {std::exchange(lookups_, {}), std::exchange(is_nudged_, false)};
    }

    void poll() {
        try {
            read_changes();
        } catch (const std::exception& failure) {
            note(failure);
        }
    }

    void note(const std::exception& failure) {
        is_current_ = false;
        runtime::log_limited(runtime::Level::warning, "accounts not read",
                             {{"error", failure.what()}});
    }

    /// Asks for what changed since the last answer, and a little before.
    void read_changes() {
        const auto began = Steady::now();
        const auto now = clock_.now();
        const auto since = asked_at_ == Timestamp{} ? now - limits::revocation_history
                                                    : asked_at_ - limits::revocation_overlap;
        const auto changes = accounts_.changes(since);
        for (const auto& id : changes.revoked_keys) {
            known_.forget(id);
            dead_keys_.revoke_before(Principal(id), 1, now);
        }
        for (const auto& session : changes.ended_sessions)
            verified_.end_session(session, now);
        for (const auto& subject : changes.subjects)
            apply(subject, now);
        asked_at_ = now;
        polled_at_ = began.time_since_epoch().count();
        is_current_ = true;
    }

    void apply(const storage::AccountChanges::Subject& subject, Timestamp now) {
        const auto dead_below = version_of(subject);
        if (dead_below <= 1) return;
        known_.forget_before(subject.principal, dead_below);
        verified_.revoke_before(subject.principal, dead_below, now);
    }

    /// Of a disabled subject also its present tokens are dead, but none that it gets afterwards.
    std::int64_t version_of(const storage::AccountChanges::Subject& subject) {
        if (subject.version != std::numeric_limits<std::int64_t>::max()) return subject.version;
        const auto rights = accounts_.rights(subject.principal);
        return rights && !rights->disabled ? rights->version
                                           : (rights ? rights->version + 1 : subject.version);
    }

    /// One failure is everybody's: those that wait do not each wait for it.
    void serve(Lookups& lookups) {
        try {
            while (!lookups.empty()) {
                const auto lookup = lookups.front();
                if (!lookup->answered) answer(*lookup, found(*lookup));
                lookups.pop_front();
            }
        } catch (const std::exception& failure) {
            note(failure);
        }
        for (const auto& lookup : lookups)
            answer(*lookup, unavailable());
    }

    Result<VisitorPtr> found(const Lookup& lookup) {
        return lookup.key ? find_key(*lookup.key) : take_ticket(lookup.ticket);
    }

    Result<VisitorPtr> find_key(const identity::SecretText& presented) {
        // Somebody with the same key may have waited before.
        if (const auto known = known_.find(presented.id, Steady::now()))
            return judged(presented, *known);
        const auto read_at = Steady::now();
        const auto now = clock_.now();
        const auto row = accounts_.key(presented.id);
        const auto verdict = identity::judge_api_key(presented, row, now);
        if (verdict != identity::KeyVerdict::good)
            return refused("key_" + std::string(identity::name(verdict)));
        const auto rights = accounts_.rights(row->owner);
        if (!rights || rights->disabled) return refused("owner_disabled");
        KnownKey known{.row = *row, .visitor = visitor_of(*rights, *row, now)};
        auto visitor = known.visitor;
        known_.keep(std::move(known), read_at);
        return visitor;
    }

    Result<VisitorPtr> take_ticket(const identity::Digest& hash) {
        const auto now = clock_.now();
        const auto ticket = accounts_.take_ticket(hash, now);
        if (!ticket) return refused("ticket_unknown");
        const auto rights = accounts_.rights(ticket->principal);
        if (!rights || rights->disabled) return refused("owner_disabled");
        auto visitor = visitor_of(*rights, *ticket, now);
        if (is_dead(*visitor)) return token_problem(identity::TokenFault::revoked);
        return visitor;
    }

    const runtime::SystemClock clock_{};
    const identity::TokenVerifier verifier_;
    identity::VerifiedCache verified_{};
    identity::Revocations dead_keys_{};
    KnownKeys known_{};
    std::atomic<Steady::rep> polled_at_{0};
    std::atomic<bool> is_current_{false};
    storage::Accounts accounts_;  // of the thread, once it runs
    Timestamp asked_at_{};        // likewise
    std::mutex mutex_;            // guards what follows
    std::condition_variable_any wake_;
    Lookups lookups_;
    Lookups expected_;  // in the order in which they came
    std::condition_variable_any late_;
    bool is_nudged_ = false;
    std::jthread watcher_;
    std::jthread thread_;  // last: it uses all of the above
};

Doorkeeper::Doorkeeper(Options options) : inside_(std::make_unique<Inside>(std::move(options))) {}

Doorkeeper::~Doorkeeper() = default;

void Doorkeeper::start() {
    inside_->start();
}

void Doorkeeper::identify(std::optional<std::string_view> authorization, OnKnown on_known) {
    if (!authorization) return on_known(anonymous_visitor());
    const auto secret = bearer_of(*authorization);
    if (!secret) return on_known(refused("not_bearer"));
    inside_->identify(*secret, std::move(on_known));
}

bool Doorkeeper::is_new_key(std::optional<std::string_view> authorization) const {
    const auto secret = authorization ? bearer_of(*authorization) : std::nullopt;
    return secret && is_new_secret(*secret);
}

bool Doorkeeper::is_new_secret(std::string_view secret) const {
    return inside_->is_new_key(secret);
}

void Doorkeeper::identify_secret(std::string_view secret, OnKnown on_known) {
    if (is_ticket(secret)) return inside_->identify_ticket(secret, std::move(on_known));
    inside_->identify(secret, std::move(on_known));
}

bool Doorkeeper::may_stay(const Visitor& visitor, Timestamp now) const {
    if (visitor.caller.kind == identity::CallerKind::anonymous) return true;
    return visitor.expires_at > now && !inside_->is_dead(visitor);
}

void Doorkeeper::nudge() {
    inside_->nudge();
}

void Doorkeeper::end_session(const std::string& session) {
    inside_->end_session(session);
}

bool Doorkeeper::is_current() const {
    return inside_->is_current();
}

const identity::KeySet& Doorkeeper::keys() const {
    return *inside_->options.keys;
}

const Doorkeeper::Options& Doorkeeper::options() const {
    return inside_->options;
}

}  // namespace itn::gateway
