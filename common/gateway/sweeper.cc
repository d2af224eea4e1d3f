#include "common/gateway/sweeper.h"

#include <utility>

#include "common/base/limits.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"

namespace itn::gateway {

namespace {

/// One that fails keeps no other from its turn.
template <class Work>
void attempt(Work work) {
    try {
        work();
    } catch (const std::exception& failure) {
        runtime::log_limited(runtime::Level::warning, "what has expired was not cleared",
                             {{"error", failure.what()}});
    }
}

}  // namespace

Sweeper::Sweeper(std::string database_url, const std::string& application,
                 std::chrono::days retention)
    : accounts_(std::move(database_url), application + "-sweeper", limits::statement),
      retention_(retention),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Sweeper::sweep(const std::stop_token& stop) {
    while (!stop.stop_requested() && accounts_.sweep(runtime::SystemClock().now())) {
    }
}

void Sweeper::keep_audit_trail() {
    const auto now = std::chrono::steady_clock::now();
    if (now < audit_due_) return;
    // Before it is tried: while somebody reads long it fails, and need not fail every minute.
    audit_due_ = now + audit_pause;
    accounts_.keep_audit_trail(retention_);
}

void Sweeper::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        attempt([&] { sweep(stop); });
        if (stop.stop_requested()) return;
        attempt([this] { keep_audit_trail(); });
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, limits::sweep_pause, [] { return false; });
    }
}

}  // namespace itn::gateway
