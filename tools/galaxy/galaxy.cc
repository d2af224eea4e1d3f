#include "tools/galaxy/galaxy.h"

#include <stdexcept>

#include "common/runtime/log.h"
#include "tools/galaxy/chart.h"

namespace itn::tools {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::int64_t first_stock = 5'000;
constexpr int most_moves = 2;  // of one kind in a step
constexpr milliseconds retry_after{250};

bool is_done(const Response& response) {
    const bool is_there_already = response.status == 409;
    return (response.status >= 200 && response.status < 300) || is_there_already;
}

std::string text_of(const json& object, const char* field) {
    return object.is_object() && object.contains(field) && object[field].is_string()
               ? object[field].get<std::string>()
               : std::string();
}

}  // namespace

Galaxy::Galaxy(const std::string& url, std::function<bool(milliseconds)> pause, std::uint64_t seed)
    : client_(url), pause_(std::move(pause)), random_(seed) {}

bool Galaxy::seed() {
    for (const ChartedStation& station : charted_stations()) {
        const json body = {{"stationId", station.id},
                           {"name", station.name},
                           {"kind", station.kind},
                           {"position", {{"x", station.x}, {"y", station.y}, {"z", station.z}}}};
        if (!create("/api/stations", body)) return false;
    }
    for (const ChartedProduct& product : charted_products()) {
        const json body = {{"productId", product.id},
                           {"name", product.name},
                           {"description", product.description},
                           {"category", product.category},
                           {"brand", product.brand},
                           {"unitPrice", product.unit_price},
                           {"unitVolume", product.unit_volume}};
        if (!create("/api/products", body)) return false;
    }
    return stock_up();
}

/// Posts until the API took it; false when told to stop.
bool Galaxy::create(const std::string& path, const json& body) {
    for (;;) {
        const Response response = client_.send("POST", path, body);
        if (is_done(response)) return true;
        const bool is_worth_retrying = response.status == 0 || response.status >= 429;
        if (!is_worth_retrying) {
            throw std::runtime_error(path + " was refused: " + response.body.dump());
        }
        if (!pause_(retry_after)) return false;
    }
}

/// Every station gets a share of every third product, so there is always something to trade.
bool Galaxy::stock_up() {
    std::size_t station_index = 0;
    for (const ChartedStation& station : charted_stations()) {
        std::size_t product_index = station_index++;
        for (const ChartedProduct& product : charted_products()) {
            if (product_index++ % 3 != 0) continue;
            const std::string key = std::string("seed-") + station.id + '-' + product.id;
            const json body = {{"productId", product.id},
                               {"delta", first_stock},
                               {"reason", "restock"},
                               {"note", "demo galaxy"}};
            const std::string path = std::string("/api/inventory/") + station.id + "/adjustments";
            for (;;) {
                const Response response = client_.send(
                    "POST", path, body, {{"Idempotency-Key", key}, {"Prefer", "wait=10"}});
                // A seed taken out of the catalogue since is no reason to stop.
                if (is_done(response) || response.status == 422) break;
                if (!pause_(retry_after)) return false;
            }
        }
    }
    return true;
}

void Galaxy::step() {
    trade();
    if (by_chance(0.3)) trade();
    move_cargo("pending", "in_transit", 0.25);
    move_cargo("in_transit", "delivered", 0.25);
    move_cargo("delayed", "in_transit", 0.5);
    if (by_chance(0.02)) move_cargo("in_transit", "delayed", 0.2);
}

bool Galaxy::by_chance(double chance) {
    return std::bernoulli_distribution(chance)(random_);
}

void Galaxy::trade() {
    const auto stations = charted_stations();
    const auto products = charted_products();
    const auto any = [&](std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
    };
    const std::size_t seller = any(stations.size());
    const std::size_t buyer = (seller + 1 + any(stations.size() - 1)) % stations.size();
    json items = json::array();
    const std::size_t first = any(products.size());
    for (std::size_t i = 0; i < 3 && items.size() < 1 + any(2); ++i) {
        const std::size_t product = (first + i) % products.size();
        if ((product + seller) % 3 != 0) continue;
        items.push_back({{"productId", products[product].id}, {"quantity", 1 + any(20)}});
    }
    if (items.empty()) return trade();
    const Response response = client_.send("POST", "/api/trades",
                                           {{"tradeType", by_chance(0.5) ? "buy" : "sell"},
                                            {"seller", stations[seller].id},
                                            {"buyer", stations[buyer].id},
                                            {"items", items}});
    if (response.status != 202) {
        runtime::log_limited(runtime::Level::warning, "demo trade was not accepted",
                             {{"status", response.status}, {"fault", response.fault}});
    }
}

void Galaxy::move_cargo(const std::string& from, const std::string& to, double chance) {
    const Response list = client_.get("/api/cargo?limit=50&status=" + from);
    if (list.status != 200 || !list.body.is_object()) return;
    int moves = 0;
    for (const json& cargo : list.body.value("data", json::array())) {
        if (!by_chance(chance)) continue;
        if (++moves > most_moves) return;  // a trickle, also after a burst
        const std::string id = text_of(cargo, "shipmentId");
        client_.send("PUT", "/api/cargo/" + id + "/status", {{"status", to}});
    }
}

}  // namespace itn::tools
