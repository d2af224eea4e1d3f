#pragma once

// A connection to Postgres and one transaction on it, over libpqxx. For this folder and the audit;
// the rest of the system sees Store and Reader.
//
// Every error of the server leaves here as one of the three exceptions of store.h:
//
//   22xxx, 23xxx, XX000           CommandFault (but 23505 on outcome_pkey: OutcomeTaken)
//   40P01, 55P03                  Blocked, which is a MachineFailure
//   everything else, lost or      MachineFailure
//   in-doubt connections

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <set>
#include <string>
#include <vector>

#include "common/base/amount.h"
#include "common/base/id.h"
#include "common/base/limits.h"
#include "common/base/time.h"
#include "common/storage/statements.h"
#include "common/storage/store.h"

namespace itn::storage {

/// Somebody held a lock for longer than one waits, or two waited for each other.
class Blocked final : public MachineFailure {
public:
    using MachineFailure::MachineFailure;
};

/// Workers plan every statement once and for all values, readers with the values in sight where
/// that is cheaper; a migration has no time limits.
enum class Purpose { batches, reading, migrating };

/// Opens at first use, and anew after a loss. Not thread-safe.
class Connection final {
public:
    /// `statement` is how long the server works on one statement; a migration has all the time.
    Connection(std::string url, std::string application, Purpose purpose = Purpose::batches,
               std::chrono::milliseconds statement = limits::statement);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Throws MachineFailure when the server cannot be reached.
    pqxx::connection& live();
    void prepare(const Statement& statement);
    /// The next live() opens a new one.
    void lose() { is_lost_ = true; }

private:
    const std::string options_;
    std::unique_ptr<pqxx::connection> connection_;
    std::set<std::string, std::less<>> prepared_;
    bool is_lost_ = false;
};

/// A parameter as text, or NULL.
class Param final {
public:
    Param(std::string text) : text_(std::move(text)) {}            // NOLINT
    Param(const char* text) : text_(text) {}                       // NOLINT
    Param(std::string_view text) : text_(std::string(text)) {}     // NOLINT
    Param(std::int64_t number) : text_(std::to_string(number)) {}  // NOLINT
    Param(Timestamp at) : text_(to_rfc3339(at)) {}                 // NOLINT
    Param(std::nullopt_t) {}                                       // NOLINT
    template <class Tag>
    Param(const Id<Tag>& id) : text_(id.text()) {}  // NOLINT
    template <class Tag>
    Param(Amount<Tag> amount) : Param(amount.value()) {}  // NOLINT
    template <class T>
    Param(const std::optional<T>& value) {  // NOLINT
        if (value) *this = Param(*value);
    }

    /// nullptr: NULL.
    const char* text() const { return text_ ? text_->c_str() : nullptr; }

private:
    std::optional<std::string> text_;
};

enum class Mode {
    autocommit,  // each statement by itself
    read_write,  // READ COMMITTED
    snapshot,    // REPEATABLE READ, READ ONLY
};

/// One transaction; rolls back when destroyed uncommitted. At most one at a time per connection.
class Session final {
public:
    Session(Connection& connection, Mode mode);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    pqxx::result run(const Statement& statement, const std::vector<Param>& params = {});
    /// Plain SQL, more than one statement if need be; for migrations.
    pqxx::result execute(const std::string& sql);
    void commit();

private:
    template <class Work>
    auto guarded(Work work) -> decltype(work());

    Connection& connection_;
    std::unique_ptr<pqxx::transaction_base> work_;
};

}  // namespace itn::storage
