#pragma once

// What the account routes have in common: answers that no cache may keep, the problems of changes
// that were refused, and who it was for the audit trail.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/call.h"
#include "api/room.h"
#include "common/storage/accounts.h"

namespace itn::api {

using AnswerHeaders = std::vector<std::pair<std::string, std::string>>;

/// JSON with secrets or about one person: "Cache-Control: no-store".
void answer_unkept(Call& call, int status, std::string body, AnswerHeaders headers = {});
/// 204.
void answer_nothing(Call& call);
/// The account under its version as ETag, or 304.
void answer_account(Call& call, int status, const storage::Account& account,
                    AnswerHeaders headers = {});
/// {"data":[…]} of rows that are rendered already.
std::string render_list(const std::vector<std::string>& rows);

storage::Cause cause_of(const Room& room, const Call& call);
/// A line of the audit trail by whoever calls.
storage::AuditLine audit_line(const Room& room, const Call& call, std::string event,
                              std::string subject, std::string detail = {});
void audit(storage::Accounts& accounts, const storage::AuditLine& line);

/// Of a wish that names a station which does not exist; says which, as far as this door knows.
Problem unknown_station_problem(const Room& room, const std::vector<StationId>& stations);
/// `token_too_large` when no token could name all of these stations.
std::optional<Problem> stations_problem(const Room& room, const std::vector<StationId>& stations);

/// The account's id of "user:<id>", nullopt for other principals.
std::optional<std::string> account_id_of(const Principal& principal);
/// The name of "partner:<name>", likewise.
std::optional<std::string> partner_name_of(const Principal& principal);
Problem no_such_account();

/// Whether the caller shows an API key, or a token that a key was exchanged for.
bool is_machine(const gateway::Visitor& visitor);
/// `forbidden` for machines, which have no sessions and make no keys.
std::optional<Problem> machine_problem(const Call& call);

}  // namespace itn::api
