// People and their rights: every change is one transaction of the row, its event and its line in
// the audit trail.

#include <limits>

#include "common/base/ensure.h"
#include "common/storage/account_rows.h"
#include "common/storage/array_text.h"
#include "common/storage/catalogue_lane.h"
#include "common/storage/reader_snapshot.h"
#include "common/storage/statements_accounts.h"
#include "common/wire/account.h"

namespace itn::storage {
namespace {

namespace sql = statements;
using domain::EventKind;

Account account_of(const pqxx::row& row) {
    const auto role = identity::role_from(text_of(row[3]));
    ENSURE(role.has_value());
    return {.id = text_of(row[0]),
            .name = text_of(row[1]),
            .email = text_of(row[2]),
            .role = *role,
            .stations = stations_of(row[8]),
            .disabled = flag_of(row[4]),
            .version = integer_of(row[5]),
            .created_at = time_of(row[6]),
            .changed_at = time_of(row[7])};
}

std::optional<Account> find(Session& session, const std::string& id) {
    return first_of<Account>(session.run(sql::find_account, {id}), account_of);
}

/// The account as the transaction leaves it is told to everybody and to the trail; then all of it
/// is committed.
Changed tell(Session& session, const std::string& id, EventKind kind, const Cause& cause,
             AuditLine line) {
    const std::optional<Account> account = find(session, id);
    ENSURE(account.has_value());
    line.at = cause.at;
    line.subject = account->principal().text();
    if (line.principal.empty()) line.principal = account->principal();
    write_audit(session, std::span(&line, 1));
    append(session,
           {.kind = kind,
            .subject = line.subject,
            .version = account->version,
            .body = wire::render(*account)},
           cause);
    session.commit();
    return Changed::done;
}

std::string told(const Account& account) {
    std::string text(name(account.role));
    for (const StationId& station : account.stations)
        text += " " + station.text();
    return text;
}

/// Whether nobody could change rights any more without this account.
bool is_last_admin(Session& session, const std::string& id) {
    const auto admins = session.run(sql::lock_admins, {});
    return admins.size() == 1 && text_of(admins[0][0]) == id;
}

}  // namespace

Changed Accounts::register_account(const Account& account, const std::string& password_hash,
                                   const Cause& cause) {
    Session session(connection_, Mode::read_write);
    const auto made =
        session.run(sql::insert_account, {account.id, account.name, account.email, password_hash,
                                          name(account.role), flag(account.disabled), cause.at});
    if (made.affected_rows() == 0) return Changed::exists;
    if (!add_stations(session, sql::insert_memberships, account.id, account.stations))
        return Changed::unknown_station;
    return tell(session, account.id, EventKind::user_registered, cause,
                {.event = "account_registered", .detail = told(account)});
}

std::optional<Credentials> Accounts::by_email(const std::string& email) {
    Session session(connection_, Mode::autocommit);
    return first_of<Credentials>(
        session.run(sql::find_credentials, {email}), [](const pqxx::row& row) {
            return Credentials{.account = account_of(row), .password = text_of(row[9])};
        });
}

std::optional<Account> Accounts::account(const std::string& id) {
    Session session(connection_, Mode::autocommit);
    return find(session, id);
}

Page<Account> Accounts::accounts(const std::optional<std::string>& after, std::size_t limit) {
    Session session(connection_, Mode::autocommit);
    return page_of<Account>(session.run(sql::list_accounts, {after, with_one_more(limit)}), limit,
                            account_of);
}

Changed Accounts::change_role(const std::string& id, identity::Role role,
                              const std::vector<StationId>& stations, std::int64_t expected,
                              const Cause& cause, const Principal& by) {
    Session session(connection_, Mode::read_write);
    if (role != identity::Role::admin && is_last_admin(session, id)) return Changed::last_admin;
    const auto changed = session.run(sql::update_role, {id, name(role), expected, cause.at});
    if (changed.affected_rows() == 0) return find(session, id) ? Changed::stale : Changed::missing;
    session.run(sql::drop_memberships, {id, array_of(stations)});
    if (!add_stations(session, sql::insert_memberships, id, stations))
        return Changed::unknown_station;
    return tell(session, id, EventKind::user_updated, cause,
                {.event = "role_changed",
                 .principal = by,
                 .detail = told({.role = role, .stations = stations})});
}

Changed Accounts::set_disabled(const std::string& id, bool disabled, const Cause& cause,
                               const Principal& by) {
    Session session(connection_, Mode::read_write);
    if (disabled && is_last_admin(session, id)) return Changed::last_admin;
    const auto changed = session.run(sql::update_disabled, {id, flag(disabled), cause.at});
    if (changed.affected_rows() == 0) return find(session, id) ? Changed::done : Changed::missing;
    if (disabled) session.run(sql::revoke_families, {"user:" + id});
    return tell(session, id, EventKind::user_updated, cause,
                {.event = disabled ? "account_disabled" : "account_enabled", .principal = by});
}

Changed Accounts::set_password(const std::string& id, const std::string& password_hash,
                               const Cause& cause) {
    Session session(connection_, Mode::read_write);
    const auto changed = session.run(sql::update_password, {id, password_hash, cause.at});
    if (changed.affected_rows() == 0) return Changed::missing;
    session.run(sql::revoke_families, {"user:" + id});
    return tell(session, id, EventKind::user_updated, cause, {.event = "password_changed"});
}

void Accounts::end_stolen_session(const identity::RefreshFamily& family, const Cause& cause,
                                  AuditLine line) {
    Session session(connection_, Mode::read_write);
    if (session.run(sql::revoke_family, {family.id}).affected_rows() == 0) return;
    const std::string id = family.principal.text().substr(std::string_view("user:").size());
    if (session.run(sql::count_account_up, {id, cause.at}).affected_rows() == 0)
        return session.commit();
    tell(session, id, EventKind::user_updated, cause, std::move(line));
}

void Accounts::rehash(const std::string& id, const std::string& from,
                      const std::string& password_hash) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::rehash_password, {id, from, password_hash});
}

std::optional<Rights> Accounts::rights(const Principal& principal) {
    auto found = rights(std::span(&principal, 1));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::vector<Rights> Accounts::rights(std::span<const Principal> principals) {
    Session session(connection_, Mode::autocommit);
    std::vector<Rights> found;
    for (const auto& row : session.run(sql::rights_of, {array_of(principals)}))
        found.push_back(rights_of(row));
    return found;
}

AccountChanges Accounts::changes(Timestamp since) {
    Session session(connection_, Mode::autocommit);
    AccountChanges changes;
    for (const auto& row : session.run(sql::changed_subjects, {since})) {
        changes.subjects.push_back({.principal = Principal(text_of(row[0])),
                                    .version = flag_of(row[1])
                                                   ? std::numeric_limits<std::int64_t>::max()
                                                   : integer_of(row[2]),
                                    .changed_at = time_of(row[3])});
    }
    for (const auto& row : session.run(sql::revoked_keys, {since}))
        changes.revoked_keys.push_back(text_of(row[0]));
    for (const auto& row : session.run(sql::ended_sessions, {since}))
        changes.ended_sessions.push_back(text_of(row[0]));
    return changes;
}

}  // namespace itn::storage
