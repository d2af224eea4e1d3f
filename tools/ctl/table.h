#pragma once

// JSON from the network as text for people. Pure. What others wrote (names, notes) is shown without
// control characters, so that nobody's station paints over a reader's terminal.

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace itn::ctl {

struct Column {
    std::string title{};
    std::string pointer{};  // JSON pointer into the row
    bool is_number = false;
};

/// A value in a cell: goods as "ice×10, iron×2", lists with commas, nothing for what is not there.
std::string cell(const nlohmann::json& row, const std::string& pointer);
/// The text without control characters; `columns` counts code points.
std::string printable(std::string_view text);
std::size_t columns(std::string_view text);

/// A line of titles and one for each row; titles in bold when `styled`. No column is wider than 40.
std::string table(const nlohmann::json& rows, const std::vector<Column>& shape, bool styled);
/// One thing, a field a line; what is not there is left out.
std::string sheet(const nlohmann::json& thing, const std::vector<Column>& shape, bool styled);

/// "[########............] 400/1000", to be printed over itself.
std::string progress_bar(std::size_t done, std::size_t all);

}  // namespace itn::ctl
