#include "api/writes.h"

#include <gtest/gtest.h>

#include <future>
#include <nlohmann/json.hpp>

#include "tests/api/room_world.h"

namespace itn::api::tests {

using Json = nlohmann::json;

namespace {

/// A client that waits for its answer on a thread of its own.
std::future<HttpReply> ask_aside(const RoomWorld& world, const std::string& target,
                                 const std::string& body, const Headers& headers) {
    return std::async(std::launch::async, [&world, target, body, headers] {
        return world.ask("POST", target, body, headers);
    });
}

}  // namespace

TEST(Writes, ATradeIsAcceptedAndQueued) {
    RoomWorld world;
    const auto reply = world.ask("POST", "/api/trades", good_trade());
    ASSERT_EQ(reply.status, 202) << reply.body;
    const auto body = Json::parse(reply.body);
    EXPECT_EQ(body.at("status"), "accepted");
    const std::string id = body.at("transactionId");
    EXPECT_EQ(reply.header("Location"), "/api/trades/" + id);
    EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
    ASSERT_EQ(world.commands().size(), 1U);
    const auto command = Json::parse(world.commands().front());
    EXPECT_EQ(command.at("id"), body.at("commandId"));
    EXPECT_EQ(command.at("subject"), id);
    EXPECT_EQ(command.at("kind"), "trade.create");
    EXPECT_EQ(command.at("principal"), an_admin().principal.text());
}

TEST(Writes, TheCallersTraceGoesAlong) {
    RoomWorld world;
    const std::string id = "0af7651916cd43dd8448eb211c80319c";
    world.ask("POST", "/api/trades", good_trade(),
              {{"traceparent", "00-" + id + "-b7ad6b7169203331-01"}});
    const auto command = Json::parse(world.commands().at(0));
    EXPECT_EQ(command.at("traceparent").get<std::string>().substr(3, 32), id);
}

TEST(Writes, EveryWriteRouteReachesItsFamily) {
    RoomWorld world;
    const std::string trade = "/api/trades/00000000-0000-8000-8000-000000000001/status";
    const std::vector<std::tuple<std::string, std::string, std::string, std::string>> rows = {
        {"PUT", trade, R"({"status":"cancelled"})", "trade.cancel"},
        {"PUT", trade, R"({"status":"completed"})", "trade.collect"},
        {"POST", "/api/cargo",
         R"({"origin":"ceres","destination":"mars","items":[{"productId":"ice","quantity":1}]})",
         "cargo.create"},
        {"PUT", "/api/cargo/run-1/status", R"({"status":"in_transit"})", "cargo.depart"},
        {"POST", "/api/cargo/status", R"({"cargoId":"run-1","status":"delivered"})",
         "cargo.deliver"},
        {"POST", "/api/inventory/ceres/adjustments",
         R"({"productId":"ice","delta":5,"reason":"restock"})", "inventory.adjust"},
        {"POST", "/api/inventory/update",
         R"({"itemId":"ice","quantityChange":-1,"location":"ceres"})", "inventory.adjust"},
    };
    std::size_t sent = 0;
    for (const auto& [method, target, body, kind] : rows) {
        const std::string expected = kind;
        const auto reply = world.ask(method, target, body);
        EXPECT_EQ(reply.status, 202) << target << reply.body;
        ++sent;
        const auto commands = world.commands();
        EXPECT_EQ(commands.size(), sent);
        const auto id = Json::parse(reply.body).at("commandId");
        const bool found = std::any_of(commands.begin(), commands.end(), [&](const auto& text) {
            const auto command = Json::parse(text);
            return command.at("id") == id && command.at("kind") == expected;
        });
        EXPECT_TRUE(found) << target;
        EXPECT_TRUE(reply.header("Location").has_value());
    }
}

TEST(Writes, TheSameKeyMakesTheSameCommand) {
    RoomWorld world;
    const Headers key = {{"Idempotency-Key", "\"order-7\""}};
    const auto first = world.ask("POST", "/api/trades", good_trade(), key);
    const auto second = world.ask("POST", "/api/trades", good_trade(), key);
    EXPECT_EQ(first.status, 202);
    EXPECT_EQ(second.status, 202) << "without the database it is sent again";
    EXPECT_EQ(first.body, second.body);
    EXPECT_EQ(first.header("Location"), second.header("Location"));
    EXPECT_EQ(Json::parse(first.body).at("commandId"), "order-7");
}

TEST(Writes, WhoseAKeyIsIsNotGuessedWithoutTheDatabase) {
    RoomWorld world;
    const Headers key = {{"Idempotency-Key", "order-8"}};
    world.ask("POST", "/api/trades", good_trade(), key);
    auto other = Json::parse(good_trade());
    other["items"][0]["quantity"] = 6;
    const auto reply = world.ask("POST", "/api/trades", other.dump(), key);
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(slug_of(reply), "outcome_unknown");
    other["idempotencyKey"] = "order-8";
    const auto batch = world.ask("POST", "/api/trades/batch", "[" + other.dump() + "]");
    EXPECT_EQ(Json::parse(batch.body).at("results")[0].at("status"), 503) << batch.body;
    EXPECT_EQ(world.queued(), 1U);
}

TEST(Writes, ABrokerThatIsDownIs503WithTheKeyForTheRetry) {
    RoomWorld world;
    world.broker().down();
    EXPECT_TRUE(eventually([&] { return world.ask("GET", "/readyz").status == 503; }));
    const auto began = std::chrono::steady_clock::now();
    const auto reply = world.ask("POST", "/api/trades", good_trade());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
    EXPECT_EQ(reply.status, 503);
    EXPECT_TRUE(reply.header("Retry-After").has_value());
    EXPECT_FALSE(Json::parse(reply.body).at("commandId").get<std::string>().empty());
    world.broker().up();
}

TEST(Writes, ABlockedBrokerIs503) {
    RoomWorld world;
    world.broker().block();
    EXPECT_TRUE(eventually([&] { return world.ask("GET", "/readyz").status == 503; }));
    const auto began = std::chrono::steady_clock::now();
    const auto reply = world.ask("POST", "/api/trades", good_trade());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
    EXPECT_EQ(reply.status, 503);
    EXPECT_TRUE(reply.header("Retry-After").has_value());
    world.broker().unblock();
    EXPECT_TRUE(eventually([&] { return world.ask("GET", "/readyz").status == 200; }));
    EXPECT_EQ(world.ask("POST", "/api/trades", good_trade()).status, 202);
}

TEST(Writes, AConfirmThatNeverComesIsUnknown) {
    RoomWorld world;
    world.broker().hold_confirms();
    const auto began = std::chrono::steady_clock::now();
    const auto reply =
        world.ask("POST", "/api/trades", good_trade(), {{"Idempotency-Key", "order-9"}});
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(slug_of(reply), "outcome_unknown");
    EXPECT_TRUE(reply.header("Retry-After").has_value());
    EXPECT_EQ(Json::parse(reply.body).at("commandId"), "order-9");
    world.broker().release_confirms();
}

TEST(Writes, AMissingQueueIs503) {
    RoomWorld world;
    for (const auto& lane : messaging::lanes_with_queue(shards))
        world.broker().delete_queue(messaging::queue_name(lane));
    const auto reply = world.ask("POST", "/api/trades", good_trade());
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(slug_of(reply), "not_accepted");
    EXPECT_TRUE(reply.header("Retry-After").has_value());
}

TEST(Writes, WaitingGetsTheProblemOfARejection) {
    RoomWorld world;
    auto waiting = ask_aside(world, "/api/trades", good_trade(), {{"Prefer", "wait=10"}});
    world.reply_outcome(wire::OutcomeKind::rejected, "insufficient_stock", "line 1 wants 5");
    const auto reply = waiting.get();
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(slug_of(reply), "insufficient_stock");
    EXPECT_EQ(reply.header("Preference-Applied"), "wait=10");
    EXPECT_EQ(Json::parse(reply.body).at("detail"), "line 1 wants 5");
}

TEST(Writes, WaitingIsToldTheOutcomeAlsoWithoutTheDatabase) {
    RoomWorld world;
    auto waiting = ask_aside(world, "/api/trades", good_trade(), {{"Prefer", "wait=10"}});
    world.reply_outcome(wire::OutcomeKind::applied);
    const auto reply = waiting.get();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(Json::parse(reply.body).at("outcome"), "applied");
    EXPECT_TRUE(reply.header("Location").has_value());
}

TEST(Writes, WaitingForAParkedCommandIs500) {
    RoomWorld world;
    auto waiting = ask_aside(world, "/api/trades", good_trade(), {{"Prefer", "wait=10"}});
    world.reply_outcome(wire::OutcomeKind::failed, "22003");
    const auto reply = waiting.get();
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(slug_of(reply), "command_parked");
}

TEST(Writes, WaitingInVainIs202) {
    RoomWorld world;
    const auto reply = world.ask("POST", "/api/trades", good_trade(), {{"Prefer", "wait=1"}});
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.header("Preference-Applied"), "wait=1");
}

