#include "api/routes.h"

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "api/gate.h"
#include "api/query.h"
#include "common/runtime/log.h"
#include "common/runtime/trace.h"

namespace itn::api {

namespace {

Problem too_busy() {
    return problem_of("overloaded", "Too many requests wait for their answer already.");
}

/// Content types that a 415 names as welcome.
std::vector<std::pair<std::string, std::string>> accepted_types(Body body) {
    switch (body) {
        case Body::none:
            return {};
        case Body::json:
            return {{"Accept", "application/json"}};
        case Body::json_or_ndjson:
            return {{"Accept", "application/json, application/x-ndjson"}};
        case Body::merge_patch:
            return {{"Accept-Patch", "application/merge-patch+json"}};
        case Body::form:
            return {{"Accept", "application/x-www-form-urlencoded"}};
    }
    return {};
}

/// The api's last catch: what a handler throws is our own error.
void handle(const Room& room, const RouteRow& row, const CallPtr& call) {
    try {
        if (const auto problem = content_type_problem(call->request(), row.body))
            return call->problem(*problem, {}, accepted_types(row.body));
        if (const auto problem = parameter_problem(call->request(), row.parameters))
            return call->problem(*problem);
        row.handle(room, call);
    } catch (const std::exception& failure) {
        runtime::log_limited(
            runtime::Level::error, "handler broke",
            {{"route", row.pattern}, {"error", failure.what()}, {"trace_id", call->trace().id}});
        call->problem(problem_of("internal", ""));
    }
}

front::Route route_of(const Room& room, const RouteRow& row) {
    auto traffic = std::make_shared<RouteTraffic>(
        room.metrics, std::string(front::name(row.method)), std::string(row.pattern));
    return {.method = row.method,
            .pattern = std::string(row.pattern),
            .max_body = row.max_body,
            .handler = [&room, &row, traffic](front::Request request, front::Ticket ticket) {
                if (!room.pending.enter()) {
                    const auto trace = runtime::trace_from(request.header("traceparent"));
                    ticket.reply(problem_reply(too_busy(),
                                               {.instance = request.path, .trace_id = trace.id}));
                    return traffic->answered(503, {});
                }
                admit(room, row,
                      std::make_shared<Call>(std::move(request), std::move(ticket), traffic,
                                             room.pending),
                      handle);
            }};
}

}  // namespace

std::vector<front::Route> routes(const Room& room) {
    std::vector<front::Route> out;
    for (const auto& row : route_rows())
        out.push_back(route_of(room, row));
    return out;
}

front::Reply error_page(int status, std::string_view detail, std::string_view path) {
    const auto trace = runtime::trace_from(std::nullopt);
    auto reply = problem_reply(problem_of(slug_of_status(status), std::string(detail)),
                               {.instance = path, .trace_id = trace.id});
    reply.status = status;
    reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return reply;
}

}  // namespace itn::api
