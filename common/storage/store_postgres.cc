#include "common/storage/store_postgres.h"

#include "common/storage/postgres.h"
#include "common/storage/rows.h"
#include "common/storage/transaction_postgres.h"

namespace itn::storage {
namespace {

namespace sql = statements;

/// A lane's key among the advisory locks.
std::int64_t lock_key(Lane lane) {
    return std::int64_t(lane.family) << 16 | lane.shard;
}

}  // namespace

PostgresStore::PostgresStore(std::string url, Family family, std::string application)
    : connection_(std::make_unique<Connection>(std::move(url), std::move(application))),
      known_stock_(std::make_unique<KnownStock>()),
      family_(family) {}

PostgresStore::~PostgresStore() = default;

std::unique_ptr<Transaction> PostgresStore::begin() {
    return std::make_unique<PostgresTransaction>(*connection_, *known_stock_, family_);
}

std::string PostgresStore::epoch() {
    const auto rows = Session(*connection_, Mode::autocommit).run(sql::epoch);
    if (rows.empty()) throw MachineFailure("the database has no epoch: run itn-migrate");
    return text_of(rows[0][0]);
}

std::vector<LaneCounters> PostgresStore::counters(Family family) {
    std::vector<LaneCounters> found;
    for (const auto& row :
         Session(*connection_, Mode::autocommit).run(sql::counters, {name(family)})) {
        found.push_back(counters_of(row));
    }
    return found;
}

std::vector<wire::JournalEntry> PostgresStore::journal(Lane lane, std::int64_t after,
                                                       std::size_t limit) {
    std::vector<wire::JournalEntry> entries;
    const auto rows =
        Session(*connection_, Mode::autocommit)
            .run(sql::journal_after, {lane.text(), after, static_cast<std::int64_t>(limit)});
    entries.reserve(rows.size());
    for (const auto& row : rows)
        entries.push_back(entry_of(row));
    return entries;
}

bool PostgresStore::advance(Lane lane, Watermark watermark, std::int64_t from, std::int64_t to) {
    const Statement& statement =
        watermark == Watermark::published ? sql::advance_published : sql::advance_reacted;
    return Session(*connection_, Mode::autocommit)
               .run(statement, {lane.text(), from, to})
               .affected_rows() == 1;
}

bool PostgresStore::try_lock(Lane lane) {
    const auto rows = Session(*connection_, Mode::autocommit).run(sql::try_lock, {lock_key(lane)});
    return text_of(rows[0][0]) == "t";
}

void PostgresStore::unlock(Lane lane) {
    Session(*connection_, Mode::autocommit).run(sql::unlock, {lock_key(lane)});
}

int PostgresStore::count_attempt(const OutcomeKey& key) {
    const auto rows =
        Session(*connection_, Mode::autocommit).run(sql::count_attempt, {key.principal, key.id});
    return static_cast<int>(integer_of(rows[0][0]));
}

void PostgresStore::park_unreadable(std::span<const Parked> parked) {
    Session session(*connection_, Mode::autocommit);
    park(session, parked);
}

void PostgresStore::beat(const std::string& instance, Family family, const std::string& host,
                         std::size_t lanes) {
    Session(*connection_, Mode::autocommit)
        .run(sql::beat, {instance, name(family), host, static_cast<std::int64_t>(lanes)});
}

}  // namespace itn::storage