TEST(Writes, WhoCannotWaitIsNotToldThatItDid) {
    RoomWorld world;
    for (std::size_t i = 0; i < limits::max_waiters; ++i)
        world.waiters().wait(
            {.principal = an_admin().principal, .id = CommandId(std::to_string(i))},
            std::chrono::minutes(1), [](const auto&) {});
    const auto reply = world.ask("POST", "/api/trades", good_trade(), {{"Prefer", "wait=10"}});
    EXPECT_EQ(reply.status, 202);
    EXPECT_EQ(reply.header("Preference-Applied"), std::nullopt);
}

TEST(Writes, PendingCallsAreBounded) {
    RoomWorld world(no_database, 1);
    auto waiting = ask_aside(world, "/api/trades", good_trade(), {{"Prefer", "wait=10"}});
    ASSERT_TRUE(eventually([&] { return world.queued() == 1; }));
    const auto reply = world.ask("POST", "/api/trades", good_trade());
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(slug_of(reply), "overloaded");
    EXPECT_TRUE(reply.header("Retry-After").has_value());
    world.reply_outcome(wire::OutcomeKind::applied);
    EXPECT_EQ(waiting.get().status, 200);
    EXPECT_EQ(world.ask("GET", "/livez").status, 200);
}

TEST(Writes, LocationsNameTheThing) {
    using domain::CommandKind;
    EXPECT_EQ(location_of(CommandKind::trade_create, "a"), "/api/trades/a");
    EXPECT_EQ(location_of(CommandKind::cargo_depart, "b"), "/api/cargo/b");
    EXPECT_EQ(location_of(CommandKind::inventory_transfer, "c"), "/api/cargo/c");
    EXPECT_EQ(location_of(CommandKind::inventory_adjust, "ceres/ice"), "/api/inventory/ceres/ice");
}

TEST(Writes, KeysWithQuotesStayJson) {
    domain::Command command;
    command.id = CommandId(R"(a"b\c)");
    command.subject = "ceres/ice";
    command.kind = domain::CommandKind::inventory_adjust;
    EXPECT_EQ(Json::parse(render_accepted(command)),
              Json::parse(R"({"commandId":"a\"b\\c","stationId":"ceres","productId":"ice",
                              "status":"accepted"})"));
}

}  // namespace itn::api::tests
