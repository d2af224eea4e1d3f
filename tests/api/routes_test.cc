#include "api/routes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/api/room_world.h"

namespace itn::api::tests {

using Json = nlohmann::json;

namespace {

struct Row {
    std::string what;
    std::string body;
    int status = 400;
    std::string slug;
};

std::string trade_with(const std::string& pointer, const Json& value) {
    auto trade = Json::parse(good_trade());
    trade[Json::json_pointer(pointer)] = value;
    return trade.dump();
}

std::string trade_with_quantity(const std::string& text) {
    return R"({"tradeType":"buy","seller":"ceres","buyer":"mars",)"
           R"("items":[{"productId":"ice","quantity":)" +
           text + "}]}";
}

/// Malformed JSON, in all its forms.
std::vector<Row> malformed() {
    const auto good = good_trade();
    return {{"empty", "", 400, "invalid_json"},
            {"truncated", good.substr(0, good.size() - 3), 400, "invalid_json"},
            {"BOM", "\xef\xbb\xbf" + good, 400, "invalid_json"},
            {"bad UTF-8", std::string(good).replace(good.find("ceres"), 1, "\xff"), 400,
             "invalid_json"},
            {"NUL", good + std::string(1, '\0'), 400, "invalid_json"},
            {"trailing bytes", good + "x", 400, "invalid_json"},
            {"two values", good + good, 400, "invalid_json"},
            {"NaN", trade_with_quantity("NaN"), 400, "invalid_json"},
            {"depth 1000", std::string(1000, '[') + std::string(1000, ']'), 400, ""},
            {"no object", "[]", 400, "invalid_request"},
            {"duplicate key", R"({"seller":"ceres",)" + good.substr(1), 400, ""}};
}

/// JSON that is no wish.
std::vector<Row> wrong_values() {
    Json many = Json::array();
    for (int i = 0; i < 101; ++i)
        many.push_back({{"productId", "ice"}, {"quantity", 1}});
    return {{"unknown field", trade_with("/colour", "red"), 400, "invalid_request"},
            {"role", trade_with("/role", "admin"), 400, "invalid_request"},
            {"principal", trade_with("/principal", "user:1"), 400, "invalid_request"},
            {"price", trade_with("/items/0/unitPrice", 1), 400, "invalid_request"},
            {"status", trade_with("/status", "completed"), 400, "invalid_request"},
            {"text as quantity", trade_with("/items/0/quantity", "5"), 400, "invalid_request"},
            {"null as quantity", trade_with("/items/0/quantity", nullptr), 400, "invalid_request"},
            {"fraction", trade_with_quantity("1.5"), 400, ""},
            {"exponent", trade_with_quantity("1e3"), 400, ""},
            {"zero", trade_with_quantity("0"), 422, "out_of_range"},
            {"negative", trade_with_quantity("-1"), 422, "out_of_range"},
            {"2^63", trade_with_quantity("9223372036854775808"), 400, "invalid_request"},
            {"too much", trade_with_quantity("1000000000001"), 422, "out_of_range"},
            {"101 lines", trade_with("/items", many), 400, ""},
            {"no lines", trade_with("/items", Json::array()), 400, ""},
            {"no seller", R"({"tradeType":"buy"})", 400, "invalid_request"},
            {"same station", trade_with("/buyer", "ceres"), 422, "same_station"},
            {"unknown station", trade_with("/buyer", "pluto"), 422, "unknown_station"},
            {"unknown product", trade_with("/items/0/productId", "tea"), 422, "unknown_product"},
            {"SQL", trade_with("/seller", "'; DROP TABLE trade--"), 400, ""},
            {"emoji", trade_with("/seller", "\xf0\x9f\x9a\x80"), 400, ""}};
}

void expect_refused(const RoomWorld& world, const std::string& target, const Row& row) {
    auto client = world.client();
    auto headers = world.authorization(an_admin());
    headers.emplace_back("Content-Type", "application/json");
    const auto reply = client.request("POST", target, row.body, headers);
    ASSERT_TRUE(reply) << row.what;
    EXPECT_EQ(reply->status, row.status) << row.what << ": " << reply->body;
    EXPECT_EQ(reply->header("Content-Type"), "application/problem+json") << row.what;
    const auto slug = slug_of(*reply);
    EXPECT_EQ(row.slug.empty() ? "" : slug, row.slug) << row.what;
}

}  // namespace

TEST(Routes, EveryRowStandsOnce) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const auto& row : route_rows()) {
        EXPECT_TRUE(seen.emplace(front::name(row.method), row.pattern).second) << row.pattern;
        EXPECT_NE(row.handle, nullptr);
    }
}

