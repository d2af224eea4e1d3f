#include "api/call.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/runtime/log.h"

namespace itn::api {

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

void put_header(Headers& headers, std::string_view name, std::string value) {
    const auto there = std::ranges::find(headers, name, &Headers::value_type::first);
    if (there != headers.end())
        there->second = std::move(value);
    else
        headers.emplace_back(name, std::move(value));
}

}  // namespace

Call::Call(front::Request request, front::Ticket ticket, std::shared_ptr<RouteTraffic> traffic,
           Pending& pending)
    : request_(std::move(request)),
      ticket_(std::move(ticket)),
      traffic_(std::move(traffic)),
      pending_(pending),
      trace_(runtime::trace_from(request_.header("traceparent"))),
      began_(std::chrono::steady_clock::now()) {}

Call::~Call() {
    if (!is_answered()) problem(problem_of("internal", "The request was forgotten."));
}

void Call::set_header(std::string_view name, std::string value) {
    put_header(headers_, name, std::move(value));
}

void Call::reply(front::Reply reply) {
    if (answered_.exchange(true)) return;
    std::ranges::move(headers_, std::back_inserter(reply.headers));
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    traffic_->answered(reply.status, std::chrono::steady_clock::now() - began_);
    pending_.leave();
    ticket_.reply(std::move(reply));
}

void Call::problem(const Problem& problem, std::string_view command_id,
                   std::vector<std::pair<std::string, std::string>> headers) {
    if (is_answered()) return;
    auto reply = problem_reply(
        problem, {.instance = request_.path, .trace_id = trace_.id, .command_id = command_id});
    for (auto& [name, value] : headers)
        put_header(reply.headers, name, std::move(value));
    reply.headers.emplace_back("Cache-Control", "no-store");
    const auto level = reply.status >= 500 ? runtime::Level::warning : runtime::Level::info;
    runtime::log_limited(level, "request refused",
                         {{"method", traffic_->method()},
                          {"route", traffic_->route()},
                          {"code", reply.status},
                          {"problem", problem.slug},
                          {"trace_id", trace_.id},
                          {"command_id", command_id}});
    this->reply(std::move(reply));
}

Problem problem_of(std::string_view slug, std::string detail) {
    return {.slug = std::string(slug), .detail = std::move(detail), .faults = {}};
}

}  // namespace itn::api
