#include "api/reads.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>

#include "common/storage/postgres.h"
#include "tests/api/played_galaxy.h"
#include "tests/support/private_postgres.h"

namespace itn::api::tests {

TEST(InventoryPg, StockAndItsLedgerAgree) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    galaxy.restock(7);
    galaxy.submit("POST", "/api/inventory/update",
                  {{"itemId", "ice"}, {"quantityChange", -2}, {"location", "ceres"}});
    galaxy.trade(5);
    const auto stock = galaxy.json("/api/inventory/ceres/ice");
    EXPECT_EQ(stock.at("onHand"), 15);
    EXPECT_EQ(stock.at("reserved"), 5);
    EXPECT_EQ(stock.at("available"), 10);

    const auto ledger = galaxy.json("/api/inventory/ceres/ice/ledger");
    EXPECT_EQ(ledger.at("balance"), 15);
    std::vector<std::pair<int, int>> lines;
    std::string target = "/api/inventory/ceres/ice/ledger?limit=1";
    for (int pages = 0; pages < 10; ++pages) {
        const auto page = galaxy.json(target);
        for (const auto& line : page.at("data"))
            lines.emplace_back(line.at("delta"), line.at("balance"));
        if (!page.contains("nextCursor")) break;
        target = "/api/inventory/ceres/ice/ledger?limit=1&cursor=" +
                 page.at("nextCursor").get<std::string>();
    }
    EXPECT_EQ(lines, (std::vector<std::pair<int, int>>{{-2, 15}, {7, 17}, {10, 10}}));
    EXPECT_EQ(galaxy.json("/api/inventory/ceres/ice/ledger?asOf=2000-01-01").at("balance"), 0);
}

TEST(InventoryPg, StationsAreListed) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto station = galaxy.json("/api/inventory/ceres");
    EXPECT_EQ(station.at("stationId"), "ceres");
    EXPECT_EQ(station.at("items").at(0).at("productId"), "ice");
    EXPECT_EQ(galaxy.json("/api/inventory/mars").at("items").size(), 0U);
    EXPECT_EQ(galaxy.json("/api/inventory?location=ceres").at("data").size(), 1U);
    EXPECT_EQ(galaxy.json("/api/inventory?station=mars").at("data").size(), 0U);
    EXPECT_EQ(slug_of(galaxy.get("/api/inventory/ceres/iron")), "stock_not_found");
}

TEST(CargoPg, GoesItsWay) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto made =
        galaxy.submit_and_wait("POST", "/api/cargo",
                               {{"origin", "ceres"},
                                {"destination", "mars"},
                                {"shipmentId", "run-1"},
                                {"items", {{{"productId", "ice"}, {"quantity", 4}}}}});
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.header("Location"), "/api/cargo/run-1");
    EXPECT_EQ(galaxy.get("/api/cargo/run-1").header("ETag"), made.header("ETag"));
    galaxy.submit("PUT", "/api/cargo/run-1/status", {{"status", "in_transit"}});
    galaxy.submit("POST", "/api/cargo/status", {{"cargoId", "run-1"}, {"status", "delivered"}});
    EXPECT_EQ(galaxy.json("/api/cargo/run-1").at("status"), "delivered");
    EXPECT_EQ(galaxy.json("/api/inventory/mars/ice").at("onHand"), 4);
    EXPECT_EQ(galaxy.json("/api/cargo?status=delivered&station=mars").at("data").size(), 1U);
    EXPECT_EQ(galaxy.json("/api/cargo?status=lost").at("data").size(), 0U);
    EXPECT_EQ(galaxy.json("/api/cargo/run-1/history").at("data").size(), 3U);
    const auto again = galaxy.submit_and_wait(
        "POST", "/api/cargo",
        {{"origin", "ceres"}, {"destination", "mars"}, {"shipmentId", "run-1"}});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(slug_of(again), "shipment_exists");
}

