#pragma once

// What itnctl's exit code means; scripts rely on it.

#include <stdexcept>
#include <string>

namespace itn::ctl {

enum class Exit : int {
    done = 0,
    refused = 1,      // the network said no: a rule, a right, a conflict
    usage = 2,        // the command line, or a setting, is wrong
    unreachable = 3,  // nobody answered, or not now: try again
    signed_out = 4,   // nobody is signed in, or not any more
    not_found = 5,    // there is no such thing, or not for the caller
    unsettled = 6,    // accepted, but the outcome did not come in time
};

/// For --help.
inline constexpr const char* exit_code_text =
    "Exit codes:\n"
    "  0  done\n"
    "  1  refused by a rule or for want of a right\n"
    "  2  wrong usage or settings\n"
    "  3  not reachable or overloaded; try again\n"
    "  4  not signed in\n"
    "  5  there is no such thing\n"
    "  6  accepted, and the outcome did not come in time\n";

/// Of an answer that is no success; 0 is "nobody answered".
constexpr Exit exit_of(int http_status) {
    if (http_status == 401) return Exit::signed_out;
    if (http_status == 404) return Exit::not_found;
    if (http_status == 0 || http_status == 429 || http_status >= 500) return Exit::unreachable;
    return Exit::refused;
}

/// Ends a command. `problem` is the network's own JSON when it sent one.
class Trouble : public std::runtime_error {
public:
    Trouble(Exit exit, const std::string& what, std::string problem = "")
        : std::runtime_error(what), exit_(exit), problem_(std::move(problem)) {}
    Exit exit() const { return exit_; }
    const std::string& problem() const { return problem_; }

private:
    Exit exit_;
    std::string problem_;
};

}  // namespace itn::ctl
