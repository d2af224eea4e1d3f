#include "api/aliases.h"
#include "api/analytics.h"
#include "api/cargo.h"
#include "api/commands.h"
#include "api/doc_pages.h"
#include "api/documents.h"
#include "api/health.h"
#include "api/inventory.h"
#include "api/products.h"
#include "api/routes.h"
#include "api/stations.h"
#include "api/trades.h"
#include "api/updates.h"

namespace itn::api {

namespace {

using front::Method;
using Parameters = std::vector<std::string_view>;

RouteRow get(std::string_view pattern, Handle handle, Parameters parameters = {}) {
    return {.method = Method::get,
            .pattern = pattern,
            .handle = handle,
            .parameters = std::move(parameters)};
}

RouteRow write(Method method, std::string_view pattern, Handle handle, Body body = Body::json) {
    return {.method = method, .pattern = pattern, .handle = handle, .body = body};
}

std::vector<RouteRow> trade_rows() {
    const Parameters filters = {"status", "station", "product", "from", "to", "cursor", "limit"};
    const Parameters dates = {"startDate", "endDate", "status", "station",
                              "product",   "cursor",  "limit"};
    auto batch = write(Method::post, "/api/trades/batch", create_trades, Body::json_or_ndjson);
    batch.max_body = limits::max_batch_body;
    return {write(Method::post, "/api/trades", create_trade),
            batch,
            get("/api/trades", list_trades, filters),
            get("/api/trades/history", redirect_trades_history, dates),
            get("/api/trades/:transactionId", show_trade),
            get("/api/trades/:transactionId/history", show_trade_history),
            write(Method::put, "/api/trades/:transactionId/status", change_trade_status),
            get("/api/getalltrades", redirect_all_trades, filters)};
}

std::vector<RouteRow> cargo_rows() {
    const Parameters filters = {"status", "station", "cursor", "limit"};
    return {write(Method::post, "/api/cargo", create_cargo),
            write(Method::post, "/api/cargo/status", change_cargo_status_by_body),
            get("/api/cargo", list_cargo, filters),
            get("/api/cargo/:shipmentId", show_cargo),
            get("/api/cargo/:shipmentId/history", show_cargo_history),
            write(Method::put, "/api/cargo/:shipmentId/status", change_cargo_status),
            get("/api/getallCargo", redirect_all_cargo, filters)};
}

std::vector<RouteRow> inventory_rows() {
    const Parameters filters = {"station", "location", "cursor", "limit"};
    return {get("/api/inventory", list_inventory, filters),
            get("/api/inventory/:stationId", show_station_inventory, {"cursor", "limit"}),
            get("/api/inventory/:stationId/:productId", show_stock),
            get("/api/inventory/:stationId/:productId/ledger", show_ledger,
                {"asOf", "cursor", "limit"}),
            write(Method::post, "/api/inventory/:stationId/adjustments", adjust_stock),
            write(Method::post, "/api/inventory/update", adjust_stock_by_body),
            get("/api/getinventory", redirect_inventory, filters)};
}

std::vector<RouteRow> catalogue_rows() {
    return {get("/api/stations", list_stations, {"cursor", "limit"}),
            get("/api/stations/:stationId", show_station),
            write(Method::post, "/api/stations", create_station),
            write(Method::put, "/api/stations/:stationId", replace_station),
            write(Method::patch, "/api/stations/:stationId", patch_station, Body::merge_patch),
            write(Method::del, "/api/stations/:stationId", delete_station, Body::none),
            get("/api/products", list_products, {"cursor", "limit"}),
            get("/api/products/:productId", show_product),
            write(Method::post, "/api/products", create_product),
            write(Method::put, "/api/products/:productId", replace_product),
            write(Method::patch, "/api/products/:productId", patch_product, Body::merge_patch),
            write(Method::del, "/api/products/:productId", delete_product, Body::none)};
}

std::vector<RouteRow> other_rows() {
    return {get("/api/commands/:commandId", show_command),
            get("/api/updates/recent", list_recent_updates, {"limit", "since"}),
            get("/api/updates/real-time", point_to_notifier),
            get("/api/analytics/summary", show_summary),
            get("/problems/:slug", show_problem),
            get("/", show_index),
            get("/docs", show_docs),
            get("/docs/queue", show_queue_docs),
            get("/openapi.yaml", show_openapi),
            get("/asyncapi.yaml", show_asyncapi),
            get("/livez", show_livez, {"verbose"}),
            get("/healthz", show_livez, {"verbose"}),
            get("/readyz", show_readyz, {"verbose"}),
            get("/metrics", show_metrics)};
}

std::vector<RouteRow> all_rows() {
    std::vector<RouteRow> rows;
    for (const auto& part :
         {trade_rows(), cargo_rows(), inventory_rows(), catalogue_rows(), other_rows()})
        rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

}  // namespace

std::span<const RouteRow> route_rows() {
    static const auto rows = all_rows();
    return rows;
}

}  // namespace itn::api