TEST(UpdatesPg, SinceAPositionNothingIsMissing) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto before = galaxy.get("/api/updates/recent?limit=200");
    const std::string position(*before.header("X-ITN-Position"));
    const auto trade = galaxy.trade(5);
    const auto after = galaxy.get("/api/updates/recent?since=" + position);
    ASSERT_EQ(after.status, 200) << after.body;
    std::set<std::string> kinds;
    const auto events = Json::parse(after.body);
    for (const auto& event : events.at("data"))
        kinds.insert(event.at("kind").get<std::string>());
    EXPECT_TRUE(kinds.contains("trade.confirmed"));
    EXPECT_TRUE(kinds.contains("inventory.changed"));
    const std::string reached(*after.header("X-ITN-Position"));
    const auto none = galaxy.json("/api/updates/recent?since=" + reached);
    EXPECT_EQ(none.at("data").size(), 0U);
    EXPECT_EQ(galaxy.json("/api/updates/recent?limit=1").at("data").size(), 1U);
    auto ahead = *wire::parse_position(reached);
    ++ahead.seqs.begin()->second;
    const auto future = galaxy.get("/api/updates/recent?since=" + wire::render(ahead));
    EXPECT_EQ(future.status, 409);
    EXPECT_EQ(slug_of(future), "future_position");
    EXPECT_EQ(slug_of(galaxy.get("/api/updates/recent?since=v1.another.AAA")), "invalid_position");
}

TEST(AnalyticsPg, SumsUp) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    galaxy.trade(5);
    const auto summary = galaxy.json("/api/analytics/summary");
    EXPECT_EQ(summary.at("trades").at("perDay").at(0).at("trades"), 1);
    EXPECT_EQ(summary.at("trades").at("perHour").at(0).at("total"), 5 * 250);
    bool found = false;
    for (const auto& station : summary.at("stock"))
        if (station.at("stationId") == "ceres") {
            found = true;
            EXPECT_EQ(station.at("available"), 5);
        }
    EXPECT_TRUE(found);
}

TEST(AnalyticsPg, OneReadServesAllWhoAsk) {
    PlayedGalaxy galaxy;
    auto& world = galaxy.world();
    storage::Connection other(world.database_url(), "test");
    std::vector<std::future<HttpReply>> asking;
    {
        storage::Session session(other, storage::Mode::read_write);
        session.execute("LOCK TABLE trade");
        for (int i = 0; i < 4; ++i)
            asking.push_back(std::async(
                std::launch::async, [&] { return world.ask("GET", "/api/analytics/summary"); }));
        EXPECT_TRUE(eventually([&] {
            return world.ask("GET", "/metrics").body.find("itn_http_requests_in_flight 5\n") !=
                   std::string::npos;
        }));
        EXPECT_TRUE(eventually([&] { return world.reads().waiting() == 0; }))
            << "one read is under way, and no other waits";
    }
    const auto first = asking.front().get();
    EXPECT_EQ(first.status, 200);
    galaxy.restock(10);
    for (std::size_t i = 1; i < asking.size(); ++i)
        EXPECT_EQ(asking[i].get().body, first.body);
    EXPECT_EQ(galaxy.get("/api/analytics/summary").body, first.body) << "for a few seconds";
}

TEST(ReadsPg, ALateLookUpSendsNothingTwice) {
    PlayedGalaxy galaxy;
    RoomWorld world(galaxy.world().database_url(), limits::max_pending_calls,
                    std::chrono::milliseconds(200));
    const Headers key = {{"Idempotency-Key", "order-1"}};
    ASSERT_EQ(world.ask("POST", "/api/trades", good_trade(), key).status, 202);
    storage::Connection other(world.database_url(), "test");
    {
        storage::Session session(other, storage::Mode::read_write);
        session.execute("LOCK TABLE lane");  // its position is a part of every read
        EXPECT_EQ(world.ask("POST", "/api/trades", good_trade(), key).status, 202)
            << "the look-up is given up";
    }
    world.reads().stop();  // ends the look-up, which finds no outcome
    ASSERT_EQ(world.ask("POST", "/api/trades", good_trade()).status, 202);
    const auto commands = world.commands();
    EXPECT_EQ(
        std::ranges::count_if(
            commands, [](const auto& text) { return Json::parse(text).at("id") == "order-1"; }),
        2);
}

TEST(ReadsPg, ADatabaseThatStopsIs503AndComesBack) {
    PlayedGalaxy galaxy;
    ASSERT_EQ(galaxy.get("/api/trades").status, 200);
    itn::tests::private_postgres().stop();
    const auto began = std::chrono::steady_clock::now();
    const auto reply = galaxy.get("/api/trades");
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(slug_of(reply), "database_unavailable");
    EXPECT_EQ(galaxy.world().ask("POST", "/api/trades", good_trade()).status, 202)
        << "writes need no database";
    EXPECT_TRUE(eventually([&] { return !galaxy.world().catalogue().is_current(); }));
    itn::tests::private_postgres().start();
    EXPECT_TRUE(eventually([&] { return galaxy.get("/api/trades").status == 200; }));
    EXPECT_TRUE(eventually([&] { return galaxy.world().catalogue().is_current(); }));
}

}  // namespace itn::api::tests
