#pragma once

// One request under way, from the http thread that parsed it to whichever thread answers. It is
// shared by all who may answer (a read, its deadline, the broker's confirm, an outcome): the first
// answer counts, the others are no-ops, and a call that everybody forgot answers itself with 500.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/front/front.h"
#include "api/problem.h"
#include "api/traffic.h"
#include "common/gateway/doorkeeper.h"
#include "common/runtime/trace.h"

namespace itn::api {

class Call final {
public:
    /// `pending` outlives it; the call was entered there and leaves it when it is answered.
    Call(front::Request request, front::Ticket ticket, std::shared_ptr<RouteTraffic> traffic,
         Pending& pending);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    const front::Request& request() const { return request_; }
    const runtime::Trace& trace() const { return trace_; }
    /// Whose call it is: nobody's before the gate let it pass.
    const gateway::Visitor& visitor() const { return *visitor_; }
    const identity::Caller& caller() const { return visitor_->caller; }

    /// Both before the handler has the call: by the one thread that has it then. `set_header` is of
    /// every answer, whatever it becomes.
    void set_visitor(gateway::VisitorPtr visitor) { visitor_ = std::move(visitor); }
    void set_header(std::string_view name, std::string value);

    /// Any thread. Adds the headers that every answer has.
    void reply(front::Reply reply);
    /// Any thread. `command_id` is what a retry must use as its key, "" for none; `headers` are
    /// added to those of the problem, or stand in their place.
    void problem(const Problem& problem, std::string_view command_id = {},
                 std::vector<std::pair<std::string, std::string>> headers = {});
    bool is_answered() const { return answered_.load(std::memory_order_relaxed); }

private:
    front::Request request_;
    front::Ticket ticket_;
    std::shared_ptr<RouteTraffic> traffic_;
    Pending& pending_;
    runtime::Trace trace_;
    gateway::VisitorPtr visitor_ = gateway::anonymous_visitor();
    std::vector<std::pair<std::string, std::string>> headers_{};  // of every answer
    std::chrono::steady_clock::time_point began_;
    std::atomic<bool> answered_{false};
};

using CallPtr = std::shared_ptr<Call>;

/// Shorthand for a Problem without faults.
Problem problem_of(std::string_view slug, std::string detail);

}  // namespace itn::api
