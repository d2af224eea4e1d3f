#include "tools/ctl/table.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace itn::ctl {

namespace {

using nlohmann::json;

constexpr std::size_t widest = 40;
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

bool starts_code_point(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

std::string joined(const json& list) {
    std::string text;
    for (const json& one : list)
        (text += text.empty() ? "" : ", ") += cell(one, "");
    return text;
}

std::string shown(const json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return printable(value.get_ref<const std::string&>());
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_array()) return joined(value);
    if (value.is_object() && value.contains("productId") && value.contains("quantity"))
        return cell(value, "/productId") + "×" + cell(value, "/quantity");
    return printable(value.dump());
}

/// At most `widest` code points.
std::string shortened(const std::string& text) {
    if (columns(text) <= widest) return text;
    std::size_t seen = 0, at = 0;
    while (at < text.size() && (seen += starts_code_point(text[at]) ? 1U : 0U) < widest)
        ++at;
    return text.substr(0, at) + "…";
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
    const std::string blanks(width - std::min(width, columns(text)), ' ');
    return to_the_right ? blanks + text : text + blanks;
}

std::string without_trailing_blanks(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

}  // namespace

std::string cell(const json& row, const std::string& pointer) {
    const json::json_pointer place(pointer);
    return row.contains(place) || pointer.empty() ? shown(row.at(place)) : "";
}

std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        // C1 controls are two bytes in UTF-8: c2 80 to c2 9f.
        const bool is_c1 =
            byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (is_c1) ++i;
        out += is_c1 || byte < 0x20 || byte == 0x7f ? '?' : text[i];
    }
    return out;
}

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

std::string table(const json& rows, const std::vector<Column>& shape, bool styled) {
    std::vector<std::vector<std::string>> lines(1);
    for (const Column& column : shape)
        lines.front().push_back(column.title);
    for (const json& row : rows) {
        lines.emplace_back();
        for (const Column& column : shape)
            lines.back().push_back(shortened(cell(row, column.pointer)));
    }
    std::string text;
    std::vector<std::size_t> widths(shape.size(), 0);
    for (const auto& line : lines)
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], columns(line[i]));
    for (const auto& line : lines) {
        std::string out;
        for (std::size_t i = 0; i < line.size(); ++i)
            out += (i == 0 ? "" : "  ") + padded(line[i], widths[i], shape[i].is_number);
        out = without_trailing_blanks(out);
        const bool is_title = &line == &lines.front() && styled;
        text += (is_title ? std::string(bold) + out + std::string(plain) : out) + '\n';
    }
    return text;
}

std::string sheet(const json& thing, const std::vector<Column>& shape, bool styled) {
    std::size_t width = 0;
    for (const Column& column : shape)
        width = std::max(width, columns(column.title));
    std::string text;
    for (const Column& column : shape) {
        const std::string value = cell(thing, column.pointer);
        if (value.empty()) continue;
        const std::string title = padded(column.title, width, false);
        text += styled ? std::string(bold) + title + std::string(plain) : title;
        text += "  " + value + '\n';
    }
    return text;
}

std::string progress_bar(std::size_t done, std::size_t all) {
    constexpr std::size_t width = 30;
    const std::size_t filled = all == 0 ? width : std::min(done, all) * width / all;
    return '[' + std::string(filled, '#') + std::string(width - filled, '.') + "] " +
           std::to_string(done) + '/' + std::to_string(all);
}

}  // namespace itn::ctl