TEST(Routes, EveryReadWithoutADatabaseIs503AtOnce) {
    RoomWorld world;
    const std::string trade = "/api/trades/00000000-0000-8000-8000-000000000001";
    for (const auto& target : std::vector<std::string>{
             "/api/trades", trade, trade + "/history", "/api/cargo", "/api/cargo/run-1",
             "/api/cargo/run-1/history", "/api/inventory", "/api/inventory/ceres",
             "/api/inventory/ceres/ice", "/api/inventory/ceres/ice/ledger", "/api/stations",
             "/api/stations/ceres", "/api/products", "/api/products/ice", "/api/commands/some-key",
             "/api/updates/recent", "/api/analytics/summary"}) {
        const auto began = std::chrono::steady_clock::now();
        const auto reply = world.ask("GET", target);
        EXPECT_EQ(reply.status, 503) << target;
        EXPECT_EQ(slug_of(reply), "database_unavailable") << target;
        EXPECT_TRUE(reply.header("Retry-After").has_value());
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2)) << target;
    }
}

TEST(Routes, OlderPathsLeadToTodays) {
    RoomWorld world;
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"/api/trades/history?startDate=2026-11-01&endDate=2026-11-20",
         "/api/trades?from=2026-11-01&to=2026-11-20"},
        {"/api/trades/history", "/api/trades"},
        {"/api/getalltrades?limit=5", "/api/trades?limit=5"},
        {"/api/getallCargo", "/api/cargo"},
        {"/api/getinventory?location=ceres", "/api/inventory?location=ceres"}};
    for (const auto& [from, to] : rows) {
        const auto reply = world.ask("GET", from);
        EXPECT_EQ(reply.status, 308) << from;
        EXPECT_EQ(reply.header("Location"), to);
    }
}

TEST(Routes, TheProcessSpeaksOfItself) {
    RoomWorld world;
    EXPECT_EQ(Json::parse(world.ask("GET", "/").body).at("links").at("trades"), "/api/trades");
    EXPECT_EQ(world.ask("GET", "/livez").status, 200);
    EXPECT_EQ(world.ask("GET", "/healthz").status, 200);
    EXPECT_EQ(world.ask("GET", "/readyz").status, 200);
    EXPECT_NE(world.ask("GET", "/readyz?verbose").body.find("[+]rabbitmq"), std::string::npos);
    EXPECT_EQ(world.ask("GET", "/problems/stale_version").status, 200);
    EXPECT_EQ(world.ask("GET", "/problems/nothing").status, 404);
}

TEST(Routes, RealTimeIsElsewhere) {
    RoomWorld world;
    const auto reply = world.ask("GET", "/api/updates/real-time");
    EXPECT_EQ(reply.status, 426);
    EXPECT_NE(reply.body.find("http://127.0.0.1:9/api/updates/real-time"), std::string::npos);
    const auto asked = world.ask("GET", "/api/updates/real-time?subscribe=trade&since=v1.e.");
    EXPECT_EQ(asked.status, 426) << "what the notifier would take is no fault here";
    EXPECT_EQ(asked.header("Link"),
              R"(<http://127.0.0.1:9/api/updates/real-time>; rel="alternate")");
}

TEST(Routes, RequestsAreCountedPerRoute) {
    RoomWorld world;
    world.ask("POST", "/api/trades", good_trade());
    world.ask("POST", "/api/trades", "{}");
    const auto page = world.ask("GET", "/metrics").body;
    for (const auto* line :
         {R"(itn_http_requests_total{method="POST",route="/api/trades",code="202"} 1)",
          R"(itn_http_requests_total{method="POST",route="/api/trades",code="400"} 1)",
          R"(itn_dispatch_commands_total{result="accepted"} 1)", "itn_http_requests_in_flight 1",
          R"(itn_http_request_duration_seconds_count{method="POST",route="/api/trades"} 2)"})
        EXPECT_NE(page.find(line), std::string::npos) << line << "\n" << page;
}

