#pragma once

#include <string>
#include <vector>

#include "tools/ctl/desk.h"

namespace itn::ctl {

const std::vector<Column>& trade_fields();
/// confirmed, and in transit, are not.
bool is_final_trade(const std::string& status);

/// Sends the trades of a file of NDJSON ("-" is standard input) in batches, each line under its own
/// key, again when the network does not answer. Prints what became of each that was not accepted;
/// the exit code. Throws Trouble, when a batch was refused after it has printed what became of
/// those before.
int submit_file(Desk& desk, const std::string& file, const std::string& salt);

struct Watch {
    std::string trade{};  // "": all trades
    std::string since{};  // a position
};
/// The feed's URL from the Link of the API's 426, which must be on the API's own host and no less
/// safe: what signs in there must not travel elsewhere. Throws Trouble(Exit::usage) that says what
/// to set instead.
std::string signposted_feed(const std::string& link, const std::string& api_url);

/// Prints events as they come, over interruptions, until the one trade is in a final state, or for
/// ever. Throws Trouble.
int watch_trades(Desk& desk, const Watch& watch);

}  // namespace itn::ctl
