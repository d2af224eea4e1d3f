#include "common/identity/rate.h"

#include <algorithm>

#include "common/base/ensure.h"

namespace itn::identity {

namespace {

std::int64_t divide_up(std::int64_t number, std::int64_t by) {
    return (number + by - 1) / by;
}

bool is_reasonable(const Rate& rate) {
    return rate.tokens >= 1 && rate.tokens <= limits::max_rate_tokens && rate.burst >= 1 &&
           rate.burst <= limits::max_rate_tokens && rate.period >= microseconds(1) &&
           rate.period <= limits::max_rate_period;
}

/// At least 1: a client that is told 0 comes back at once.
std::string whole_seconds(microseconds time) {
    return std::to_string(
        std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(time).count()));
}

std::string quoted(std::string_view name) {
    return "\"" + std::string(name) + "\"";
}

}  // namespace

Bucket::Bucket(const Rate& rate, Timestamp now) : rate_(rate), level_(full()), at_(now) {
    ENSURE(is_reasonable(rate));
}

Bucket::Bucket(const Rate& rate, Timestamp now, std::int64_t tokens) : Bucket(rate, now) {
    level_ = std::clamp<std::int64_t>(tokens, 0, rate.burst) * unit();
}

microseconds Bucket::time_for(std::int64_t missing) const {
    return microseconds(missing <= 0 ? 0 : divide_up(missing, rate_.tokens));
}

std::int64_t Bucket::level_after(Timestamp now) const {
    if (now <= at_) return level_;
    const microseconds elapsed = now - at_;
    if (elapsed >= time_for(full() - level_)) return full();
    return level_ + elapsed.count() * rate_.tokens;
}

void Bucket::advance(Timestamp now) {
    level_ = level_after(now);
    at_ = std::max(at_, now);
}

Taken Bucket::take(Timestamp now, std::int64_t n) {
    ENSURE(n >= 1 && n <= limits::max_rate_tokens);
    advance(now);
    const std::int64_t needed = std::min(n, rate_.burst) * unit();
    if (level_ < needed) return {.ok = false, .retry_after = time_for(needed - level_)};
    level_ -= n * unit();
    return {.ok = true};
}

std::int64_t Bucket::take_up_to(Timestamp now, std::int64_t n) {
    advance(now);
    const std::int64_t taken = std::clamp<std::int64_t>(level_ / unit(), 0, n);
    level_ -= taken * unit();
    return taken;
}

std::int64_t Bucket::level(Timestamp now) const {
    const std::int64_t units = level_after(now);
    return units >= 0 ? units / unit() : -divide_up(-units, unit());
}

microseconds Bucket::until_full(Timestamp now) const {
    return time_for(full() - level_after(now));
}

microseconds Bucket::until(Timestamp now, std::int64_t n) const {
    return time_for(std::min(n, rate_.burst) * unit() - level_after(now));
}

LeasedBucket::LeasedBucket(const Rate& rate, std::int64_t lease, Timestamp now)
    : rate_(rate), lease_(lease), alone_(rate, now), shared_(rate, now) {
    ENSURE(lease >= 1 && lease <= rate.burst);
}

LeaseTaken LeasedBucket::take(Timestamp now, std::int64_t n) {
    if (now >= lease_ends_) held_ = std::min<std::int64_t>(held_, 0);
    LeaseTaken taken;
    taken.retry_after = wait_for(now, std::max<std::int64_t>(n, 1));
    taken.ok = taken.retry_after == microseconds(0);
    if (taken.ok && n == 0) return taken;
    if (taken.ok && is_alone_) alone_.take(now, n);
    if (taken.ok && !is_alone_) held_ -= n;
    taken.ask = asks(now);
    return taken;
}

microseconds LeasedBucket::wait_for(Timestamp now, std::int64_t n) const {
    if (is_alone_) return alone_.until(now, n);
    if (now < refused_until_) return refused_until_ - now;
    const bool is_spent = held_ - std::min(n, lease_) < -lease_;
    return is_spent ? microseconds(limits::rate_lease_wait) : microseconds(0);
}

std::int64_t LeasedBucket::asks(Timestamp now) {
    const bool is_low = is_alone_ || held_ < divide_up(lease_, 2);
    if (asked_ || !is_low || now < std::max(refused_until_, ask_again_)) return 0;
    asked_ = true;
    return lease_ - held_;
}

void LeasedBucket::granted(const Grant& grant, Timestamp now) {
    asked_ = false;
    is_alone_ = false;
    held_ += grant.tokens;
    shared_ = Bucket(rate_, now, grant.left);
    lease_ends_ = now + limits::rate_lease_life;
    if (held_ <= 0) refused_until_ = now + grant.more_after;
}

void LeasedBucket::failed(Timestamp now) {
    asked_ = false;
    is_alone_ = true;
    ask_again_ = now + limits::rate_lease_life;
}

Standing LeasedBucket::standing(Timestamp now) const {
    const std::int64_t level = is_alone_ ? alone_.level(now) : shared_.level(now) + held_;
    const std::int64_t remaining = std::clamp<std::int64_t>(level, 0, rate_.burst);
    const std::int64_t missing = (rate_.burst - remaining) * rate_.period.count();
    return {.remaining = remaining, .reset = microseconds(divide_up(missing, rate_.tokens))};
}

bool LeasedBucket::is_forgettable(Timestamp now) const {
    const std::int64_t debt = std::max<std::int64_t>(0, -held_) * rate_.period.count();
    const Timestamp settled =
        std::max(lease_ends_, refused_until_) + microseconds(divide_up(debt, rate_.tokens));
    return !asked_ && now >= settled && alone_.until_full(now) == microseconds(0);
}

std::string rate_limit_policy_header(std::span<const RatePolicy> policies) {
    std::string text;
    for (const auto& [name, rate] : policies) {
        const microseconds window(divide_up(rate.burst * rate.period.count(), rate.tokens));
        text += text.empty() ? "" : ", ";
        text += quoted(name) + ";q=" + std::to_string(rate.burst) + ";w=" + whole_seconds(window);
    }
    return text;
}

std::string rate_limit_header(std::string_view name, std::int64_t remaining, microseconds reset) {
    return quoted(name) + ";r=" + std::to_string(std::max<std::int64_t>(0, remaining)) +
           ";t=" + whole_seconds(reset);
}

std::string retry_after_header(microseconds retry_after) {
    return whole_seconds(retry_after);
}

}  // namespace itn::identity
