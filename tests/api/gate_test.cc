#include "api/gate.h"

#include <gtest/gtest.h>

#include "common/identity/api_key.h"
#include "tests/api/room_world.h"

namespace itn::api::tests {
namespace {

const Headers nobody = {{"Authorization", ""}};

HttpReply shown(const RoomWorld& world, const std::string& authorization,
                const std::string& target = "/api/trades") {
    return world.ask("GET", target, {}, {{"Authorization", authorization}});
}

TEST(Gate, WhoBringsNothingIsAskedForAToken) {
    const RoomWorld world;
    const auto reply = world.ask("GET", "/api/trades", {}, nobody);
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(slug_of(reply), "unauthenticated");
    EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer realm=\"itn\"");
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
}

TEST(Gate, ABadTokenIsNamedAndNotExplained) {
    RoomWorld world;
    const auto good = world.token(an_admin());
    for (const auto& secret : {std::string("x"), good + "x", std::string("itn_a_b"),
                               "eyJhbGciOiJub25lIn0" + good.substr(good.find('.'))}) {
        const auto reply = shown(world, "Bearer " + secret);
        EXPECT_EQ(reply.status, 401) << secret;
        EXPECT_EQ(reply.header("WWW-Authenticate"),
                  "Bearer realm=\"itn\", error=\"invalid_token\"");
        EXPECT_EQ(reply.body.find("signature"), std::string::npos) << reply.body;
    }
    EXPECT_EQ(shown(world, "Basic YTpi").status, 401);
    EXPECT_EQ(world.audit().noted(), 5U);
}

TEST(Gate, ATokenInTheQueryIsNotRead) {
    const RoomWorld world;
    const auto token = world.token(an_admin());
    EXPECT_EQ(world.ask("GET", "/api/trades?access_token=" + token, {}, nobody).status, 401);
    EXPECT_EQ(world.ask("GET", "/api/trades?token=" + token, {}, nobody).status, 401);
}

TEST(Gate, TheSchemeHasNoCase) {
    const RoomWorld world;
    EXPECT_EQ(shown(world, "bEARER " + world.token(an_admin())).status, 503) << "no database";
}

TEST(Gate, KeysCannotBeJudgedWithoutADatabase) {
    const RoomWorld world;
    const auto key = identity::fresh_secret().text(identity::api_key_prefix);
    const auto reply = shown(world, "Bearer " + key);
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(slug_of(reply), "database_unavailable");
    EXPECT_EQ(shown(world, "Bearer " + key, "/livez").status, 200) << "asked of nobody";
}

TEST(Gate, NewKeysAreFewAnAddress) {
    auto rates = patient_rates();
    rates.sign_in = {.tokens = 1, .period = std::chrono::hours(1), .burst = 3};
    RoomWorld world(no_database, limits::max_pending_calls, limits::read_deadline, rates);
    const auto try_one = [&] {
        return shown(world, "Bearer " + identity::fresh_secret().text(identity::api_key_prefix));
    };
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(try_one().status, 503) << "it is looked for";
    const auto reply = try_one();
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(reply.header("RateLimit")->substr(0, 12), "\"sign_in\";r=");
    EXPECT_TRUE(reply.header("Retry-After"));
    EXPECT_EQ(shown(world, "Bearer " + world.token(an_admin())).status, 503) << "not counted";
}

TEST(Gate, WhatNoRoleAllowsIsForbiddenAndAudited) {
    RoomWorld world;
    const Who trader{.principal = Principal("user:1"),
                     .roles = identity::Roles(identity::Role::trader),
                     .stations = {StationId("ceres")}};
    const auto reply = world.ask(
        "POST", "/api/cargo",
        R"({"origin":"ceres","destination":"mars","items":[{"productId":"ice","quantity":1}]})",
        world.authorization(trader));
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(slug_of(reply), "forbidden");
    EXPECT_EQ(world.audit().noted(), 1U);
    EXPECT_EQ(world.queued(), 0U);
}

TEST(Gate, AScopeThatIsMissingIsARightThatIsMissing) {
    RoomWorld world;
    auto reader = an_admin();
    reader.scopes = identity::Scopes(identity::Scope::read);
    EXPECT_EQ(world.ask("POST", "/api/trades", good_trade(), world.authorization(reader)).status,
              403);
    EXPECT_EQ(world.ask("GET", "/api/trades", {}, world.authorization(reader)).status, 503);
}

TEST(Gate, AForeignStationIsNamed) {
    RoomWorld world;
    const Who trader{.principal = Principal("user:1"),
                     .roles = identity::Roles(identity::Role::trader),
                     .stations = {StationId("pluto")}};
    const auto reply = world.ask("POST", "/api/trades", good_trade(), world.authorization(trader));
    EXPECT_EQ(reply.status, 403);
    EXPECT_NE(reply.body.find("#/seller"), std::string::npos) << reply.body;
    const auto batch = world.ask("POST", "/api/trades/batch", "[" + good_trade() + "]",
                                 world.authorization(trader));
    EXPECT_EQ(batch.status, 200);
    EXPECT_NE(batch.body.find("/problems/forbidden"), std::string::npos) << batch.body;
    EXPECT_EQ(world.queued(), 0U);
}

TEST(Gate, EveryAnswerTellsTheRate) {
    const RoomWorld world;
    const auto reply = world.ask("POST", "/api/trades", good_trade());
    EXPECT_EQ(reply.status, 202);
    ASSERT_TRUE(reply.header("RateLimit"));
    EXPECT_EQ(reply.header("RateLimit")->substr(0, 10), "\"write\";r=");
    ASSERT_TRUE(reply.header("RateLimit-Policy"));
    EXPECT_EQ(reply.header("RateLimit-Policy")->substr(0, 10), "\"write\";q=");
    EXPECT_FALSE(world.ask("GET", "/livez").header("RateLimit"));
}

TEST(Gate, BeyondTheRateIsLater) {
    RoomWorld world;
    auto client = world.client();
    const auto who = world.authorization(an_admin());
    std::optional<HttpReply> reply;
    for (int i = 0; i < 200; ++i) {
        reply = client.request("POST", "/api/trades/batch", "[]",
                               {who.front(), {"Content-Type", "application/json"}});
        ASSERT_TRUE(reply);
        if (reply->status == 429) break;
    }
    ASSERT_EQ(reply->status, 429) << reply->body;
    EXPECT_EQ(slug_of(*reply), "too_many_requests");
    const std::string after(reply->header("Retry-After").value_or(""));
    EXPECT_GE(std::stoi(after), 1);
    EXPECT_EQ(std::count_if(reply->headers.begin(), reply->headers.end(),
                            [](const auto& header) { return header.first == "Retry-After"; }),
              1);
    const Who other{.principal = Principal("user:2"), .roles = an_admin().roles};
    EXPECT_NE(world.ask("POST", "/api/trades/batch", "[]", world.authorization(other)).status, 429);
}

TEST(Gate, ARowThatSaysNothingLetsNobodyIn) {
    const RouteRow row;
    for (const auto role : {identity::Role::auditor, identity::Role::trader,
                            identity::Role::operator_, identity::Role::admin})
        EXPECT_EQ(
            identity::reach(identity::caller_of(Principal("user:1"), identity::Roles(role),
                                                identity::all_scopes, {identity::every_station}),
                            row.action),
            identity::Reach::nothing);
}

}  // namespace
}  // namespace itn::api::tests
