#include "common/storage/rows.h"

#include <charconv>
#include <tuple>

#include "common/base/ensure.h"
#include "common/wire/representation.h"

namespace itn::storage {
namespace {

std::string_view view_of(const pqxx::field& field) {
    return {field.c_str(), field.size()};
}

/// The value of an enum's name.
template <class T>
T known(const std::optional<T>& value) {
    ENSURE(value.has_value());
    return *value;
}

template <class T>
T id_of(const pqxx::field& field) {
    return T(text_of(field));
}

}  // namespace

std::string text_of(const pqxx::field& field) {
    return std::string(view_of(field));
}

std::int64_t integer_of(const pqxx::field& field) {
    const std::string_view text = view_of(field);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    ENSURE(error == std::errc{} && end == text.data() + text.size());
    return number;
}

Timestamp time_of(const pqxx::field& field) {
    // "2031-04-05 06:07:08.12+00", since every session speaks ISO and UTC
    std::string text = text_of(field);
    ENSURE(text.size() > 13 && text.ends_with("+00"));
    text[10] = 'T';
    text.replace(text.size() - 3, 3, "Z");
    return known(from_rfc3339(text));
}

std::optional<Timestamp> time_or_none(const pqxx::field& field) {
    if (field.is_null()) return std::nullopt;
    return time_of(field);
}

Lane lane_of(const pqxx::field& field) {
    return known(Lane::from(view_of(field)));
}

bool flag_of(const pqxx::field& field) {
    return view_of(field) == "t";
}

std::vector<std::string> texts_of(const pqxx::field& field) {
    using pqxx::array_parser;
    std::vector<std::string> texts;
    array_parser parser = field.as_array();
    for (auto [what, text] = parser.get_next(); what != array_parser::done;
         std::tie(what, text) = parser.get_next()) {
        if (what == array_parser::string_value) texts.push_back(text);
    }
    return texts;
}

std::vector<domain::Line> lines_of(const pqxx::field& field) {
    return wire::parse_lines(view_of(field)).value();
}

domain::Trade trade_of(const pqxx::row& row) {
    return {.id = id_of<TransactionId>(row[0]),
            .type = known(domain::trade_type_from(view_of(row[1]))),
            .seller = id_of<StationId>(row[3]),
            .buyer = id_of<StationId>(row[4]),
            .destination = id_of<StationId>(row[5]),
            .lines = lines_of(row[6]),
            .total = Credits(integer_of(row[7])),
            .status = known(domain::trade_status_from(view_of(row[2]))),
            .reason = text_of(row[8]),
            .requested_by = id_of<Principal>(row[9]),
            .version = integer_of(row[10]),
            .created_at = time_of(row[11]),
            .updated_at = time_of(row[12])};
}

domain::Shipment shipment_of(const pqxx::row& row) {
    domain::Cargo cargo{.id = id_of<ShipmentId>(row[0]),
                        .generated = view_of(row[1]) == "t",
                        .origin = id_of<StationId>(row[2]),
                        .destination = id_of<StationId>(row[3]),
                        .status = known(domain::cargo_status_from(view_of(row[4]))),
                        .loaded = Volume(integer_of(row[6])),
                        .trade_count = static_cast<std::int32_t>(integer_of(row[7])),
                        .location = text_of(row[9]),
                        .note = text_of(row[10]),
                        .eta = time_or_none(row[11]),
                        .departed_at = time_or_none(row[12]),
                        .delivered_at = time_or_none(row[13]),
                        .requested_by = id_of<Principal>(row[14]),
                        .version = integer_of(row[15]),
                        .created_at = time_of(row[16]),
                        .updated_at = time_of(row[17])};
    if (!row[5].is_null()) cargo.capacity = Volume(integer_of(row[5]));
    return {.cargo = std::move(cargo),
            .manifest = {.own = wire::parse_goods(view_of(row[8])).value()}};
}

domain::Stock stock_of(const pqxx::row& row) {
    domain::Stock stock{.key = {id_of<StationId>(row[0]), id_of<ProductId>(row[1])},
                        .on_hand = Quantity(integer_of(row[2])),
                        .reserved = Quantity(integer_of(row[3])),
                        .version = integer_of(row[5])};
    if (!row[4].is_null()) stock.low_below = Quantity(integer_of(row[4]));
    return stock;
}

wire::JournalEntry entry_of(const pqxx::row& row) {
    return {.lane = lane_of(row[0]),
            .seq = integer_of(row[1]),
            .kind = known(domain::event_kind_from(view_of(row[2]))),
            .subject = text_of(row[3]),
            .version = integer_of(row[4]),
            .caused_by = text_of(row[5]),
            .traceparent = text_of(row[6]),
            .at = time_of(row[7]),
            .body = text_of(row[8])};
}

wire::Outcome outcome_of(const pqxx::row& row) {
    return {.principal = id_of<Principal>(row[0]),
            .id = id_of<CommandId>(row[1]),
            .payload_hash = text_of(row[2]),
            .kind = known(wire::outcome_kind_from(view_of(row[3]))),
            .code = text_of(row[4]),
            .detail = text_of(row[5]),
            .subject = text_of(row[6]),
            .lane = lane_of(row[7]),
            .seq = integer_of(row[8]),
            .at = time_of(row[9])};
}

LaneCounters counters_of(const pqxx::row& row) {
    return {.lane = lane_of(row[0]),
            .last_seq = integer_of(row[1]),
            .published_seq = integer_of(row[2]),
            .reacted_seq = integer_of(row[3])};
}

}  // namespace itn::storage
