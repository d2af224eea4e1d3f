#pragma once

// Words of the command line and lines of files as what they mean. Pure. What does not fit throws
// Trouble(Exit::usage).

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace itn::ctl {

std::int64_t read_number(std::string_view text, std::string_view what);
/// "ice=10" as {"productId":"ice","quantity":10}; several as an array.
nlohmann::json read_goods(const std::vector<std::string>& words);
/// "413,-27,81" as {"x":413,"y":-27,"z":81}
nlohmann::json read_place(std::string_view text);

/// "?a=b&c=d" of those that are not empty, percent-encoded; "" when all are.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

/// One trade of a file.
struct TradeLine {
    std::size_t number = 0;  // in the file, from 1
    std::string key{};       // its Idempotency-Key
    std::string json{};      // with the key in it
};
/// Lines of NDJSON; blank ones are passed over. A line without an idempotencyKey gets one made of
/// `salt`, its number and its content: the same file again is the same trades, not new ones.
std::vector<TradeLine> read_trade_lines(std::string_view text, const std::string& salt);

/// How many lines from `first` on travel together: at most `most`, and 512 KiB.
std::size_t lines_in_batch(const std::vector<TradeLine>& lines, std::size_t first,
                           std::size_t most);

}  // namespace itn::ctl
