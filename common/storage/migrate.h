#pragma once

// Numbered migrations (sql/NNNN_name.sql, embedded at build time), each applied once, in a
// transaction of its own, by one process at a time (advisory lock). What was applied is remembered
// with its checksum: a file that changed afterwards is refused, since nobody could say any more
// what the database looks like.
//
// It is done under processes that work. Whoever works on a table waits behind a migration that
// waits for it, so none waits long: it gives up, rests, and tries again a few times.

#include <chrono>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace itn::storage {

struct Migration {
    int number = 0;
    std::string name{};  // "goods"
    std::string sql{};
};

/// Those of sql/, in order.
std::span<const Migration> embedded_migrations();

/// A refusal, in a sentence for people.
class MigrationRefused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct MigrateTerms {
    /// SQL that is applied together with the last migration, if any is missing: the rights, so that
    /// no role is ever without those of a new table.
    std::string_view rights{};
    /// How long each try waits for a lock, no longer than those behind it do, and rests after it.
    std::chrono::milliseconds patience = std::chrono::seconds(2);
    int tries = 5;
};

/// Applies what is missing, then stores the number of shards (a different one is refused: the
/// subjects' lanes would change) and makes the counters of every lane. Returns one line for each
/// thing done; none when all was done before. Throws MigrationRefused, also when the database was
/// too busy, MachineFailure, CommandFault.
std::vector<std::string> migrate(const std::string& url, std::span<const Migration> migrations,
                                 std::uint16_t shards, const MigrateTerms& terms = {});

/// sql/rights.sql: what the roles of the other processes may do; its last statement names the roles
/// that do not exist.
std::string_view embedded_rights();
/// Gives each role its rights, all anew, in one transaction; for a database that is migrated.
/// Returns the names of roles that do not exist. Throws MigrationRefused, when the database was too
/// busy, and MachineFailure.
std::vector<std::string> apply_rights(const std::string& url, const MigrateTerms& terms = {});

/// Remembers which topology the broker was given.
void store_topology_fingerprint(const std::string& url, const std::string& fingerprint);

}  // namespace itn::storage
