#include "api/catalogue_resource.h"

#include <gtest/gtest.h>

#include <atomic>
#include <pqxx/pqxx>
#include <thread>

#include "tests/api/played_galaxy.h"

namespace itn::api::tests {

namespace {

Json station(const std::string& id, const std::string& name) {
    return {{"stationId", id},
            {"name", name},
            {"kind", "space_station"},
            {"position", {{"x", 4}, {"y", 5}, {"z", 6}}}};
}

Json tea() {
    return {{"productId", "tea"}, {"name", "Tea"}, {"unitPrice", 12}, {"unitVolume", 1}};
}

}  // namespace

TEST(CatalogueResourcePg, LivesAndDies) {
    PlayedGalaxy galaxy;
    auto& world = galaxy.world();
    const auto made = world.ask("POST", "/api/stations", station("vesta", "Vesta").dump());
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.header("Location"), "/api/stations/vesta");
    EXPECT_EQ(made.header("ETag"), "\"v1\"");

    const auto read = galaxy.get("/api/stations/vesta");
    EXPECT_EQ(Json::parse(read.body), Json::parse(made.body));
    EXPECT_EQ(galaxy.get("/api/stations/vesta", {{"If-None-Match", "\"v1\""}}).status, 304);

    const auto changed = world.ask("PUT", "/api/stations/vesta", station("vesta", "V").dump(),
                                   {{"If-Match", "\"v1\""}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(changed.header("ETag"), "\"v2\"");

    const auto patched =
        world.ask("PATCH", "/api/stations/vesta", R"({"name":"Vesta II"})",
                  {{"If-Match", "\"v2\""}, {"Content-Type", "application/merge-patch+json"}});
    EXPECT_EQ(patched.status, 200) << patched.body;
    EXPECT_EQ(Json::parse(patched.body).at("name"), "Vesta II");
    EXPECT_EQ(Json::parse(patched.body).at("kind"), "space_station");

    const auto gone = world.ask("DELETE", "/api/stations/vesta", "", {{"If-Match", "\"v3\""}});
    EXPECT_EQ(gone.status, 204) << gone.body;
    EXPECT_EQ(galaxy.get("/api/stations/vesta").status, 404);
}

TEST(CatalogueResourcePg, TheAuditTrailNamesWhatWasChanged) {
    PlayedGalaxy galaxy;
    auto& world = galaxy.world();
    ASSERT_EQ(world.ask("POST", "/api/stations", station("vesta", "Vesta").dump()).status, 201);
    const Headers first = {{"If-Match", "\"v1\""}};
    ASSERT_EQ(world.ask("DELETE", "/api/stations/vesta", "", first).status, 204);
    pqxx::connection connection(world.database_url());
    pqxx::nontransaction work(connection);
    const auto is_told = [&](const std::string& what) {
        return eventually([&] {
            const auto lines = work.exec_params(
                "SELECT FROM audit_trail WHERE event = 'changed' AND detail = $1", what);
            return lines.size() == 1;
        });
    };
    EXPECT_TRUE(is_told("station vesta written"));
    EXPECT_TRUE(is_told("station vesta deleted"));
}

TEST(CatalogueResourcePg, TheBodyMayNameTheVersion) {
    PlayedGalaxy galaxy;
    auto body = station("mars", "Red");
    body["version"] = 1;
    EXPECT_EQ(galaxy.world().ask("PUT", "/api/stations/mars", body.dump()).status, 200);
    const auto stale = galaxy.world().ask("PUT", "/api/stations/mars", body.dump());
    EXPECT_EQ(stale.status, 409);
    EXPECT_EQ(slug_of(stale), "stale_version");
    EXPECT_EQ(Json::parse(stale.body).at("detail"), "Expected version: 2, provided version: 1");
}

TEST(CatalogueResourcePg, IfMatchMayBeAListOrAnything) {
    PlayedGalaxy galaxy;
    const auto put = [&](const char* path, const char* tag) {
        return galaxy.world().ask("PUT", path, station("mars", tag[0] == '*' ? "M" : "N").dump(),
                                  {{"If-Match", tag}});
    };
    EXPECT_EQ(put("/api/stations/mars", "\"v9\", \"v1\"").status, 200);
    EXPECT_EQ(put("/api/stations/mars", "*").status, 200);
    EXPECT_EQ(slug_of(put("/api/stations/mars", "W/\"v3\"")), "stale_version");
    EXPECT_EQ(slug_of(put("/api/stations/mars", "\"v1\", \"v2\"")), "stale_version");
    const auto gone = galaxy.world().ask("DELETE", "/api/stations/pluto", "", {{"If-Match", "*"}});
    EXPECT_EQ(gone.status, 404);
}

TEST(CatalogueResourcePg, TheBuyerOfAnOpenTradeStays) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    galaxy.trade(5);
    const auto used =
        galaxy.world().ask("DELETE", "/api/stations/mars", "", {{"If-Match", "\"v1\""}});
    EXPECT_EQ(slug_of(used), "in_use");
}

TEST(CatalogueResourcePg, RefusesWhatCannotBe) {
    PlayedGalaxy galaxy;
    auto& world = galaxy.world();
    EXPECT_EQ(slug_of(world.ask("POST", "/api/stations", station("mars", "Mars").dump())),
              "station_exists");
    EXPECT_EQ(world
                  .ask("PUT", "/api/stations/pluto", station("pluto", "P").dump(),
                       {{"If-Match", "\"v1\""}})
                  .status,
              404);
    EXPECT_EQ(world.ask("DELETE", "/api/products/tea", "", {{"If-Match", "\"v1\""}}).status, 404);
    galaxy.restock(5);
    const auto used = world.ask("DELETE", "/api/products/ice", "", {{"If-Match", "\"v1\""}});
    EXPECT_EQ(used.status, 409);
    EXPECT_EQ(slug_of(used), "in_use");
    EXPECT_EQ(galaxy.get("/api/products/ice").status, 200);
}

TEST(CatalogueResourcePg, TheWriterStampsWithItsOwnWriteAtOnce) {
    PlayedGalaxy galaxy;
    auto wish = Json::parse(good_trade());
    wish["items"][0]["productId"] = "tea";
    EXPECT_EQ(galaxy.world().ask("POST", "/api/trades", wish.dump()).status, 422);
    ASSERT_EQ(galaxy.world().ask("POST", "/api/products", tea().dump()).status, 201);
    EXPECT_EQ(galaxy.world().ask("POST", "/api/trades", wish.dump()).status, 202);
}

TEST(CatalogueResourcePg, AnotherDoorsWriteIsSeenSoon) {
    PlayedGalaxy galaxy;
    RoomWorld other(galaxy.world().database_url());
    ASSERT_EQ(other.ask("POST", "/api/products", tea().dump()).status, 201);
    EXPECT_TRUE(eventually(
        [&] { return galaxy.world().catalogue().get()->products.contains(ProductId("tea")); }));
}

TEST(CatalogueResourcePg, OfSixtyFourRacingWritersOneWinsEachVersion) {
    PlayedGalaxy galaxy;
    for (int version = 1; version <= 4; ++version) {
        std::atomic<int> won{0};
        std::atomic<int> stale{0};
        const auto tag = "\"v" + std::to_string(version) + "\"";
        {
            std::vector<std::jthread> writers;
            for (int i = 0; i < 64; ++i)
                writers.emplace_back([&, i] {
                    const auto reply = galaxy.world().ask(
                        "PUT", "/api/stations/mars",
                        station("mars", "M" + std::to_string(i)).dump(), {{"If-Match", tag}});
                    if (reply.status == 200) ++won;
                    if (reply.status == 409) ++stale;
                });
        }
        EXPECT_EQ(won, 1);
        EXPECT_EQ(stale, 63);
        EXPECT_EQ(galaxy.json("/api/stations/mars").at("version"), version + 1);
    }
}

TEST(CatalogueResourcePg, AnswersFromItsSnapshotWhatTheDatabaseHolds) {
    PlayedGalaxy galaxy;
    auto& keeper = galaxy.world().catalogue();
    ASSERT_TRUE(keeper.snapshot());
    storage::Reader reader(galaxy.world().database_url(), "test");
    EXPECT_EQ(galaxy.get("/api/stations/mars").body,
              wire::render(*reader.station(StationId("mars")).value));
    // What happens elsewhere moves the position of the snapshot on, and changes nothing in it.
    galaxy.restock(5);
    const auto before = keeper.snapshot()->catalogue;
    keeper.nudge();
    EXPECT_TRUE(eventually([&] { return keeper.snapshot()->position == reader.position(); }));
    EXPECT_EQ(keeper.snapshot()->catalogue, before);
}

TEST(CatalogueResourcePg, PagesGoById) {
    PlayedGalaxy galaxy;
    for (const auto* id : {"eros", "pallas", "vesta"})
        galaxy.world().ask("POST", "/api/stations", station(id, id).dump());
    std::vector<std::string> ids;
    std::string target = "/api/stations?limit=2";
    for (int pages = 0; pages < 10; ++pages) {
        const auto page = galaxy.json(target);
        for (const auto& row : page.at("data"))
            ids.push_back(row.at("stationId"));
        if (!page.contains("nextCursor")) break;
        target = "/api/stations?limit=2&cursor=" + page.at("nextCursor").get<std::string>();
    }
    EXPECT_EQ(ids, (std::vector<std::string>{"ceres", "eros", "mars", "pallas", "vesta"}));
}

}  // namespace itn::api::tests