TEST(BadInput, NothingMalformedReachesTheQueue) {
    RoomWorld world;
    for (const auto& row : malformed())
        expect_refused(world, "/api/trades", row);
    EXPECT_EQ(world.queued(), 0U);
}

TEST(BadInput, NothingWrongReachesTheQueue) {
    RoomWorld world;
    for (const auto& row : wrong_values())
        expect_refused(world, "/api/trades", row);
    EXPECT_EQ(world.queued(), 0U);
}

TEST(BadInput, TheFieldIsNamed) {
    RoomWorld world;
    const auto reply = world.ask("POST", "/api/trades", trade_with("/items/0/unitPrice", 1));
    EXPECT_EQ(Json::parse(reply.body).at("errors").at(0).at("pointer"), "#/items/0/unitPrice");
    EXPECT_EQ(Json::parse(reply.body).at("traceId").get<std::string>().size(), 32U);
    EXPECT_EQ(Json::parse(reply.body).at("instance"), "/api/trades");
}

TEST(BadInput, BodiesAreBounded) {
    RoomWorld world;
    const auto reply = world.ask("POST", "/api/trades", std::string(limits::max_body + 1, ' '));
    EXPECT_EQ(reply.status, 413);
    EXPECT_EQ(slug_of(reply), "content_too_large");
    EXPECT_EQ(world.queued(), 0U);
}

TEST(BadInput, HeadersAreBounded) {
    RoomWorld world;
    auto client = world.client();
    client.send("GET /livez HTTP/1.1\r\nHost: a\r\nX-Long: " + std::string(64 * 1024, 'x'));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 431);
    EXPECT_EQ(slug_of(*reply), "header_fields_too_large");
}

TEST(BadInput, ContentTypesAreExact) {
    RoomWorld world;
    for (const auto* type :
         {"text/plain", "application/json; charset=latin1", "application/x-ndjson"})
        EXPECT_EQ(world.ask("POST", "/api/trades", good_trade(), {{"Content-Type", type}}).status,
                  415)
            << type;
    const auto patch = world.ask("PATCH", "/api/stations/ceres", "{}");
    EXPECT_EQ(patch.status, 415);
    EXPECT_EQ(patch.header("Accept-Patch"), "application/merge-patch+json");
    EXPECT_EQ(world.queued(), 0U);
}

TEST(BadInput, MethodsAndPathsAreExact) {
    RoomWorld world;
    const auto reply = world.ask("DELETE", "/api/trades");
    EXPECT_EQ(reply.status, 405);
    EXPECT_EQ(slug_of(reply), "method_not_allowed");
    const std::string allow(reply.header("Allow").value_or(""));
    EXPECT_NE(allow.find("GET"), std::string::npos);
    EXPECT_NE(allow.find("POST"), std::string::npos);
    for (const auto* target :
         {"/api/nothing", "/api/stations/%2e%2e", "/api/%2e%2e/etc/passwd",
          "/api/trades/not-a-uuid", "/api/trades/not-a-uuid/history", "/api/cargo/Not%20A%20Slug",
          "/api/inventory/pluto", "/api/inventory/ceres/tea", "/api/products/%F0%9F%9A%80"}) {
        const auto missing = world.ask("GET", target);
        EXPECT_EQ(missing.status, 404) << target << missing.body;
        EXPECT_EQ(missing.header("Content-Type"), "application/problem+json") << target;
    }
    EXPECT_EQ(world.ask("PUT", "/api/trades/x/status", R"({"status":"cancelled"})").status, 404);
    EXPECT_EQ(world.queued(), 0U);
}

TEST(BadInput, KeysAreVisibleAscii) {
    RoomWorld world;
    for (const auto& key : {std::string(256, 'k'), std::string("two words"), std::string("\"open"),
                            std::string("caf\xc3\xa9")}) {
        const auto reply =
            world.ask("POST", "/api/trades", good_trade(), {{"Idempotency-Key", key}});
        EXPECT_EQ(reply.status, 400) << key;
        EXPECT_EQ(slug_of(reply), "invalid_idempotency_key") << key;
    }
    EXPECT_EQ(world.queued(), 0U);
}

