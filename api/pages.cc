#include "api/pages.h"

#include <charconv>

#include "common/wire/ids.h"

namespace itn::api {

namespace {

template <class Number>
std::optional<Number> number_from(std::string_view text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

template <class Key>
std::optional<Key> refused(Query& query) {
    query.fault("cursor", "is not one that this list gave");
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<StationId>> stations_to_see(const identity::Caller& caller,
                                                      identity::Action read) {
    const auto& stations = caller.stations;
    if (identity::reach(caller, read) == identity::Reach::everything ||
        (!stations.empty() && stations.front() == identity::every_station))
        return std::nullopt;
    return stations;
}

bool is_shipment_id(std::string_view text) {
    return wire::is_uuid(text) || wire::is_slug(text);
}

CursorKey cursor_key(const storage::TimeCursor& key) {
    return {to_rfc3339(key.created_at), key.id};
}

CursorKey cursor_key(const domain::StockKey& key) {
    return {key.station.text(), key.product.text()};
}

CursorKey cursor_key(const storage::LedgerKey& key) {
    return {to_rfc3339(key.at), key.lane.text(), std::to_string(key.seq), std::to_string(key.n)};
}

std::optional<storage::TimeCursor> time_cursor(Query& query, std::string_view list) {
    const auto key = query.cursor(list, 2);
    if (!key) return std::nullopt;
    const auto at = from_rfc3339(key->at(0));
    if (!at || !is_in_range(*at) || !is_shipment_id(key->at(1)))
        return refused<storage::TimeCursor>(query);
    return storage::TimeCursor{.created_at = *at, .id = key->at(1)};
}

std::optional<domain::StockKey> stock_cursor(Query& query, std::string_view list) {
    const auto key = query.cursor(list, 2);
    if (!key) return std::nullopt;
    if (!wire::is_slug(key->at(0)) || !wire::is_slug(key->at(1)))
        return refused<domain::StockKey>(query);
    return domain::StockKey{.station = StationId(key->at(0)), .product = ProductId(key->at(1))};
}

std::optional<storage::LedgerKey> ledger_cursor(Query& query, std::string_view list) {
    const auto key = query.cursor(list, 4);
    if (!key) return std::nullopt;
    const auto at = from_rfc3339(key->at(0));
    const auto lane = Lane::from(key->at(1));
    const auto seq = number_from<std::int64_t>(key->at(2));
    const auto n = number_from<std::int32_t>(key->at(3));
    if (!at || !is_in_range(*at) || !lane || !seq || !n) return refused<storage::LedgerKey>(query);
    return storage::LedgerKey{.at = *at, .lane = *lane, .seq = *seq, .n = *n};
}

std::optional<std::string> id_cursor(Query& query, std::string_view list) {
    const auto key = query.cursor(list, 1);
    if (!key) return std::nullopt;
    if (!wire::is_slug(key->at(0))) return refused<std::string>(query);
    return key->at(0);
}

}  // namespace itn::api
