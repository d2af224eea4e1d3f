#include "api/password_desk.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "common/runtime/log.h"

namespace itn::api {

namespace {

/// A job hashes twice at most and asks the database a few things: some 200 ms.
constexpr auto longest_job = std::chrono::seconds(2);

}  // namespace

PasswordDesk::PasswordDesk(std::string database_url, std::size_t parallel, std::size_t waiting)
    : database_url_(std::move(database_url)),
      pool_(std::in_place, parallel, waiting),
      watcher_([this](const std::stop_token& stop) { watch(stop); }) {}

void PasswordDesk::stop() {
    pool_.reset();
    if (!watcher_.joinable()) return;
    watcher_.request_stop();
    watcher_.join();
}

void PasswordDesk::run(CallPtr call, Job job) {
    const auto entry = enter(call);
    const auto perform_it = [this, entry, call, job = std::move(job)] {
        begin(entry);
        perform(call, job);
        leave(entry);
    };
    if (pool_->submit(perform_it)) return;
    leave(entry);
    call->problem(problem_of("overloaded", "Too many passwords wait to be looked at."));
}

PasswordDesk::Entries::iterator PasswordDesk::enter(const CallPtr& call) {
    const std::lock_guard lock(mutex_);
    tick_.notify_one();
    return entries_.insert(entries_.end(),
                           {.call = call, .since = std::chrono::steady_clock::now()});
}

void PasswordDesk::begin(Entries::iterator entry) {
    const std::lock_guard lock(mutex_);
    entry->since = std::chrono::steady_clock::now();
    entry->is_begun = true;
}

void PasswordDesk::leave(Entries::iterator entry) {
    const std::lock_guard lock(mutex_);
    entries_.erase(entry);
}

/// With the lock. Nobody is late only because many came before.
std::vector<CallPtr> PasswordDesk::late() const {
    const auto oldest = std::chrono::steady_clock::now() - longest_job;
    const auto is_stuck = [&](const Entry& entry) {
        return entry.is_begun && entry.since < oldest;
    };
    std::vector<CallPtr> calls;
    if (std::ranges::none_of(entries_, is_stuck)) return calls;
    for (const auto& entry : entries_)
        if (entry.since < oldest) calls.push_back(entry.call);
    return calls;
}

void PasswordDesk::watch(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (tick_.wait(lock, stop, [this] { return !entries_.empty(); })) {
        // Nobody signals this: it is a sleep that a stop ends.
        tick_.wait_for(lock, stop, limits::read_tick, [] { return false; });
        if (stop.stop_requested()) return;
        auto calls = late();
        lock.unlock();
        for (const auto& call : calls)
            call->problem(
                problem_of("database_unavailable",
                           "It took too long: look whether it was done before you try again."));
        calls.clear();
        lock.lock();
    }
}

void PasswordDesk::perform(const CallPtr& call, const Job& job) {
    if (call->is_answered()) return;
    auto connection = take();
    try {
        job(*connection);
    } catch (const storage::MachineFailure& failure) {
        runtime::log_limited(runtime::Level::warning, "accounts not reached",
                             {{"error", failure.what()}, {"trace_id", call->trace().id}});
        call->problem(problem_of("database_unavailable", "Try again in a moment."));
    } catch (const std::exception& failure) {
        runtime::log_limited(runtime::Level::error, "account work broke",
                             {{"error", failure.what()}, {"trace_id", call->trace().id}});
        call->problem(problem_of("internal", ""));
    }
    give_back(std::move(connection));
}

PasswordDesk::Connection PasswordDesk::take() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return connection;
        }
    }
    return std::make_unique<storage::Accounts>(database_url_, "itn-api");
}

void PasswordDesk::give_back(Connection connection) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
}

}  // namespace itn::api
