#pragma once

// Rows of accounts, keys and partners as values, in the column order of statements_accounts.h, and
// what several files of Accounts do in one transaction. Private to this folder.

#include <initializer_list>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "common/storage/accounts.h"
#include "common/storage/postgres.h"

namespace itn::storage {

std::vector<StationId> stations_of(const pqxx::field& field);
/// Of the statement rights_of.
Rights rights_of(const pqxx::row& row);
/// From hex.
identity::Digest digest_of(const pqxx::field& field);
std::string hex_of(const identity::Digest& digest);
/// "t" or "f".
Param flag(bool value);

/// Inserts the stations of one account or partner that are missing. False: one of them does not
/// exist, and the transaction is dead.
bool add_stations(Session& session, const Statement& insert, const std::string& of,
                  const std::vector<StationId>& stations);
/// Lines of the trail, in this transaction; what is longer than the trail keeps is cut.
void write_audit(Session& session, std::span<const AuditLine> lines);

}  // namespace itn::storage
