#include "api/heard.h"

#include <utility>

#include "common/base/limits.h"
#include "common/rights/rights.h"

namespace itn::api {

namespace {

void add_heard(std::vector<std::string>& rows, const identity::Caller& caller,
               const wire::JournalEntry& entry, const std::string& epoch) {
    if (const auto told = rights::as_heard(caller, entry))
        rows.push_back(wire::render(*told, epoch));
}

/// Looks at entries until there are as many rows as may be; how many entries those were.
std::size_t look(Heard& heard, const identity::Caller& caller, std::size_t limit,
                 const std::vector<wire::JournalEntry>& entries) {
    std::size_t seen = 0;
    for (; seen < entries.size() && heard.rows.size() < limit; ++seen) {
        const auto& entry = entries[seen];
        add_heard(heard.rows, caller, entry, heard.reached.epoch);
        heard.reached.seqs[entry.lane] = entry.seq;
    }
    return seen;
}

}  // namespace

void add_heard(std::vector<std::string>& rows, const identity::Caller& caller,
               const std::vector<wire::JournalEntry>& entries, const std::string& epoch) {
    for (const auto& entry : entries)
        add_heard(rows, caller, entry, epoch);
}

std::optional<Heard> hear_since(const identity::Caller& caller, const wire::Position& since,
                                std::size_t limit, storage::EventsSince first,
                                const ReadOn& read_on) {
    Heard heard{.reached = since};
    std::optional page = std::move(first);
    // However few rows are missing, the next of them may stand behind many of others.
    for (std::size_t seen = 0; page; page = read_on(heard.reached, limits::max_page)) {
        seen += look(heard, caller, limit, page->entries);
        const bool is_full = heard.rows.size() >= limit || seen >= limits::max_examined_updates;
        // An empty page that is not the last is of a journal that was replaced meanwhile.
        if (is_full || page->complete || page->entries.empty()) return heard;
    }
    return std::nullopt;
}

}  // namespace itn::api
