#include "common/storage/schema.h"

#include "common/storage/migrate.h"
#include "common/storage/postgres.h"
#include "common/storage/rows.h"

namespace itn::storage {
namespace {

constexpr Statement has_settings{"has_settings",
                                 "SELECT to_regclass('setting') IS NOT NULL "
                                 "AND to_regclass('migration') IS NOT NULL"};
constexpr Statement all_settings{
    "all_settings",
    "SELECT name, value FROM setting UNION ALL "
    "SELECT 'schema_version', coalesce(max(number), 0)::text FROM migration"};

const std::string remedy = "; run itn-migrate";

}  // namespace

std::optional<Settings> read_settings(const std::string& url) {
    Connection connection(url, "itn-check", Purpose::reading);
    Session session(connection, Mode::snapshot);
    if (text_of(session.run(has_settings)[0][0]) != "t") return std::nullopt;
    Settings settings;
    for (const auto& row : session.run(all_settings)) {
        const std::string name = text_of(row[0]);
        if (name == "shards") settings.shards = static_cast<std::uint16_t>(integer_of(row[1]));
        if (name == "epoch") settings.epoch = text_of(row[1]);
        if (name == "topology_fingerprint") settings.topology_fingerprint = text_of(row[1]);
        if (name == "schema_version")
            settings.schema_version = static_cast<int>(integer_of(row[1]));
    }
    return settings;
}

std::optional<std::string> schema_fault(const std::string& url, std::uint16_t shards,
                                        const std::string& fingerprint) {
    const std::optional<Settings> found = read_settings(url);
    if (!found) return "the database is empty" + remedy;
    const int wanted = embedded_migrations().back().number;
    if (found->schema_version != wanted) {
        return "the database has schema " + std::to_string(found->schema_version) +
               ", this program needs " + std::to_string(wanted) +
               (found->schema_version < wanted ? remedy : "; use the newer program");
    }
    if (found->shards != shards) {
        return "the database was made for " + std::to_string(found->shards) +
               " shards, this process is set to " + std::to_string(shards) +
               "; set ITN_SHARDS=" + std::to_string(found->shards);
    }
    if (!fingerprint.empty() && found->topology_fingerprint != fingerprint) {
        return (found->topology_fingerprint.empty()
                    ? std::string("the broker's topology was never declared")
                    : "the broker's topology was declared by another version") +
               remedy;
    }
    return std::nullopt;
}

}  // namespace itn::storage
