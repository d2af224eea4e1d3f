#pragma once

// Every kind of problem that a door answers with (RFC 9457): its slug, its status and its title.
// The type of a problem is "/problems/<slug>", and the http door serves a page under that path,
// also for what the notifier says.

#include <span>
#include <string>
#include <string_view>

namespace itn::wire {

struct ProblemRow {
    std::string_view slug;
    int status = 400;
    std::string_view title;
};

/// The whole table, in the order of the source.
std::span<const ProblemRow> problem_rows();
/// nullptr when there is no such kind.
const ProblemRow* find_problem_row(std::string_view slug);
/// "/problems/stale_version"
std::string problem_type(const ProblemRow& row);

}  // namespace itn::wire
