#include "common/gateway/audit.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "common/base/address.h"
#include "common/base/limits.h"
#include "common/runtime/log.h"
#include "common/storage/store.h"

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
    const bool is_strangers = line.principal.text().empty();
    const auto who = is_strangers ? network_of(line.peer) : line.principal.text();
    if (meters_.size() >= max_meters && !meters_.contains(who)) meters_.clear();
    auto& meter = meters_.try_emplace(who, refusal_rate, line.at).first->second;
    if (!meter.take(line.at).ok) return false;
    return !is_strangers ||
           totals_.try_emplace(line.event, total_rate, line.at).first->second.take(line.at).ok;
}

/// They wait until they are written: only the thread takes them away.
Audit::Lines Audit::oldest(std::size_t most) {
    const std::lock_guard lock(mutex_);
    const auto count = std::min(waiting_.size(), most);
    return {waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count)};
}

void Audit::forget(std::size_t count) {
    const std::lock_guard lock(mutex_);
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
}

void Audit::lose(std::size_t count, const char* why) {
    dropped_.fetch_add(count, std::memory_order_relaxed);
    runtime::log_limited(runtime::Level::error, "audit lines lost",
                         {{"lines", count}, {"error", why}});
}

/// Whether the database took the oldest lines, or some will never be taken.
bool Audit::write(storage::Accounts& accounts, std::size_t most) {
    const Lines lines = oldest(most);
    try {
        accounts.audit(lines);
    } catch (const storage::CommandFault& fault) {
        if (lines.size() > 1) {  // one of them is such that nobody takes it
            const auto is_written = [&](const storage::AuditLine&) { return write(accounts, 1); };
            return std::all_of(lines.begin(), lines.end(), is_written);
        }
        lose(lines.size(), fault.what());
    } catch (const std::exception& failure) {
        runtime::log_limited(runtime::Level::warning, "audit lines wait",
                             {{"lines", lines.size()}, {"error", failure.what()}});
        return false;
    }
    forget(lines.size());
    return true;
}

bool Audit::write_all(storage::Accounts& accounts) {
    while (!oldest(1).empty())
        if (!write(accounts, limits::max_audit_batch)) return false;
    return true;
}

/// Those that come together are written together.
void Audit::gather(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
    wake_.wait_for(lock, stop, limits::audit_pause,
                   [this] { return waiting_.size() >= limits::max_audit_batch; });
}

void Audit::rest(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, retry_pause, [] { return false; });
}

void Audit::run(const std::stop_token& stop) {
    storage::Accounts accounts(database_url_, application_);
    for (bool is_last = false; !is_last;) {
        gather(stop);
        is_last = stop.stop_requested();
        if (write_all(accounts)) continue;
        if (is_last) return lose(oldest(limits::max_audit_queue).size(), "the process ends");
        rest(stop);
    }
}

}  // namespace itn::gateway
