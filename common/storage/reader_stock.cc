#include "common/base/limits.h"
#include "common/storage/reader_snapshot.h"

namespace itn::storage {
namespace {

namespace sql = statements;

LedgerLine line_of(const pqxx::row& row) {
    const auto kind = domain::event_kind_from(text_of(row[4]));
    return {.lane = lane_of(row[0]),
            .seq = integer_of(row[1]),
            .n = static_cast<std::int32_t>(integer_of(row[2])),
            .at = time_of(row[3]),
            .kind = kind.value_or(domain::EventKind::critical),
            .subject = text_of(row[5]),
            .caused_by = text_of(row[6]),
            .counterpart = text_of(row[7]),
            .delta = Quantity(integer_of(row[8])),
            .balance = Quantity(integer_of(row[9]))};
}

Page<LedgerLine> lines_of_account(Session& session, const std::string& account,
                                  const LedgerFilter& filter) {
    const auto& after = filter.after;
    const std::optional<Timestamp> at = after ? std::optional(after->at) : std::nullopt;
    const auto rows =
        session.run(sql::list_ledger, {account, filter.key.product, filter.as_of, at,
                                       after ? Param(after->lane.text()) : Param(std::nullopt),
                                       after ? Param(after->seq) : Param(std::nullopt),
                                       after ? Param(std::int64_t(after->n)) : Param(std::nullopt),
                                       with_one_more(filter.limit)});
    return page_of<LedgerLine>(rows, filter.limit, line_of);
}

std::vector<TradeVolume> volumes(Session& session, const char* unit, Timestamp since) {
    std::vector<TradeVolume> found;
    for (const auto& row : session.run(sql::trade_volume, {unit, since})) {
        found.push_back({.period = time_of(row[0]),
                         .status = text_of(row[1]),
                         .trades = integer_of(row[2]),
                         .total = Credits(integer_of(row[3]))});
    }
    return found;
}

}  // namespace

Read<Page<domain::Stock>> Reader::inventory(const StockFilter& filter) {
    return read(*connection_, [&](Session& session) {
        std::optional<StationId> station;
        std::optional<ProductId> product;
        if (filter.after) {
            station = filter.after->station;
            product = filter.after->product;
        }
        const auto rows = session.run(
            sql::list_stock, {station, product, filter.station, with_one_more(filter.limit)});
        return page_of<domain::Stock>(rows, filter.limit, stock_of);
    });
}

Read<std::optional<domain::Stock>> Reader::stock(const domain::StockKey& key) {
    return read(*connection_, [&](Session& session) {
        return first_of<domain::Stock>(session.run(sql::find_stock, {key.station, key.product}),
                                       stock_of);
    });
}

Read<Ledger> Reader::ledger(const LedgerFilter& filter) {
    return read(*connection_, [&](Session& session) {
        const std::string account = domain::account_of(filter.key.station);
        const auto total = session.run(sql::balance, {account, filter.key.product, filter.as_of});
        return Ledger{.balance = Quantity(integer_of(total[0][0])),
                      .lines = lines_of_account(session, account, filter)};
    });
}

Read<Summary> Reader::summary(Timestamp now) {
    return read(*connection_, [&](Session& session) {
        Summary summary{
            .per_hour = volumes(session, "hour", now - std::chrono::hours(24)),
            .per_day = volumes(session, "day", now - std::chrono::days(30)),
        };
        for (const auto& row : session.run(sql::cargo_by_status)) {
            if (const auto status = domain::cargo_status_from(text_of(row[0]))) {
                summary.cargo.emplace_back(*status, integer_of(row[1]));
            }
        }
        for (const auto& row : session.run(sql::stock_per_station)) {
            summary.stock.push_back({.station = StationId(text_of(row[0])),
                                     .products = integer_of(row[1]),
                                     .on_hand = Quantity(integer_of(row[2])),
                                     .reserved = Quantity(integer_of(row[3]))});
        }
        return summary;
    });
}

}  // namespace itn::storage
