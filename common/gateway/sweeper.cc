#include "common/gateway/sweeper.h"

#include <utility>

#include "common/base/limits.h"
#include "common/runtime/clock.h"
#include "common/runtime/log.h"

namespace itn::gateway {

Sweeper::Sweeper(std::string database_url, const std::string& application)
    : accounts_(std::move(database_url), application + "-sweeper"),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Sweeper::run(const std::stop_token& stop) {
    const runtime::SystemClock clock;
    while (!stop.stop_requested()) {
        try {
            accounts_.sweep(clock.now());
        } catch (const std::exception& failure) {
            runtime::log_limited(runtime::Level::warning, "what has expired was not cleared",
                                 {{"error", failure.what()}});
        }
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, limits::sweep_pause, [] { return false; });
    }
}

}  // namespace itn::gateway
