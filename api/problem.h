#pragma once

// Every error of the api has one form, application/problem+json (RFC 9457), and one table says what
// it looks like: the slug names the rule, the table its status and title. Rejections of the domain,
// problems of wire and gateway, errors of the front and our own all have a row there; their page is
// served under /problems/<slug>.
//
//   {"type":"/problems/<slug>","title","status","detail","instance",
//    "errors":[{"detail","pointer":"#/items/0/quantity"}],"traceId","commandId"?}

#include <span>
#include <string>
#include <string_view>

#include "api/front/front.h"
#include "common/base/result.h"
#include "common/wire/problem_rows.h"

namespace itn::api {

using ProblemKind = wire::ProblemRow;

/// The whole table, in the order of the source.
std::span<const ProblemKind> problem_kinds();
/// The row of a slug; an unknown slug gets that of "internal".
const ProblemKind& problem_kind(std::string_view slug);
/// Whether the table has a row of that name.
bool has_problem_kind(std::string_view slug);
/// The slug of an error that the front found itself.
std::string_view slug_of_status(int status);

inline constexpr const char* problem_content_type = "application/problem+json";

/// What one occurrence adds to its problem.
struct Occurrence {
    std::string_view instance{};    // path of the request
    std::string_view trace_id{};    // "" for none
    std::string_view command_id{};  // "" for none: whoever retries needs it as the key
};

/// The JSON alone: for the lines of a batch.
std::string render_problem(const Problem& problem, const Occurrence& occurrence);
/// The whole answer, with Retry-After where waiting helps.
front::Reply problem_reply(const Problem& problem, const Occurrence& occurrence);
/// The page under /problems/<slug>; the problem not_found for a slug without a row.
front::Reply problem_page(std::string_view slug);

}  // namespace itn::api
