#include "tests/docs/outline.h"

#include <algorithm>

namespace itn::docs {

namespace {

std::string key_of(const Line& line) {
    const auto colon = line.text.find(':');
    auto key = line.text.substr(0, colon);
    if (key.size() > 1 && key.front() == '\'') key = key.substr(1, key.size() - 2);
    return colon == std::string::npos ? std::string() : key;
}

std::string value_of(const Line& line) {
    const auto colon = line.text.find(": ");
    return colon == std::string::npos ? std::string() : line.text.substr(colon + 2);
}

/// "status" of "- $ref: '#/components/parameters/query.tradeStatus.status'"; "" of other lines.
std::string query_parameter(const Line& line) {
    constexpr std::string_view place = "#/components/parameters/query.";
    if (line.text.find(place) == std::string::npos) return {};
    const auto dot = line.text.rfind('.');
    return line.text.substr(dot + 1, line.text.rfind('\'') - dot - 1);
}

/// "trade" of "- bearer: [trade]"; "" of other lines.
std::string scope_of(const Line& line) {
    constexpr std::string_view before = "- bearer: [";
    if (!line.text.starts_with(before) || !line.text.ends_with(']')) return {};
    return line.text.substr(before.size(), line.text.size() - before.size() - 1);
}

Operation operation_of(std::string path, const std::vector<Line>& all, const std::string& method) {
    Operation operation{.method = method, .path = std::move(path)};
    for (const auto& line : below(all, {method})) {
        if (key_of(line) == "operationId") operation.id = value_of(line);
        if (key_of(line) == "x-rate") operation.rate = value_of(line);
        if (const auto scope = scope_of(line); !scope.empty()) operation.scope = scope;
        if (const auto name = query_parameter(line); !name.empty()) operation.query.insert(name);
    }
    for (const auto& type : keys_below(all, {method, "requestBody", "content"}))
        operation.body.insert(type);
    return operation;
}

}  // namespace

std::vector<Line> lines_of(std::string_view yaml) {
    std::vector<Line> lines;
    while (!yaml.empty()) {
        const auto line = yaml.substr(0, yaml.find('\n'));
        yaml.remove_prefix(std::min(yaml.size(), line.size() + 1));
        const auto first = line.find_first_not_of(' ');
        if (first == std::string_view::npos || line[first] == '#') continue;
        lines.push_back({.depth = first / 2, .text = std::string(line.substr(first))});
    }
    return lines;
}

std::vector<Line> below(const std::vector<Line>& lines, const std::vector<std::string>& path) {
    if (path.empty() || lines.empty()) return lines;
    const auto depth = lines.front().depth;
    const auto is_key = [&](const Line& line) {
        return line.depth == depth && key_of(line) == path.front();
    };
    const auto key = std::ranges::find_if(lines, is_key);
    if (key == lines.end()) return {};
    const auto end =
        std::find_if(key + 1, lines.end(), [&](const Line& line) { return line.depth <= depth; });
    return below({key + 1, end}, {path.begin() + 1, path.end()});
}

std::vector<std::string> keys_below(const std::vector<Line>& lines,
                                    const std::vector<std::string>& path) {
    std::vector<std::string> keys;
    const auto found = below(lines, path);
    for (const auto& line : found)
        if (line.depth == found.front().depth) keys.push_back(key_of(line));
    return keys;
}

std::vector<Operation> operations_of(std::string_view yaml) {
    std::vector<Operation> operations;
    const auto paths = below(lines_of(yaml), {"paths"});
    for (const auto& path : keys_below(paths, {})) {
        const auto item = below(paths, {path});
        for (const auto& method : keys_below(item, {}))
            operations.push_back(operation_of(path, item, method));
    }
    return operations;
}

}  // namespace itn::docs
