#include "api/stations.h"

#include <utility>

#include "api/catalogue_resource.h"
#include "common/wire/wish.h"

namespace itn::api {

namespace {

struct StationNoun {
    using Row = wire::Station;
    using RowId = StationId;
    using Wish = wire::StationWish;
    static constexpr std::string_view name = "station";
    static constexpr std::string_view path = "/api/stations";
    static constexpr std::string_view param = "stationId";

    static auto parse(std::string_view body, std::optional<std::string_view> id) {
        return wire::parse_station_wish(body, id);
    }
    static auto patch(const Row& current, std::string_view body) {
        return wire::patch_station(current, body);
    }
    static Row row_of(Wish wish) { return std::move(wish.station); }
    static const auto& rows(const gateway::Catalogue& catalogue) { return catalogue.stations; }
    static auto list(storage::Reader& reader, const std::optional<RowId>& after,
                     std::size_t limit) {
        return reader.stations(after, limit);
    }
    static auto read(storage::Reader& reader, const RowId& id) { return reader.station(id); }
    static auto create(storage::Reader& reader, const Row& row, const storage::Cause& cause) {
        return reader.create_station(row, cause);
    }
    static auto update(storage::Reader& reader, const Row& row, std::int64_t expected,
                       const storage::Cause& cause) {
        return reader.update_station(row, expected, cause);
    }
    static auto remove(storage::Reader& reader, const RowId& id, std::int64_t expected,
                       const storage::Cause& cause) {
        return reader.delete_station(id, expected, cause);
    }
};
using Stations = CatalogueResource<StationNoun>;

}  // namespace

void list_stations(const Room& room, CallPtr call) {
    Stations::list(room, std::move(call));
}

void show_station(const Room& room, CallPtr call) {
    Stations::show(room, std::move(call));
}

void create_station(const Room& room, CallPtr call) {
    Stations::create(room, std::move(call));
}

void replace_station(const Room& room, CallPtr call) {
    Stations::replace(room, std::move(call));
}

void patch_station(const Room& room, CallPtr call) {
    Stations::patch(room, std::move(call));
}

void delete_station(const Room& room, CallPtr call) {
    Stations::remove(room, std::move(call));
}

}  // namespace itn::api
