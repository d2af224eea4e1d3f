#include "api/analytics.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "api/answers.h"

namespace itn::api {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const std::vector<storage::TradeVolume>& periods) {
    auto list = Json::array();
    for (const auto& row : periods)
        list.push_back({{"period", to_rfc3339(row.period)},
                        {"status", row.status},
                        {"trades", row.trades},
                        {"total", row.total.value()}});
    return list;
}

Json json_of(const std::vector<storage::Summary::StationStock>& stock) {
    auto list = Json::array();
    for (const auto& row : stock)
        list.push_back({{"stationId", row.station.text()},
                        {"products", row.products},
                        {"onHand", row.on_hand.value()},
                        {"reserved", row.reserved.value()},
                        {"available", (row.on_hand - row.reserved).value()}});
    return list;
}

std::string rendered(const storage::Summary& summary) {
    auto cargo = Json::object();
    for (const auto& [status, count] : summary.cargo)
        cargo[std::string(domain::name(status))] = count;
    Json trades{{"perHour", json_of(summary.per_hour)}, {"perDay", json_of(summary.per_day)}};
    return Json{{"trades", std::move(trades)},
                {"cargo", std::move(cargo)},
                {"stock", json_of(summary.stock)}}
        .dump();
}

}  // namespace

void show_summary(const Room& room, CallPtr call) {
    const auto now = room.clock.now();
    room.reads.run(call, [call, now](storage::Reader& reader) {
        const auto read = reader.summary(now);
        answer_read(*call, rendered(read.value), read.position);
    });
}

}  // namespace itn::api
