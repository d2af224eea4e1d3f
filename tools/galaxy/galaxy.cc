#include "tools/galaxy/galaxy.h"

#include <algorithm>
#include <cstdlib>
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
constexpr milliseconds longest_wait{30'000};

bool is_done(const Response& response) {
    const bool is_there_already = response.status == 409;
    return (response.status >= 200 && response.status < 300) || is_there_already;
}

/// What the answer asks us to wait before we come again.
milliseconds wait_of(const Response& response) {
    const auto header = response.headers.find("retry-after");
    if (header == response.headers.end()) return retry_after;
    return std::clamp(milliseconds(1000 * std::atol(header->second.c_str())), retry_after,
                      longest_wait);
}

std::string text_of(const json& object, const char* field) {
    return object.is_object() && object.contains(field) && object[field].is_string()
               ? object[field].get<std::string>()
               : std::string();
}

}  // namespace

Galaxy::Galaxy(const std::string& url, Account account, std::function<bool(milliseconds)> pause,
               std::uint64_t seed)
    : client_(url), account_(std::move(account)), pause_(std::move(pause)), random_(seed) {}

/// False when nobody could judge it just now.
bool Galaxy::sign_in() {
    const Response response = client_.send(
        "POST", "/api/auth/login", {{"email", account_.email}, {"password", account_.password}});
    if (response.status == 401) throw std::runtime_error("the galaxy's account may not sign in");
    const std::string token = text_of(response.body, "accessToken");
    if (!response.is_success() || token.empty()) return false;
    client_.authorize(token);
    return true;
}

/// A request of our account: when its token has run out, it signs in and asks again.
Response Galaxy::ask(const std::string& method, const std::string& path, const json& body,
                     const Client::Headers& headers) {
    Response response = client_.send(method, path, body, headers);
    if (response.status == 401 && sign_in()) response = client_.send(method, path, body, headers);
    return response;
}

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
        const Response response = ask("POST", path, body);
        if (is_done(response)) return true;
        const bool is_worth_retrying =
            response.status == 0 || response.status == 401 || response.status >= 429;
        if (!is_worth_retrying) {
            throw std::runtime_error(path + " was refused: " + response.body.dump());
        }
        if (!pause_(wait_of(response))) return false;
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
                const Response response =
                    ask("POST", path, body, {{"Idempotency-Key", key}, {"Prefer", "wait=10"}});
                // A seed taken out of the catalogue since is no reason to stop.
                if (is_done(response) || response.status == 422) break;
                if (!pause_(wait_of(response))) return false;
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
    const Response response = ask("POST", "/api/trades",
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
    const Response list = ask("GET", "/api/cargo?limit=50&status=" + from, nullptr);
    if (list.status != 200 || !list.body.is_object()) return;
    int moves = 0;
    for (const json& cargo : list.body.value("data", json::array())) {
        if (!by_chance(chance)) continue;
        if (++moves > most_moves) return;  // a trickle, also after a burst
        const std::string id = text_of(cargo, "shipmentId");
        ask("PUT", "/api/cargo/" + id + "/status", {{"status", to}});
    }
}

}  // namespace itn::tools
