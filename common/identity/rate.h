#pragma once

// Token buckets that all processes share and that cost no round trip per request. The shared
// budget (a row in the database) gives each process leases: some requests in advance. A process
// spends its lease by itself and asks for the next one before it is used up; what comes before the
// answer is taken on credit, at most one lease's worth, and settled with the next.
//
// All of it is pure and exact: integers, no clock, no thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/base/limits.h"
#include "common/base/time.h"

namespace itn::identity {

using std::chrono::microseconds;

/// `tokens` come evenly in each `period`; at most `burst` of them wait. 1 <= tokens, burst <=
/// max_rate_tokens, 1 us <= period <= max_rate_period.
struct Rate {
    std::int64_t tokens = 1;
    microseconds period = std::chrono::seconds(1);
    std::int64_t burst = 1;
    friend bool operator==(const Rate&, const Rate&) = default;
};

/// Either it was taken, or when to come again.
struct Taken {
    bool ok = false;
    microseconds retry_after{};  // 0 when ok
    friend bool operator==(const Taken&, const Taken&) = default;
};

class Bucket final {
public:
    /// Full at `now`.
    Bucket(const Rate& rate, Timestamp now);
    /// With so many tokens at `now`, from 0 to the burst.
    Bucket(const Rate& rate, Timestamp now, std::int64_t tokens);

    /// Takes n >= 1 tokens. More than the burst may be taken when the bucket is full: it is in debt
    /// then, so that the rate holds in the long run whatever is taken at once. A clock that goes
    /// back adds nothing.
    Taken take(Timestamp now, std::int64_t n = 1);
    /// Takes what there is, up to n: how a lease is granted.
    std::int64_t take_up_to(Timestamp now, std::int64_t n);

    /// Whole tokens there are; negative in debt.
    std::int64_t level(Timestamp now) const;
    /// How long until the bucket is full again, if nothing more is taken.
    microseconds until_full(Timestamp now) const;
    /// How long until it holds n (or the burst, if that is less).
    microseconds until(Timestamp now, std::int64_t n) const;

private:
    void advance(Timestamp now);
    std::int64_t level_after(Timestamp now) const;
    microseconds time_for(std::int64_t missing) const;
    std::int64_t full() const { return rate_.burst * unit(); }
    /// One token, in the units in which `rate_.tokens` of them come each microsecond.
    std::int64_t unit() const { return rate_.period.count(); }

    Rate rate_;
    std::int64_t level_;
    Timestamp at_;
};

/// What the shared budget answered: how many tokens, when there will be more, and how many are left
/// for everybody.
struct Grant {
    std::int64_t tokens = 0;
    microseconds more_after{};
    std::int64_t left = 0;
};

/// What a client may be told: tokens, and how long until all are back if nothing more is taken.
struct Standing {
    std::int64_t remaining = 0;
    microseconds reset{};
    friend bool operator==(const Standing&, const Standing&) = default;
};

struct LeaseTaken {
    bool ok = false;
    /// Tokens the caller is to ask the shared budget for, off this thread; 0: nothing to do. Asked
    /// for once, until `granted` or `failed` is called.
    std::int64_t ask = 0;
    microseconds retry_after{};
    friend bool operator==(const LeaseTaken&, const LeaseTaken&) = default;
};

/// One process's part of a shared rate.
class LeasedBucket final {
public:
    /// `lease` is what is asked for at once: about what is spent in a second. 1 <= lease <= burst.
    LeasedBucket(const Rate& rate, std::int64_t lease, Timestamp now);

    /// With n = 0 nothing is taken: it tells whether one could be, and asks only if not.
    LeaseTaken take(Timestamp now, std::int64_t n = 1);
    void granted(const Grant& grant, Timestamp now);
    /// The shared budget did not answer: until it does the process holds the whole rate by itself,
    /// so that no more than processes × rate pass.
    void failed(Timestamp now);

    /// What is left of the lease; negative: on credit.
    std::int64_t held() const { return held_; }
    /// As far as this process knows.
    Standing standing(Timestamp now) const;
    /// Whether a new bucket in its place would let nobody do more: no lease, no debt that the rate
    /// has not paid back, no question on its way.
    bool is_forgettable(Timestamp now) const;

private:
    /// Until n can be taken; 0: now.
    microseconds wait_for(Timestamp now, std::int64_t n) const;
    std::int64_t asks(Timestamp now);

    Rate rate_;
    std::int64_t lease_;
    Bucket alone_;
    Bucket shared_;  // as the last grant showed it
    bool is_alone_ = false;
    bool asked_ = false;
    std::int64_t held_ = 0;
    Timestamp lease_ends_{};
    Timestamp refused_until_{};
    Timestamp ask_again_{};
};

/// A policy as clients see it (draft-ietf-httpapi-ratelimit-headers).
struct RatePolicy {
    std::string_view name{};  // [a-z]+
    Rate rate{};
};

/// RateLimit-Policy: `"default";q=100;w=2`: q tokens at once, w seconds until they are all back.
std::string rate_limit_policy_header(std::span<const RatePolicy> policies);
/// RateLimit: `"default";r=50;t=1`: r tokens left, t seconds until there are more (r = 0) or all.
std::string rate_limit_header(std::string_view name, std::int64_t remaining, microseconds reset);
/// Retry-After: whole seconds, rounded up, at least 1; agrees with `t`.
std::string retry_after_header(microseconds retry_after);

}  // namespace itn::identity
