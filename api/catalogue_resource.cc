#include "api/catalogue_resource.h"

namespace itn::api {

Problem stale_problem(std::int64_t expected, std::optional<std::int64_t> provided) {
    return problem_of("stale_version", "Expected version: " + std::to_string(expected) +
                                           ", provided version: " +
                                           (provided ? std::to_string(*provided) : "none of it"));
}

void answer_written(Call& call, int status, std::string body, std::int64_t version,
                    const wire::Position& position,
                    std::vector<std::pair<std::string, std::string>> headers) {
    headers.emplace_back("ETag", version_etag(version));
    headers.emplace_back(position_header, wire::render(position));
    headers.emplace_back("Cache-Control", "no-store");
    call.reply({.status = status,
                .body = std::move(body),
                .content_type = "application/json",
                .headers = std::move(headers)});
}

void answer_deleted(Call& call, const wire::Position& position) {
    call.reply({.status = 204,
                .body = {},
                .content_type = {},
                .headers = {{position_header, wire::render(position)}}});
}

}  // namespace itn::api
