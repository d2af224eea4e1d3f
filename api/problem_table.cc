#include <algorithm>
#include <array>

#include "api/problem.h"
#include "common/runtime/log.h"

namespace itn::api {

namespace {

struct StatusSlug {
    int status = 0;
    std::string_view slug;
};
constexpr auto front_slugs = std::to_array<StatusSlug>({
    {400, "bad_request"},
    {404, "not_found"},
    {405, "method_not_allowed"},
    {408, "request_timeout"},
    {411, "length_required"},
    {413, "content_too_large"},
    {414, "uri_too_long"},
    {415, "unsupported_media_type"},
    {431, "header_fields_too_large"},
    {503, "overloaded"},
    {504, "timeout"},
    {505, "http_version_not_supported"},
});

}  // namespace

std::span<const ProblemKind> problem_kinds() {
    return wire::problem_rows();
}

bool has_problem_kind(std::string_view slug) {
    return wire::find_problem_row(slug) != nullptr;
}

const ProblemKind& problem_kind(std::string_view slug) {
    if (const auto* row = wire::find_problem_row(slug)) return *row;
    runtime::log_limited(runtime::Level::error, "problem without a row", {{"slug", slug}});
    return *wire::find_problem_row("internal");
}

std::string_view slug_of_status(int status) {
    const auto row = std::ranges::find(front_slugs, status, &StatusSlug::status);
    if (row != front_slugs.end()) return row->slug;
    return status < 500 ? "bad_request" : "internal";
}

}  // namespace itn::api
