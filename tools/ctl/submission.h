#pragma once

// Commands, sent so that a broken connection never doubles one: each has an Idempotency-Key of its
// own from the start, and is sent again under it.

#include <optional>
#include <string>
#include <vector>

#include "tools/ctl/desk.h"
#include "tools/ctl/tree.h"

namespace itn::ctl {

struct Submission {
    std::string key{};                   // a fresh one when empty
    std::optional<std::int64_t> wait{};  // seconds for the outcome, 10 unless given; 0: do not
};

/// The options --key and --wait.
void add_submission_options(Verb& verb, Submission& submission);

/// Sends it, prints the thing or what was accepted, and returns the exit code: Exit::unsettled when
/// the outcome was waited for and did not come. Throws Trouble.
int submit(Desk& desk, const std::string& method, const std::string& path, const json& body,
           const Submission& submission, const std::vector<Column>& fields);

}  // namespace itn::ctl
