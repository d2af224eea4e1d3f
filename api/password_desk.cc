#include "api/password_desk.h"

#include <exception>
#include <utility>

#include "common/runtime/log.h"

namespace itn::api {

PasswordDesk::PasswordDesk(std::string database_url, std::size_t parallel, std::size_t waiting)
    : database_url_(std::move(database_url)), pool_(std::in_place, parallel, waiting) {}

void PasswordDesk::run(CallPtr call, Job job) {
    if (!pool_->submit([this, call, job = std::move(job)] { perform(call, job); }))
        call->problem(problem_of("overloaded", "Too many passwords wait to be looked at."));
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
