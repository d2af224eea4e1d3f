#pragma once

// Reads as much of docs/*.yaml as a comparison with the program needs. The documents are laid out
// regularly, two spaces a level and one key a line, so that lines and their depth are enough.

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace itn::docs {

/// One line: its depth, in levels of two spaces, and its text.
struct Line {
    std::size_t depth = 0;
    std::string text{};
};
/// Without empty lines and comments.
std::vector<Line> lines_of(std::string_view yaml);

/// The lines below the key that `path` names ("components", "messages"); none when it is not there.
std::vector<Line> below(const std::vector<Line>& lines, const std::vector<std::string>& path);
/// The keys that stand directly below it.
std::vector<std::string> keys_below(const std::vector<Line>& lines,
                                    const std::vector<std::string>& path);

struct Operation {
    std::string method{};  // in lower case
    std::string path{};
    std::string id{};
    std::set<std::string> query{};  // parameters
    std::set<std::string> body{};   // content types
    std::string rate{};             // x-rate
    std::string scope{};            // "" when nobody needs to say who they are
};
/// Those of an OpenAPI document. Parameters must be references to "query.….<name>".
std::vector<Operation> operations_of(std::string_view yaml);

}  // namespace itn::docs
