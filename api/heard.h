#pragma once

// What of the journal a caller hears: each event as it may hear it, and of others' business
// nothing.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/identity/permissions.h"
#include "common/storage/reader.h"
#include "common/wire/notice.h"

namespace itn::api {

/// Adds, rendered, what the caller may hear of.
void add_heard(std::vector<std::string>& rows, const identity::Caller& caller,
               const std::vector<wire::JournalEntry>& entries, const std::string& epoch);

/// What a caller heard after some position, in the order of the journal.
struct Heard {
    std::vector<std::string> rows{};
    wire::Position reached{};  // with the last entry that was looked at, and no other
};

/// The journal above a position, at most so many entries; nullopt when nobody waits any more.
using ReadOn =
    std::function<std::optional<storage::EventsSince>(const wire::Position&, std::size_t)>;

/// Up to `limit` events after `since`, of which `first` was read already. What is left out makes
/// room for others, as far as one call looks (limits::max_examined_updates). nullopt as `read_on`.
std::optional<Heard> hear_since(const identity::Caller& caller, const wire::Position& since,
                                std::size_t limit, storage::EventsSince first,
                                const ReadOn& read_on);

}  // namespace itn::api