TEST(BadInput, ParametersAreKnownAndRight) {
    RoomWorld world;
    for (const auto* target :
         {"/api/trades?limt=5", "/api/trades?limit=0", "/api/trades?limit=201",
          "/api/trades?limit=5&limit=6", "/api/trades?cursor=garbage", "/api/trades?status=sold",
          "/api/trades?from=yesterday", "/api/trades?station=%27%3B--", "/api/cargo?status=flying",
          "/api/cargo?product=ice", "/api/inventory/ceres/ice/ledger?asOf=never",
          "/api/updates/recent?since=v1.x", "/api/stations?limit=-1", "/api/trades?status="}) {
        const auto reply = world.ask("GET", target);
        EXPECT_EQ(reply.status, 400) << target << reply.body;
    }
    EXPECT_EQ(slug_of(world.ask("GET", "/api/trades?cursor=garbage")), "invalid_cursor");
    EXPECT_NE(world.ask("GET", "/api/trades?limt=5").body.find("limt"), std::string::npos);
}

TEST(BadInput, TimesLieWithin1970To9999) {
    RoomWorld world;
    for (const auto* time : {"0000-01-01", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z",
                             "9999-12-31T23:59:59-01:00"}) {
        const auto reply = world.ask("GET", std::string("/api/trades?from=") + time);
        EXPECT_EQ(reply.status, 400) << time;
        EXPECT_NE(reply.body.find("from lies outside"), std::string::npos) << reply.body;
    }
    EXPECT_EQ(world.ask("GET", "/api/trades?to=9999-12-31").status, 503) << "only the database";
}

TEST(BadInput, ErrorsOfTheFrontCanBeTracedToo) {
    RoomWorld world;
    const std::string large(limits::max_body + 1, ' ');
    for (const auto& reply : {world.ask("GET", "/api/nothing"), world.ask("DELETE", "/api/nothing"),
                              world.ask("POST", "/api/nothing", large)}) {
        const auto problem = Json::parse(reply.body);
        EXPECT_EQ(problem.at("traceId").get<std::string>().size(), 32U) << reply.body;
        EXPECT_EQ(problem.at("instance"), "/api/nothing") << reply.body;
    }
}

TEST(BadInput, PreconditionsOfCommandsAreVersions) {
    RoomWorld world;
    const std::string cargo = "/api/cargo/run-1/status";
    const std::string trade = "/api/trades/00000000-0000-8000-8000-000000000001/status";
    const auto put = [&](const std::string& target, const char* body, const char* tag) {
        return world.ask("PUT", target, body, {{"If-Match", tag}});
    };
    const auto* go = R"({"status":"in_transit"})";
    EXPECT_EQ(slug_of(put(trade, R"({"status":"cancelled"})", "\"v1\"")), "invalid_if_match");
    EXPECT_EQ(slug_of(put(cargo, go, "junk")), "invalid_if_match");
    EXPECT_EQ(slug_of(put(cargo, go, "\"v1\", \"v2\"")), "invalid_if_match");
    EXPECT_EQ(slug_of(put(cargo, go, "W/\"v1\"")), "stale_version");
    EXPECT_EQ(slug_of(put(cargo, R"({"status":"in_transit","expectedVersion":2})", "\"v1\"")),
              "invalid_if_match");
    EXPECT_EQ(world.queued(), 0U);
    ASSERT_EQ(put(cargo, go, "\"v7\"").status, 202);
    EXPECT_EQ(Json::parse(world.commands().at(0)).at("expectedVersion"), 7);
}

TEST(BadInput, ChangesNameTheirVersion) {
    RoomWorld world;
    const auto body = R"({"name":"Ceres","kind":"planet","position":{"x":1,"y":2,"z":3}})";
    EXPECT_EQ(world.ask("PUT", "/api/stations/ceres", body).status, 428);
    EXPECT_EQ(world.ask("PUT", "/api/stations/ceres", body, {{"If-Match", "3"}}).status, 400);
    EXPECT_EQ(world.ask("DELETE", "/api/stations/ceres").status, 428);
    EXPECT_EQ(world.ask("DELETE", "/api/stations/ceres", "", {{"If-Match", "\"x\""}}).status, 400);
    auto with_version = Json::parse(body);
    with_version["version"] = "three";
    EXPECT_EQ(world.ask("PUT", "/api/stations/ceres", with_version.dump()).status, 400);
}

}  // namespace itn::api::tests
