// Partners: other companies' systems and the stations they act for.

#include "common/storage/account_rows.h"
#include "common/storage/array_text.h"
#include "common/storage/reader_snapshot.h"
#include "common/storage/statements_accounts.h"

namespace itn::storage {
namespace {

namespace sql = statements;

Partner partner_of(const pqxx::row& row) {
    return {.name = text_of(row[0]),
            .stations = stations_of(row[4]),
            .disabled = flag_of(row[1]),
            .version = integer_of(row[2]),
            .created_at = time_of(row[3])};
}

/// The rest of both writes.
Changed settle(Session& session, const Partner& partner, const char* event, Timestamp now,
               const Principal& by) {
    if (!add_stations(session, sql::insert_partner_stations, partner.name, partner.stations))
        return Changed::unknown_station;
    if (!partner.disabled) session.run(sql::begin_partner_feed);
    std::string detail = partner.disabled ? "disabled" : "";
    for (const StationId& station : partner.stations)
        (detail += detail.empty() ? "" : " ") += station.text();
    const AuditLine line{.at = now,
                         .event = event,
                         .principal = by,
                         .subject = partner.principal().text(),
                         .detail = std::move(detail)};
    write_audit(session, std::span(&line, 1));
    session.commit();
    return Changed::done;
}

}  // namespace

Changed Accounts::add_partner(const Partner& partner, Timestamp now, const Principal& by) {
    Session session(connection_, Mode::read_write);
    const auto made = session.run(sql::insert_partner, {partner.name, flag(partner.disabled), now});
    if (made.affected_rows() == 0) return Changed::exists;
    return settle(session, partner, "partner_added", now, by);
}

Changed Accounts::change_partner(const std::string& name, const std::vector<StationId>& stations,
                                 bool disabled, Timestamp now, const Principal& by) {
    Session session(connection_, Mode::read_write);
    const auto changed = session.run(sql::update_partner, {name, flag(disabled), now});
    if (changed.affected_rows() == 0) return Changed::missing;
    session.run(sql::drop_partner_stations, {name, array_of(stations)});
    const Partner partner{.name = name, .stations = stations, .disabled = disabled};
    return settle(session, partner, "partner_changed", now, by);
}

std::optional<Partner> Accounts::partner(const std::string& name) {
    Session session(connection_, Mode::autocommit);
    return first_of<Partner>(session.run(sql::list_partners, {name}), partner_of);
}

std::vector<Partner> Accounts::partners() {
    Session session(connection_, Mode::autocommit);
    std::vector<Partner> found;
    for (const auto& row : session.run(sql::list_partners, {std::nullopt}))
        found.push_back(partner_of(row));
    return found;
}

}  // namespace itn::storage
