#include "common/storage/store_memory.h"

#include <algorithm>

#include "common/storage/memory_tables.h"

namespace itn::storage {

MemoryStore::MemoryStore(std::shared_ptr<MemoryDatabase> database)
    : database_(std::move(database)) {}

MemoryStore::~MemoryStore() {
    const std::lock_guard lock(database_->tables_->held);
    for (auto& [name, lane] : database_->tables_->lanes) {
        if (lane.publisher != this) continue;
        lane.publisher = nullptr;
        lane.holds = 0;
    }
}

std::unique_ptr<Transaction> MemoryStore::begin() {
    database_->tables_->enter("begin");
    return std::make_unique<MemoryTransaction>(*database_->tables_);
}

std::string MemoryStore::epoch() {
    database_->tables_->enter("epoch");
    const std::lock_guard lock(database_->tables_->held);
    return database_->tables_->epoch;
}

std::vector<LaneCounters> MemoryStore::counters(Family family) {
    database_->tables_->enter("counters");
    const std::lock_guard lock(database_->tables_->held);
    std::vector<LaneCounters> found;
    for (const auto& [name, lane] : database_->tables_->lanes) {
        if (name.family != family) continue;
        found.push_back({.lane = name,
                         .last_seq = std::int64_t(lane.entries.size()),
                         .published_seq = lane.published_seq,
                         .reacted_seq = lane.reacted_seq});
    }
    return found;
}

std::vector<wire::JournalEntry> MemoryStore::journal(Lane lane, std::int64_t after,
                                                     std::size_t limit) {
    database_->tables_->enter("journal");
    const std::lock_guard lock(database_->tables_->held);
    const auto found = database_->tables_->lanes.find(lane);
    if (found == database_->tables_->lanes.end()) return {};
    const auto& entries = found->second.entries;
    const auto begin = std::min(std::size_t(std::max<std::int64_t>(after, 0)), entries.size());
    const auto count = std::min(limit, entries.size() - begin);
    const auto first = entries.begin() + std::ptrdiff_t(begin);
    return {first, first + std::ptrdiff_t(count)};
}

bool MemoryStore::advance(Lane lane, Watermark watermark, std::int64_t from, std::int64_t to) {
    database_->tables_->enter("advance");
    const std::lock_guard lock(database_->tables_->held);
    const auto found = database_->tables_->lanes.find(lane);
    if (found == database_->tables_->lanes.end()) return false;
    MemoryLane& row = found->second;
    std::int64_t& seq = watermark == Watermark::published ? row.published_seq : row.reacted_seq;
    if (seq != from) return false;
    if (to < 0 || to > std::int64_t(row.entries.size())) {
        throw CommandFault("23514", "a watermark above the last seq");
    }
    seq = to;
    return true;
}

bool MemoryStore::try_lock(Lane lane) {
    database_->tables_->enter("try_lock");
    const std::lock_guard lock(database_->tables_->held);
    MemoryLane& row = database_->tables_->lanes[lane];
    if (row.publisher != nullptr && row.publisher != this) return false;
    row.publisher = this;
    ++row.holds;
    return true;
}

void MemoryStore::unlock(Lane lane) {
    database_->tables_->enter("unlock");
    const std::lock_guard lock(database_->tables_->held);
    MemoryLane& row = database_->tables_->lanes[lane];
    if (row.publisher != this || --row.holds > 0) return;
    row.publisher = nullptr;
}

int MemoryStore::count_attempt(const OutcomeKey& key) {
    database_->tables_->enter("count_attempt");
    const std::lock_guard lock(database_->tables_->held);
    return ++database_->tables_->attempts[key];
}

void MemoryStore::park_unreadable(std::span<const Parked> parked) {
    database_->tables_->enter("park_unreadable");
    const std::lock_guard lock(database_->tables_->held);
    std::vector<Parked>& all = database_->tables_->parked;
    for (const Parked& one : parked) {
        const bool is_known = std::ranges::any_of(all, [&](const Parked& other) {
            return other.command_id.empty() && other.lane == one.lane &&
                   other.payload == one.payload;
        });
        if (!is_known) all.push_back(one);
    }
}

void MemoryStore::beat(const std::string& instance, Family, const std::string&, std::size_t lanes) {
    database_->tables_->enter("beat");
    const std::lock_guard lock(database_->tables_->held);
    database_->tables_->instances[instance] = lanes;
}

}  // namespace itn::storage
