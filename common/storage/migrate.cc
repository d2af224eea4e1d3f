#include "common/storage/migrate.h"

#include <map>
#include <thread>

#include "common/base/lane.h"
#include "common/storage/array_text.h"
#include "common/storage/postgres.h"
#include "common/storage/rows.h"
#include "common/storage/store.h"
#include "common/wire/ids.h"

namespace itn::storage {
namespace {

// "ITNM": whoever migrates holds it.
constexpr Statement lock_migrations{"lock_migrations", "SELECT pg_advisory_lock(1230261837)"};
constexpr Statement applied_migrations{"applied_migrations",
                                       "SELECT number, checksum FROM migration ORDER BY number"};
constexpr Statement remember_migration{
    "remember_migration",
    "INSERT INTO migration (number, name, checksum) VALUES ($1::integer, $2, $3)"};
constexpr Statement stored_shards{"stored_shards",
                                  "SELECT value FROM setting WHERE name = 'shards'"};
constexpr Statement store_setting{"store_setting",
                                  "INSERT INTO setting (name, value) VALUES ($1, $2) "
                                  "ON CONFLICT (name) DO UPDATE SET value = excluded.value"};
constexpr Statement make_lanes{
    "make_lanes",
    "INSERT INTO lane (name) SELECT unnest($1::text[]) ON CONFLICT (name) DO NOTHING"};

using Checksums = std::map<int, std::string>;

Checksums applied(Connection& connection) {
    Session session(connection, Mode::read_write);
    session.execute(
        "CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL, "
        "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
    Checksums found;
    for (const auto& row : session.run(applied_migrations)) {
        found[static_cast<int>(integer_of(row[0]))] = text_of(row[1]);
    }
    session.commit();
    return found;
}

void refuse_unknown(const Checksums& done, std::span<const Migration> migrations) {
    if (done.empty()) return;
    const int newest = migrations.empty() ? 0 : migrations.back().number;
    if (done.rbegin()->first <= newest) return;
    throw MigrationRefused("the database has migration " + std::to_string(done.rbegin()->first) +
                           ", this program knows " + std::to_string(newest) +
                           ": it is older than the database");
}

std::string title(const Migration& migration) {
    return "migration " + std::to_string(migration.number) + " (" + migration.name + ")";
}

/// Does the work in a transaction that waits for no lock for long, and anew while it is in the way.
template <class Work>
void patiently(Connection& connection, const std::string& what, const MigrateTerms& terms,
               Work work) {
    for (int left = terms.tries;; std::this_thread::sleep_for(terms.patience)) {
        try {
            Session session(connection, Mode::read_write);
            session.execute("SET LOCAL lock_timeout = " + std::to_string(terms.patience.count()));
            work(session);
            return session.commit();
        } catch (const Blocked& blocked) {
            if (--left > 0) continue;
            throw MigrationRefused("the database is too busy for " + what +
                                   ": nothing of it was done, run itn-migrate again (" +
                                   blocked.what() + ")");
        }
    }
}

void apply(Connection& connection, const Migration& migration, const std::string& checksum,
           std::string_view rights, const MigrateTerms& terms) {
    patiently(connection, title(migration), terms, [&](Session& session) {
        session.execute(migration.sql);
        session.run(remember_migration,
                    {static_cast<std::int64_t>(migration.number), migration.name, checksum});
        if (!rights.empty()) session.execute(std::string(rights));
    });
}

std::string lane_names(std::uint16_t shards, std::size_t& count) {
    ArrayText names;
    for (const Family family : {Family::trade, Family::cargo, Family::inventory}) {
        for (std::uint16_t shard = 0; shard < shards; ++shard)
            names.add(Lane{.family = family, .shard = shard}.text());
    }
    names.add(Lane{.family = Family::catalogue, .shard = 0}.text());
    count = std::size_t(3) * shards + 1;
    return std::move(names).take();
}

void settle_shards(Connection& connection, std::uint16_t shards, std::vector<std::string>& done) {
    Session session(connection, Mode::read_write);
    const auto stored = session.run(stored_shards);
    if (!stored.empty() && text_of(stored[0][0]) != std::to_string(shards)) {
        throw MigrationRefused("the database was made for " + text_of(stored[0][0]) +
                               " shards, not " + std::to_string(shards) +
                               ": the lanes of what it holds would change");
    }
    if (stored.empty()) session.run(store_setting, {"shards", std::to_string(shards)});
    std::size_t lanes = 0;
    const auto made = session.run(make_lanes, {lane_names(shards, lanes)}).affected_rows();
    session.commit();
    if (made > 0) done.push_back("made the counters of " + std::to_string(made) + " lanes");
}

}  // namespace

std::vector<std::string> migrate(const std::string& url, std::span<const Migration> migrations,
                                 std::uint16_t shards, const MigrateTerms& terms) {
    Connection connection(url, "itn-migrate", Purpose::migrating);
    Session(connection, Mode::autocommit).run(lock_migrations);
    const Checksums before = applied(connection);
    refuse_unknown(before, migrations);

    std::vector<std::string> done;
    for (const Migration& migration : migrations) {
        const std::string checksum = wire::sha256_hex(migration.sql);
        const auto found = before.find(migration.number);
        if (found == before.end()) {
            const bool is_last = &migration == &migrations.back();
            apply(connection, migration, checksum, is_last ? terms.rights : std::string_view(),
                  terms);
            done.push_back("applied " + title(migration));
        } else if (found->second != checksum) {
            throw MigrationRefused(title(migration) +
                                   " is not the one that was applied: add a new one instead of "
                                   "changing it");
        }
    }
    settle_shards(connection, shards, done);
    return done;
}

std::vector<std::string> apply_rights(const std::string& url, const MigrateTerms& terms) {
    Connection connection(url, "itn-migrate", Purpose::migrating);
    Session(connection, Mode::autocommit).run(lock_migrations);
    std::vector<std::string> missing;
    patiently(connection, "the rights of the roles", terms, [&](Session& session) {
        missing.clear();
        for (const auto& row : session.execute(std::string(embedded_rights())))
            missing.push_back(text_of(row[0]));
    });
    return missing;
}

void store_topology_fingerprint(const std::string& url, const std::string& fingerprint) {
    Connection connection(url, "itn-migrate", Purpose::migrating);
    Session session(connection, Mode::read_write);
    session.run(store_setting, {"topology_fingerprint", fingerprint});
    session.commit();
}

}  // namespace itn::storage
