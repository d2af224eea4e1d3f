#include "api/health.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "common/runtime/admin.h"
#include "common/runtime/version.h"

namespace itn::api {

namespace {

void show_admin_page(const Room& room, Call& call, std::string_view target) {
    auto page = runtime::admin_page(target, room.health, room.metrics);
    if (!page) return call.problem(problem_of("not_found", ""));
    call.reply({.status = page->status,
                .body = std::move(page->body),
                .content_type = std::move(page->content_type),
                .headers = {{"Cache-Control", "no-store"}}});
}

}  // namespace

void show_livez(const Room& room, CallPtr call) {
    show_admin_page(room, *call, "/livez");
}

void show_readyz(const Room& room, CallPtr call) {
    const bool is_verbose = call->request().query_value("verbose").has_value();
    show_admin_page(room, *call, is_verbose ? "/readyz?verbose" : "/readyz");
}

void show_metrics(const Room& room, CallPtr call) {
    show_admin_page(room, *call, "/metrics");
}

void show_index(const Room& room, CallPtr call) {
    nlohmann::ordered_json links{{"trades", "/api/trades"},
                                 {"cargo", "/api/cargo"},
                                 {"inventory", "/api/inventory"},
                                 {"stations", "/api/stations"},
                                 {"products", "/api/products"},
                                 {"updates", "/api/updates/recent"},
                                 {"analytics", "/api/analytics/summary"},
                                 {"docs", "/docs"},
                                 {"queueDocs", "/docs/queue"},
                                 {"openapi", "/openapi.yaml"},
                                 {"asyncapi", "/asyncapi.yaml"},
                                 {"live", "/livez"},
                                 {"ready", "/readyz"},
                                 {"metrics", "/metrics"}};
    if (!room.notifier_url.empty()) links["realTime"] = room.notifier_url;
    const nlohmann::ordered_json index{{"name", "Intergalactic Trade Network"},
                                       {"version", runtime::version()},
                                       {"links", std::move(links)}};
    call->reply({.status = 200,
                 .body = index.dump(),
                 .content_type = "application/json",
                 .headers = {{"Cache-Control", "no-cache"}}});
}

void show_problem(const Room&, CallPtr call) {
    call->reply(problem_page(call->request().param("slug")));
}

}  // namespace itn::api
