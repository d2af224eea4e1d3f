#include "tools/ctl/arguments.h"

#include <nlohmann/json.hpp>

#include <charconv>

#include "common/identity/digest.h"
#include "tools/ctl/exit_codes.h"
#include "tools/http/client.h"

namespace itn::ctl {

namespace {

using nlohmann::json;

constexpr std::size_t batch_bytes = 512 * 1024;
constexpr std::size_t key_bytes = 12;  // of a hash: no two lines of anybody's files collide

std::string hexadecimal(const identity::Digest& digest, std::size_t bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i)
        (text += digits[digest[i] >> 4U]) += digits[digest[i] & 15U];
    return text;
}

TradeLine read_trade_line(std::string_view line, std::size_t number, const std::string& salt) {
    json trade = json::parse(line, nullptr, false);
    if (!trade.is_object())
        throw Trouble(Exit::usage, "line " + std::to_string(number) + " is no JSON object");
    if (!trade.contains("idempotencyKey")) {
        const std::string whole = salt + '\n' + std::to_string(number) + '\n' + trade.dump();
        trade["idempotencyKey"] = "line-" + hexadecimal(identity::sha256(whole), key_bytes);
    }
    if (!trade["idempotencyKey"].is_string())
        throw Trouble(Exit::usage,
                      "line " + std::to_string(number) + ": idempotencyKey must be a text");
    return {
        .number = number, .key = trade["idempotencyKey"].get<std::string>(), .json = trade.dump()};
}

}  // namespace

std::int64_t read_number(std::string_view text, std::string_view what) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (text.empty() || read.ec != std::errc() || read.ptr != end)
        throw Trouble(Exit::usage,
                      std::string(what) + ": a whole number, not \"" + std::string(text) + '"');
    return number;
}

json read_goods(const std::vector<std::string>& words) {
    json goods = json::array();
    for (const std::string& word : words) {
        const auto equals = word.find('=');
        if (equals == 0 || equals == word.npos)
            throw Trouble(Exit::usage, "\"" + word + "\": PRODUCT=QUANTITY, like ice=10");
        goods.push_back({{"productId", word.substr(0, equals)},
                         {"quantity", read_number(std::string_view(word).substr(equals + 1),
                                                  word.substr(0, equals))}});
    }
    return goods;
}

json read_place(std::string_view text) {
    json place = json::object();
    for (const char* axis : {"x", "y", "z"}) {
        const auto comma = text.find(',');
        const bool is_last = *axis == 'z';
        if ((comma == text.npos) != is_last)
            throw Trouble(Exit::usage, "a position is X,Y,Z, like 413,-27,81");
        place[axis] = read_number(text.substr(0, comma), axis);
        text.remove_prefix(is_last ? text.size() : comma + 1);
    }
    return place;
}

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
    std::string query;
    for (const auto& [name, value] : parameters)
        if (!value.empty())
            query += (query.empty() ? '?' : '&') + name + '=' + tools::escaped(value);
    return query;
}

std::vector<TradeLine> read_trade_lines(std::string_view text, const std::string& salt) {
    std::vector<TradeLine> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.find_first_not_of(" \t\r") == line.npos) continue;
        lines.push_back(read_trade_line(line, number, salt));
    }
    return lines;
}

std::size_t lines_in_batch(const std::vector<TradeLine>& lines, std::size_t first,
                           std::size_t most) {
    std::size_t count = 0, bytes = 0;
    while (first + count < lines.size() && count < most) {
        bytes += lines[first + count].json.size() + 1;
        if (count > 0 && bytes > batch_bytes) break;
        ++count;
    }
    return count;
}

}  // namespace itn::ctl
