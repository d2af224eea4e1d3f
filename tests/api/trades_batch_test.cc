#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "api/trades.h"
#include "tests/api/room_world.h"

namespace itn::api::tests {

using Json = nlohmann::json;

namespace {

constexpr const char* path = "/api/trades/batch";

Json results_of(const HttpReply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    return Json::parse(reply.body).at("results");
}

}  // namespace

TEST(TradesBatch, AnswersEachLineInOrder) {
    RoomWorld world;
    const auto body = "[" + good_trade() + R"(,{"tradeType":"buy"},)" + good_trade() + "]";
    const auto results = results_of(world.ask("POST", path, body));
    ASSERT_EQ(results.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(results[i].at("index"), i);
    EXPECT_EQ(results[0].at("status"), 202);
    EXPECT_EQ(results[0].at("location"),
              "/api/trades/" + results[0].at("transactionId").get<std::string>());
    EXPECT_EQ(results[1].at("status"), 400);
    EXPECT_EQ(results[1].at("problem").at("type"), "/problems/invalid_request");
    EXPECT_NE(results[0].at("commandId"), results[2].at("commandId"));
    EXPECT_EQ(world.commands().size(), 2U);
}

TEST(TradesBatch, LinesComeBackAsLines) {
    RoomWorld world;
    const auto reply = world.ask("POST", path, good_trade() + "\nnot json\n" + good_trade() + "\n",
                                 {{"Content-Type", "application/x-ndjson"}});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("Content-Type"), "application/x-ndjson");
    std::istringstream lines(reply.body);
    std::vector<int> statuses;
    for (std::string line; std::getline(lines, line);)
        statuses.push_back(Json::parse(line).at("status"));
    EXPECT_EQ(statuses, (std::vector<int>{202, 400, 202}));
}

TEST(TradesBatch, OneKeyCoversTheWholeBatch) {
    RoomWorld world;
    const auto body = "[" + good_trade() + "," + good_trade() + "]";
    const Headers key = {{"Idempotency-Key", "night-run"}};
    const auto first = results_of(world.ask("POST", path, body, key));
    const auto again = results_of(world.ask("POST", path, body, key));
    EXPECT_EQ(first, again);
    EXPECT_EQ(first[0].at("commandId"), "night-run:0");
    EXPECT_EQ(first[1].at("commandId"), "night-run:1");
}

TEST(TradesBatch, AKeyOfTheElementWins) {
    RoomWorld world;
    auto element = Json::parse(good_trade());
    element["idempotencyKey"] = "mine";
    const auto results = results_of(world.ask("POST", path, Json::array({element}).dump()));
    EXPECT_EQ(results[0].at("commandId"), "mine");
}

TEST(TradesBatch, TakesAThousandAndNoMore) {
    RoomWorld world;
    auto batch = Json::array();
    for (std::size_t i = 0; i < limits::max_batch_commands; ++i)
        batch.push_back(Json::parse(good_trade()));
    const auto results = results_of(world.ask("POST", path, batch.dump()));
    std::set<std::string> ids;
    for (const auto& result : results)
        ids.insert(result.at("transactionId").get<std::string>());
    EXPECT_EQ(ids.size(), limits::max_batch_commands);
    EXPECT_EQ(world.commands().size(), limits::max_batch_commands);

    batch.push_back(Json::parse(good_trade()));
    EXPECT_EQ(world.ask("POST", path, batch.dump()).status, 400);
    EXPECT_EQ(world.commands().size(), limits::max_batch_commands);
}

TEST(TradesBatch, EachCommandCostsAWrite) {
    RoomWorld world;
    auto batch = Json::array();
    for (int i = 0; i < 600; ++i)
        batch.push_back(Json::parse(good_trade()));
    EXPECT_EQ(world.ask("POST", path, batch.dump()).status, 200);
    const auto reply = world.ask("POST", path, batch.dump());
    EXPECT_EQ(reply.status, 429);
    EXPECT_EQ(reply.header("RateLimit")->substr(0, 10), "\"write\";r=");
    EXPECT_TRUE(reply.header("Retry-After"));
    EXPECT_EQ(world.commands().size(), 600U);
}

TEST(TradesBatch, WhatIsForbiddenIsNotedOnceABatch) {
    RoomWorld world;
    auto batch = Json::array();
    for (int i = 0; i < 100; ++i)
        batch.push_back(Json::parse(good_trade()));
    const Who trader{.principal = Principal("user:1"),
                     .roles = identity::Roles(identity::Role::trader),
                     .stations = {StationId("pluto")}};
    const auto results =
        results_of(world.ask("POST", path, batch.dump(), world.authorization(trader)));
    EXPECT_EQ(results[99].at("status"), 403);
    EXPECT_EQ(world.audit().noted(), 1U);
}

TEST(TradesBatch, AMegabyteIsTheMost) {
    RoomWorld world;
    const std::string padded = "[" + good_trade() + std::string(limits::max_batch_body, ' ') + "]";
    EXPECT_EQ(world.ask("POST", path, padded).status, 413);
    EXPECT_EQ(world.queued(), 0U);
}

TEST(TradesBatch, ABrokerThatIsDownIsSaidPerLine) {
    RoomWorld world;
    world.broker().down();
    ASSERT_TRUE(eventually([&] { return world.ask("GET", "/readyz").status == 503; }));
    const auto results = results_of(world.ask("POST", path, "[" + good_trade() + "]"));
    EXPECT_EQ(results[0].at("status"), 503);
    EXPECT_FALSE(results[0].at("problem").at("commandId").get<std::string>().empty());
    world.broker().up();
}

}  // namespace itn::api::tests
