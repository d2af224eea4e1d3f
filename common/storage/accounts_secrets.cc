// Sessions, API keys and tickets. Whatever may be used once is exchanged or taken by one statement,
// so of many at the same moment one wins.

#include "common/base/limits.h"
#include "common/storage/account_rows.h"
#include "common/storage/reader_snapshot.h"
#include "common/storage/statements_accounts.h"

namespace itn::storage {
namespace {

namespace sql = statements;

constexpr const char* unique_violation = "23505";
constexpr auto a_day = std::chrono::hours(24);

ApiKeyRow key_of(const pqxx::row& row) {
    return {.key = {.id = text_of(row[0]),
                    .owner = Principal(text_of(row[1])),
                    .secret_hash = digest_of(row[2]),
                    .scopes = identity::scopes_from(text_of(row[3])),
                    .expires_at = time_of(row[4]),
                    .revoked = flag_of(row[5])},
            .name = text_of(row[6]),
            .created_at = time_of(row[7])};
}

bool is_full(const pqxx::field& count, std::size_t most) {
    return integer_of(count) >= static_cast<std::int64_t>(most);
}

}  // namespace

void Accounts::begin_session(const identity::RefreshFamily& family) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::insert_family, {family.id, family.principal, hex_of(family.current_hash),
                                     family.started_at, family.expires_at, flag(family.revoked)});
}

std::optional<identity::RefreshFamily> Accounts::family(const std::string& id) {
    Session session(connection_, Mode::autocommit);
    return first_of<identity::RefreshFamily>(
        session.run(sql::find_family, {id}), [](const pqxx::row& row) {
            return identity::RefreshFamily{.id = text_of(row[0]),
                                           .principal = Principal(text_of(row[1])),
                                           .current_hash = digest_of(row[2]),
                                           .started_at = time_of(row[3]),
                                           .expires_at = time_of(row[4]),
                                           .revoked = flag_of(row[5])};
        });
}

bool Accounts::rotate(const identity::RefreshFamily& family, const identity::Digest& from) {
    Session session(connection_, Mode::autocommit);
    const auto changed =
        session.run(sql::rotate_family,
                    {family.id, hex_of(from), hex_of(family.current_hash), family.expires_at});
    return changed.affected_rows() == 1;
}

void Accounts::revoke_family(const std::string& id) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::revoke_family, {id});
}

void Accounts::sign_out(const std::string& id, Timestamp now) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::sign_out_family, {id, now, identity::session_of(id)});
}

void Accounts::revoke_sessions(const Principal& principal) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::revoke_families, {principal});
}

Changed Accounts::create_key(const ApiKeyRow& row) {
    Session session(connection_, Mode::read_write);
    session.run(sql::lock_keys, {row.key.owner});
    const auto counted = session.run(
        sql::count_keys, {row.key.owner, row.name, row.created_at, row.created_at - a_day});
    if (is_full(counted[0][0], limits::max_active_api_keys)) return Changed::too_many;
    if (is_full(counted[0][1], limits::max_owned_api_keys)) return Changed::too_many;
    if (is_full(counted[0][2], limits::max_fresh_api_keys)) return Changed::too_often;
    try {
        session.run(sql::insert_key,
                    {row.key.id, row.key.owner, row.name, hex_of(row.key.secret_hash),
                     names(row.key.scopes), row.created_at, row.key.expires_at});
    } catch (const CommandFault& fault) {
        if (fault.sqlstate() != unique_violation) throw;
        return Changed::exists;
    }
    session.commit();
    return Changed::done;
}

std::optional<identity::StoredApiKey> Accounts::key(const std::string& id) {
    Session session(connection_, Mode::autocommit);
    return first_of<identity::StoredApiKey>(session.run(sql::find_key, {id}),
                                            [](const pqxx::row& row) { return key_of(row).key; });
}

std::vector<ApiKeyRow> Accounts::keys(const Principal& owner, Timestamp now) {
    Session session(connection_, Mode::autocommit);
    const auto most = static_cast<std::int64_t>(limits::max_page);
    std::vector<ApiKeyRow> found;
    for (const auto& row : session.run(sql::list_keys, {owner, now, most}))
        found.push_back(key_of(row));
    return found;
}

bool Accounts::revoke_key(const std::string& id, const std::optional<Principal>& owner,
                          Timestamp now) {
    Session session(connection_, Mode::autocommit);
    return session.run(sql::revoke_key, {id, owner, now}).affected_rows() == 1;
}

void Accounts::keep_ticket(const identity::Digest& hash, const Ticket& ticket, Timestamp expires) {
    Session session(connection_, Mode::autocommit);
    session.run(sql::insert_ticket, {hex_of(hash), ticket.principal, expires, ticket.session,
                                     ticket.client, ticket.stays_until});
}

std::optional<Accounts::Ticket> Accounts::take_ticket(const identity::Digest& hash, Timestamp now) {
    Session session(connection_, Mode::autocommit);
    const auto rows = session.run(sql::take_ticket, {hex_of(hash)});
    if (rows.empty() || time_of(rows[0][1]) <= now) return std::nullopt;
    const auto& row = rows[0];
    return Ticket{.principal = Principal(text_of(row[0])),
                  .session = text_of(row[2]),
                  .client = text_of(row[3]),
                  .stays_until = time_or_none(row[4])};
}

}  // namespace itn::storage
