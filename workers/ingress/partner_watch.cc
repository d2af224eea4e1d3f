#include "workers/ingress/partner_watch.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "common/base/limits.h"
#include "common/runtime/log.h"

namespace itn::workers::ingress {

PartnerWatch::PartnerWatch(runtime::Loop& loop, std::string database_url, OnPartners on_partners)
    : loop_(loop),
      database_url_(std::move(database_url)),
      on_partners_(std::move(on_partners)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

PartnerWatch::~PartnerWatch() = default;

void PartnerWatch::run(const std::stop_token& stop) {
    storage::Accounts accounts(database_url_, "itn-ingress-partners");
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        look(accounts);
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, limits::partner_refresh, [] { return false; });
    }
}

void PartnerWatch::look(storage::Accounts& accounts) {
    try {
        auto partners = accounts.partners();
        is_reachable_ = true;
        loop_.post([this, kept = std::move(partners), alive = std::weak_ptr(alive_)]() mutable {
            if (!alive.expired()) on_partners_(std::move(kept));
        });
    } catch (const std::exception& failure) {
        is_reachable_ = false;
        runtime::log_limited(runtime::Level::warning, "partners not read",
                             {{"error", failure.what()}});
    }
}

}  // namespace itn::workers::ingress
