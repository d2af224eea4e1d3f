#include <functional>
#include <map>
#include <tuple>

#include "common/base/limits.h"
#include "common/storage/array_text.h"
#include "common/storage/reader_snapshot.h"
#include "common/wire/ids.h"

namespace itn::storage {
namespace {

namespace sql = statements;

/// The shipment stands behind the trade's own columns.
domain::Trade trade_with_shipment(const pqxx::row& row) {
    domain::Trade trade = trade_of(row);
    const auto shipment = row[row.size() - 1];
    if (!shipment.is_null()) trade.shipment = ShipmentId(text_of(shipment));
    return trade;
}

template <class Status>
std::optional<std::string> name_of(const std::optional<Status>& status) {
    if (!status) return std::nullopt;
    return std::string(name(*status));
}

std::optional<std::string> array_of(const std::optional<std::vector<StationId>>& stations) {
    if (!stations) return std::nullopt;
    ArrayText text;
    for (const StationId& station : *stations)
        text.add(station);
    return std::move(text).take();
}

TimeCursor cursor_of(const domain::Trade& trade) {
    return {.created_at = trade.created_at, .id = trade.id.text()};
}

TimeCursor cursor_of(const CargoView& view) {
    return {.created_at = view.shipment.cargo.created_at, .id = view.shipment.cargo.id.text()};
}

/// Ids that no other one sorts before.
constexpr std::string_view least_trade = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view least_shipment = "0";

bool is_further(const TimeCursor& one, const TimeCursor& other) {
    return std::tie(one.created_at, one.id) < std::tie(other.created_at, other.id);
}

/// Of a page that ended at a row which may be somebody else's: it goes on with all rows of that
/// time, those on the page included, so that no id is told. Only where one page cannot look at all
/// rows of one microsecond the row itself has to be named.
template <class T>
void end_between_times(TimePage<T>& page, const std::optional<TimeCursor>& after,
                       std::string_view least_id) {
    const auto time = page.next->created_at;
    TimeCursor next{.created_at = time + std::chrono::microseconds(1), .id = std::string(least_id)};
    if (after && !is_further(next, *after)) return;
    while (!page.rows.empty() && cursor_of(page.rows.back()).created_at == time)
        page.rows.pop_back();
    page.next = std::move(next);
}

/// `examined` asks for the last row that was looked at; only a page that is not full needs it.
template <class T, class Filter>
TimePage<T> time_page(Page<T> page, const Filter& filter, std::string_view least_id,
                      const std::function<pqxx::result()>& examined) {
    TimePage<T> out{.rows = std::move(page.rows)};
    if (page.more) {
        out.next = cursor_of(out.rows.back());
    } else if (const auto rows = examined(); !rows.empty()) {
        out.next = TimeCursor{.created_at = time_of(rows[0][0]), .id = text_of(rows[0][1])};
        if (filter.parties) end_between_times(out, filter.after, least_id);
    }
    out.more = out.next.has_value();
    return out;
}

/// Fills in what is aboard of every one.
void fill_manifests(Session& session, std::vector<CargoView>& views) {
    if (views.empty()) return;
    std::map<ShipmentId, CargoView*> by_id;
    ArrayText ids;
    for (CargoView& view : views) {
        by_id[view.shipment.cargo.id] = &view;
        ids.add(view.shipment.cargo.id);
    }
    for (const auto& row : session.run(sql::trades_aboard, {std::move(ids).take()})) {
        CargoView& view = *by_id.at(ShipmentId(text_of(row[0])));
        view.shipment.manifest.trades.emplace_back(text_of(row[1]));
        for (const domain::Line& line : lines_of(row[2])) {
            view.aboard.push_back({.product = line.product,
                                   .quantity = line.quantity,
                                   .unit_volume = line.unit_volume});
        }
    }
}

CargoView view_of(const pqxx::row& row) {
    return {.shipment = shipment_of(row)};
}

}  // namespace

Read<std::optional<domain::Trade>> Reader::trade(const TransactionId& id) {
    return read(*connection_, [&](Session& session) -> std::optional<domain::Trade> {
        if (!wire::is_uuid(id.text())) return std::nullopt;
        return first_of<domain::Trade>(session.run(sql::find_trade, {id}), trade_with_shipment);
    });
}

Read<TimePage<domain::Trade>> Reader::trades(const TradeFilter& filter) {
    return read(*connection_, [&](Session& session) {
        if (filter.parties && filter.parties->empty()) return TimePage<domain::Trade>{};
        std::optional<Timestamp> time;
        std::optional<std::string> id;
        if (filter.after) {
            time = filter.after->created_at;
            id = filter.after->id;
        }
        const auto examine = static_cast<std::int64_t>(filter.examine);
        const auto rows = session.run(
            sql::list_trades,
            {time, id, filter.from, filter.to, filter.station, name_of(filter.status),
             filter.product, with_one_more(filter.limit), examine, array_of(filter.parties)});
        return time_page(page_of<domain::Trade>(rows, filter.limit, trade_with_shipment), filter,
                         least_trade, [&] {
                             return session.run(sql::last_examined_trade,
                                                {time, id, filter.from, filter.to, examine});
                         });
    });
}

Read<std::optional<CargoView>> Reader::cargo(const ShipmentId& id) {
    return read(*connection_, [&](Session& session) -> std::optional<CargoView> {
        const auto rows = session.run(sql::find_cargo, {id});
        if (rows.empty()) return std::nullopt;
        std::vector<CargoView> views{view_of(rows[0])};
        fill_manifests(session, views);
        return std::move(views.front());
    });
}

Read<TimePage<CargoView>> Reader::cargos(const CargoFilter& filter) {
    return read(*connection_, [&](Session& session) {
        if (filter.parties && filter.parties->empty()) return TimePage<CargoView>{};
        std::optional<Timestamp> time;
        std::optional<std::string> id;
        if (filter.after) {
            time = filter.after->created_at;
            id = filter.after->id;
        }
        const auto examine = static_cast<std::int64_t>(filter.examine);
        const auto rows = session.run(
            sql::list_cargo, {time, id, name_of(filter.status), filter.station,
                              with_one_more(filter.limit), examine, array_of(filter.parties)});
        auto page =
            time_page(page_of<CargoView>(rows, filter.limit, view_of), filter, least_shipment, [&] {
                return session.run(sql::last_examined_cargo, {time, id, examine});
            });
        fill_manifests(session, page.rows);
        return page;
    });
}

Read<std::vector<wire::JournalEntry>> Reader::history(const std::string& subject) {
    return read(*connection_, [&](Session& session) {
        std::vector<wire::JournalEntry> entries;
        for (const auto& row :
             session.run(sql::history, {subject, static_cast<std::int64_t>(limits::max_history)})) {
            entries.push_back(entry_of(row));
        }
        return entries;
    });
}

std::optional<wire::JournalEntry> Reader::first_event(Family family, const std::string& subject) {
    Session session(*connection_, Mode::autocommit);
    return first_of<wire::JournalEntry>(session.run(sql::first_event, {subject, name(family)}),
                                        entry_of);
}

}  // namespace itn::storage
