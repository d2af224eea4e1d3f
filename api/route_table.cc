#include "api/aliases.h"
#include "api/analytics.h"
#include "api/auth.h"
#include "api/cargo.h"
#include "api/commands.h"
#include "api/doc_pages.h"
#include "api/documents.h"
#include "api/health.h"
#include "api/inventory.h"
#include "api/keys.h"
#include "api/oauth.h"
#include "api/partners.h"
#include "api/products.h"
#include "api/routes.h"
#include "api/stations.h"
#include "api/tickets.h"
#include "api/trades.h"
#include "api/updates.h"
#include "api/users.h"

namespace itn::api {

namespace {

using front::Method;
using gateway::RateClass;
using identity::Action;
using Parameters = std::vector<std::string_view>;

RouteRow get(std::string_view pattern, Handle handle, Action action, Parameters parameters = {}) {
    return {.method = Method::get,
            .pattern = pattern,
            .handle = handle,
            .action = action,
            .rate = RateClass::read,
            .parameters = std::move(parameters)};
}

RouteRow write(Method method, std::string_view pattern, Handle handle, Action action,
               Body body = Body::json) {
    return {.method = method,
            .pattern = pattern,
            .handle = handle,
            .action = action,
            .rate = RateClass::write,
            .body = body};
}

/// What watches the process: for everybody, and never refused.
RouteRow watched(std::string_view pattern, Handle handle, Parameters parameters = {}) {
    auto row = get(pattern, handle, Action::public_read, std::move(parameters));
    row.rate = std::nullopt;
    return row;
}

std::vector<RouteRow> trade_rows() {
    const Parameters filters = {"status", "station", "product", "from", "to", "cursor", "limit"};
    const Parameters dates = {"startDate", "endDate", "status", "station",
                              "product",   "cursor",  "limit"};
    auto batch = write(Method::post, "/api/trades/batch", create_trades, Action::trade_create,
                       Body::json_or_ndjson);
    batch.max_body = limits::max_batch_body;
    batch.rate = RateClass::batch;
    return {write(Method::post, "/api/trades", create_trade, Action::trade_create),
            batch,
            get("/api/trades", list_trades, Action::trade_list, filters),
            get("/api/trades/history", redirect_trades_history, Action::trade_list, dates),
            get("/api/trades/:transactionId", show_trade, Action::trade_read),
            get("/api/trades/:transactionId/history", show_trade_history, Action::trade_read),
            write(Method::put, "/api/trades/:transactionId/status", change_trade_status,
                  Action::trade_cancel),
            get("/api/getalltrades", redirect_all_trades, Action::trade_list, filters)};
}

std::vector<RouteRow> cargo_rows() {
    const Parameters filters = {"status", "station", "cursor", "limit"};
    return {
        write(Method::post, "/api/cargo", create_cargo, Action::cargo_create),
        write(Method::post, "/api/cargo/status", change_cargo_status_by_body, Action::cargo_depart),
        get("/api/cargo", list_cargo, Action::cargo_list, filters),
        get("/api/cargo/:shipmentId", show_cargo, Action::cargo_read),
        get("/api/cargo/:shipmentId/history", show_cargo_history, Action::cargo_read),
        write(Method::put, "/api/cargo/:shipmentId/status", change_cargo_status,
              Action::cargo_depart),
        get("/api/getallCargo", redirect_all_cargo, Action::cargo_list, filters)};
}

std::vector<RouteRow> inventory_rows() {
    const Parameters filters = {"station", "location", "cursor", "limit"};
    return {get("/api/inventory", list_inventory, Action::inventory_read, filters),
            get("/api/inventory/:stationId", show_station_inventory, Action::inventory_read,
                {"cursor", "limit"}),
            get("/api/inventory/:stationId/:productId", show_stock, Action::inventory_read),
            get("/api/inventory/:stationId/:productId/ledger", show_ledger, Action::ledger_read,
                {"asOf", "cursor", "limit"}),
            write(Method::post, "/api/inventory/:stationId/adjustments", adjust_stock,
                  Action::inventory_adjust),
            write(Method::post, "/api/inventory/update", adjust_stock_by_body,
                  Action::inventory_adjust),
            get("/api/getinventory", redirect_inventory, Action::inventory_read, filters)};
}

std::vector<RouteRow> catalogue_rows() {
    return {
        get("/api/stations", list_stations, Action::catalogue_read, {"cursor", "limit"}),
        get("/api/stations/:stationId", show_station, Action::catalogue_read),
        write(Method::post, "/api/stations", create_station, Action::catalogue_write),
        write(Method::put, "/api/stations/:stationId", replace_station, Action::catalogue_write),
        write(Method::patch, "/api/stations/:stationId", patch_station, Action::catalogue_write,
              Body::merge_patch),
        write(Method::del, "/api/stations/:stationId", delete_station, Action::catalogue_write,
              Body::none),
        get("/api/products", list_products, Action::catalogue_read, {"cursor", "limit"}),
        get("/api/products/:productId", show_product, Action::catalogue_read),
        write(Method::post, "/api/products", create_product, Action::catalogue_write),
        write(Method::put, "/api/products/:productId", replace_product, Action::catalogue_write),
        write(Method::patch, "/api/products/:productId", patch_product, Action::catalogue_write,
              Body::merge_patch),
        write(Method::del, "/api/products/:productId", delete_product, Action::catalogue_write,
              Body::none)};
}

/// Counted by itself, so that nobody who trades a lot is kept from signing in; `rate` says whether
/// by address, as long as nobody is known.
RouteRow account(RouteRow row, RateClass rate = RateClass::account) {
    row.rate = rate;
    return row;
}

RouteRow key_set() {
    return get("/.well-known/jwks.json", show_key_set, Action::public_read);
}

std::vector<RouteRow> session_rows() {
    const auto open = [](std::string_view pattern, Handle handle, Action action,
                         Body body = Body::json) {
        return account(write(Method::post, pattern, handle, action, body), RateClass::sign_in);
    };
    return {open("/api/auth/register", register_account, Action::account_register),
            open("/api/auth/login", sign_in, Action::session_open),
            open("/api/auth/refresh", refresh_session, Action::session_open),
            account(write(Method::post, "/api/auth/logout", sign_out, Action::session_close)),
            open("/oauth/token", grant_token, Action::session_open, Body::form),
            key_set()};
}

std::vector<RouteRow> account_rows() {
    return {
        account(get("/api/users/me", show_own_account, Action::account_read)),
        // It ends all sessions of the caller, and needs no more than ending one.
        account(write(Method::put, "/api/users/me/password", change_own_password,
                      Action::session_close)),
        account(get("/api/users", list_accounts, Action::account_list, {"cursor", "limit"})),
        account(get("/api/users/:userId", show_account, Action::account_read)),
        account(write(Method::put, "/api/users/:userId/role", change_role, Action::account_change)),
        account(write(Method::put, "/api/users/:userId/status", change_account_status,
                      Action::account_change)),
        account(write(Method::post, "/api/keys", create_key, Action::key_create)),
        account(get("/api/keys", list_keys, Action::key_list, {"partner"})),
        account(write(Method::del, "/api/keys/:keyId", revoke_key, Action::key_revoke, Body::none)),
        account(write(Method::post, "/api/partners", create_partner, Action::partner_change)),
        account(get("/api/partners", list_partners, Action::partner_read)),
        account(get("/api/partners/:partner", show_partner, Action::partner_read)),
        account(
            write(Method::put, "/api/partners/:partner", replace_partner, Action::partner_change)),
        account(write(Method::post, "/api/updates/ticket", create_ticket, Action::updates_subscribe,
                      Body::none))};
}

std::vector<RouteRow> other_rows() {
    return {
        get("/api/commands/:commandId", show_command, Action::command_read),
        get("/api/updates/recent", list_recent_updates, Action::updates_read, {"limit", "since"}),
        get("/api/updates/real-time", point_to_notifier, Action::public_read,
            {"conflate", "since", "subscribe"}),
        get("/api/analytics/summary", show_summary, Action::analytics_read),
        get("/problems/:slug", show_problem, Action::public_read),
        get("/", show_index, Action::public_read),
        get("/docs", show_docs, Action::public_read),
        get("/docs/queue", show_queue_docs, Action::public_read),
        get("/openapi.yaml", show_openapi, Action::public_read),
        get("/asyncapi.yaml", show_asyncapi, Action::public_read),
        watched("/livez", show_livez, {"verbose"}),
        watched("/healthz", show_livez, {"verbose"}),
        watched("/readyz", show_readyz, {"verbose"}),
        watched("/metrics", show_metrics)};
}

std::vector<RouteRow> all_rows() {
    std::vector<RouteRow> rows;
    for (const auto& part : {trade_rows(), cargo_rows(), inventory_rows(), catalogue_rows(),
                             session_rows(), account_rows(), other_rows()})
        rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

}  // namespace

std::span<const RouteRow> route_rows() {
    static const auto rows = all_rows();
    return rows;
}

}  // namespace itn::api
