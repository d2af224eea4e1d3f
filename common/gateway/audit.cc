#include "common/gateway/audit.h"

#include <iterator>
#include <utility>

#include "common/base/address.h"
#include "common/base/limits.h"
#include "common/runtime/log.h"

namespace itn::gateway {

Audit::Audit(std::string database_url, std::string application)
    : database_url_(std::move(database_url)), application_(std::move(application)) {
    if (database_url_.empty()) return;
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Audit::~Audit() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void Audit::note(storage::AuditLine line) {
    noted_.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (database_url_.empty() || waiting_.size() >= limits::max_audit_queue || !has_room(line)) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    waiting_.push_back(std::move(line));
    wake_.notify_one();
}

bool Audit::has_room(const storage::AuditLine& line) {
    if (line.event == changed) return true;
    const auto who = line.principal.text().empty() ? network_of(line.peer) : line.principal.text();
    if (meters_.size() >= max_meters && !meters_.contains(who)) meters_.clear();
    return meters_.try_emplace(who, refusal_rate, line.at).first->second.take(line.at).ok;
}

Audit::Lines Audit::take() {
    const std::lock_guard lock(mutex_);
    const auto count = std::min(waiting_.size(), limits::max_audit_batch);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    Lines lines(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return lines;
}

void Audit::write(storage::Accounts& accounts, const Lines& lines) {
    try {
        accounts.audit(lines);
    } catch (const std::exception& failure) {
        dropped_.fetch_add(lines.size(), std::memory_order_relaxed);
        runtime::log_limited(runtime::Level::error, "audit lines lost",
                             {{"lines", lines.size()}, {"error", failure.what()}});
    }
}

void Audit::run(const std::stop_token& stop) {
    storage::Accounts accounts(database_url_, application_);
    for (bool is_last = false; !is_last;) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
            // Those that come together are written together.
            wake_.wait_for(lock, stop, limits::audit_pause,
                           [this] { return waiting_.size() >= limits::max_audit_batch; });
            is_last = stop.stop_requested();
        }
        for (auto lines = take(); !lines.empty(); lines = take())
            write(accounts, lines);
    }
}

}  // namespace itn::gateway
