#include "common/storage/array_text.h"
#include "common/storage/reader_snapshot.h"

namespace itn::storage {
namespace {

namespace sql = statements;

std::vector<wire::JournalEntry> entries_of(const pqxx::result& rows) {
    std::vector<wire::JournalEntry> entries;
    entries.reserve(rows.size());
    for (const auto& row : rows)
        entries.push_back(entry_of(row));
    return entries;
}

std::int64_t wide(std::size_t limit) {
    return static_cast<std::int64_t>(limit);
}

}  // namespace

Read<std::optional<OutcomeView>> Reader::outcome(const OutcomeKey& key) {
    return read(*connection_, [&](Session& session) {
        return first_of<OutcomeView>(
            session.run(sql::find_outcome, {key.principal, key.id}), [](const pqxx::row& row) {
                return OutcomeView{.outcome = outcome_of(row), .traceparent = text_of(row[10])};
            });
    });
}

Read<std::vector<wire::JournalEntry>> Reader::recent(std::size_t limit) {
    return read(*connection_, [&](Session& session) {
        return entries_of(session.run(sql::recent_events, {wide(limit)}));
    });
}

Read<EventsSince> Reader::events_since(const wire::Position& since, std::size_t limit) {
    ArrayText lanes, seqs;
    for (const auto& [lane, seq] : since.seqs) {
        lanes.add(lane.text());
        seqs.add(seq);
    }
    const std::vector<Param> params{std::move(lanes).take(), std::move(seqs).take(),
                                    with_one_more(limit)};
    return read(*connection_, [&](Session& session) {
        EventsSince found{.reached = since};
        const wire::Position now = position_of(session);
        if (now.epoch != since.epoch) return found;
        found.entries = entries_of(session.run(sql::events_since, params));
        found.complete = found.entries.size() <= limit;
        if (!found.complete) found.entries.pop_back();
        for (const wire::JournalEntry& entry : found.entries)
            found.reached.seqs[entry.lane] = entry.seq;
        return found;
    });
}

std::vector<wire::JournalEntry> Reader::journal(Lane lane, std::int64_t after, std::size_t limit) {
    Session session(*connection_, Mode::autocommit);
    return entries_of(session.run(sql::journal_after, {lane.text(), after, wide(limit)}));
}

std::vector<LaneCounters> Reader::counters() {
    Session session(*connection_, Mode::autocommit);
    std::vector<LaneCounters> found;
    for (const auto& row : session.run(sql::counters, {Param(std::nullopt)}))
        found.push_back(counters_of(row));
    return found;
}

}  // namespace itn::storage
