#include "api/front/matcher.h"

#include <gtest/gtest.h>

namespace itn::api::front {
namespace {

Route route(Method method, std::string pattern) {
    return {.method = method, .pattern = std::move(pattern), .handler = [](Request, Ticket) {}};
}

const std::vector<Route>& routes() {
    static const std::vector<Route> table = {
        route(Method::get, "/api/trades"),
        route(Method::post, "/api/trades"),
        route(Method::get, "/api/trades/history"),
        route(Method::get, "/api/trades/:id"),
        route(Method::get, "/api/inventory/:station/:product/ledger"),
        route(Method::get, "/api/inventory/:station"),
        route(Method::del, "/api/keys/:id"),
    };
    return table;
}

std::string found(std::string_view method, std::string_view path) {
    Matcher matcher(routes());
    const auto match = matcher.find(method, path);
    if (!match.route) return "[" + match.allow + "]";
    std::string text = std::string(name(match.method)) + " " + match.route->pattern;
    for (const auto& [key, value] : match.params)
        text += " " + key + "=" + value;
    return text;
}

TEST(Matcher, FindsTheRouteAndItsParams) {
    EXPECT_EQ(found("GET", "/api/trades"), "GET /api/trades");
    EXPECT_EQ(found("POST", "/api/trades"), "POST /api/trades");
    EXPECT_EQ(found("GET", "/api/trades/history"), "GET /api/trades/history");
    EXPECT_EQ(found("GET", "/api/trades/h%20y"), "GET /api/trades/:id id=h%20y");
    EXPECT_EQ(found("GET", "/api/inventory/a/b/ledger"),
              "GET /api/inventory/:station/:product/ledger station=a product=b");
    EXPECT_EQ(found("DELETE", "/api/keys/7"), "DELETE /api/keys/:id id=7");
    EXPECT_EQ(found("GET", "/api/trades/"), "GET /api/trades");
}

TEST(Matcher, TakesHeadForGet) {
    EXPECT_EQ(found("HEAD", "/api/trades/7"), "HEAD /api/trades/:id id=7");
}

TEST(Matcher, NamesTheMethodsOfAKnownPath) {
    EXPECT_EQ(found("PUT", "/api/trades"), "[GET, HEAD, POST, OPTIONS]");
    EXPECT_EQ(found("OPTIONS", "/api/keys/7"), "[DELETE, OPTIONS]");
    for (const std::string_view method : {"TRACE", "CONNECT", "BREW", "get"})
        EXPECT_EQ(found(method, "/api/trades/7"), "[GET, HEAD, OPTIONS]") << method;
}

TEST(Matcher, KnowsNoOtherPath) {
    for (const std::string_view path :
         {"/", "/api", "/api/trades/7/x", "/API/trades", "/api/%2e%2e", "/api/../api/trades",
          "/api/keys/", "/*", "/:id", "/?"})
        EXPECT_EQ(found("GET", path), "[]") << path;
}

}  // namespace
}  // namespace itn::api::front
