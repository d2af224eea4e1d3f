#include "api/problem.h"

#include <nlohmann/json.hpp>

namespace itn::api {

namespace {

using Json = nlohmann::ordered_json;

/// Outside bytes may stand in a detail: what is no UTF-8 becomes U+FFFD.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json rendered(const Problem& problem, const ProblemKind& kind, const Occurrence& occurrence) {
    Json json{{"type", wire::problem_type(kind)}, {"title", kind.title}, {"status", kind.status}};
    if (!problem.detail.empty()) json["detail"] = problem.detail;
    if (!occurrence.instance.empty()) json["instance"] = occurrence.instance;
    for (const auto& fault : problem.faults)
        json["errors"].push_back({{"detail", fault.detail}, {"pointer", "#" + fault.pointer}});
    if (!occurrence.trace_id.empty()) json["traceId"] = occurrence.trace_id;
    if (!occurrence.command_id.empty()) json["commandId"] = occurrence.command_id;
    return json;
}

}  // namespace

std::string render_problem(const Problem& problem, const Occurrence& occurrence) {
    return dump(rendered(problem, problem_kind(problem.slug), occurrence));
}

front::Reply problem_reply(const Problem& problem, const Occurrence& occurrence) {
    const auto& kind = problem_kind(problem.slug);
    front::Reply reply{.status = kind.status,
                       .body = dump(rendered(problem, kind, occurrence)),
                       .content_type = problem_content_type,
                       .headers = {{"Content-Language", "en"}}};
    if (kind.status == 503 || kind.status == 429) reply.headers.emplace_back("Retry-After", "1");
    return reply;
}

front::Reply problem_page(std::string_view slug) {
    if (!has_problem_kind(slug))
        return problem_reply(
            {.slug = "not_found", .detail = "No problem has this name.", .faults = {}}, {});
    const auto& kind = problem_kind(slug);
    const Json json{
        {"type", wire::problem_type(kind)}, {"title", kind.title}, {"status", kind.status}};
    return {.status = 200, .body = dump(json), .content_type = "application/json", .headers = {}};
}

}  // namespace itn::api
