#include "api/trades.h"

#include <gtest/gtest.h>

#include <set>

#include "common/storage/postgres.h"
#include "tests/api/played_galaxy.h"

namespace itn::api::tests {

namespace {

/// Follows nextCursor to the end; the transactionIds in their order.
std::vector<std::string> all_pages(const PlayedGalaxy& galaxy, const std::string& target) {
    std::vector<std::string> ids;
    auto next = target;
    for (int pages = 0; !next.empty() && pages < 100; ++pages) {
        const auto reply = galaxy.get(next);
        EXPECT_EQ(reply.status, 200) << next << reply.body;
        const auto page = Json::parse(reply.body);
        for (const auto& trade : page.at("data"))
            ids.push_back(trade.at("transactionId"));
        EXPECT_EQ(page.contains("nextCursor"), reply.header("Link").has_value());
        const std::string link(reply.header("Link").value_or("<>"));
        next = link.substr(1, link.find('>') - 1);
    }
    return ids;
}

}  // namespace

TEST(TradesPg, WaitingGetsTheTradeItself) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto reply = galaxy.submit_and_wait("POST", "/api/trades", Json::parse(good_trade()));
    ASSERT_EQ(reply.status, 201) << reply.body;
    const auto trade = Json::parse(reply.body);
    EXPECT_EQ(trade.at("status"), "confirmed");
    EXPECT_EQ(trade.at("total"), 5 * 250);
    EXPECT_EQ(reply.header("Location"),
              "/api/trades/" + trade.at("transactionId").get<std::string>());
    EXPECT_EQ(reply.header("Preference-Applied"), "wait=20");
    EXPECT_TRUE(reply.header("X-ITN-Position").has_value());
    EXPECT_EQ(galaxy.json(*reply.header("Location")), trade);
}

TEST(TradesPg, WaitingGetsTheProblem) {
    PlayedGalaxy galaxy;
    const auto reply = galaxy.submit_and_wait("POST", "/api/trades", Json::parse(good_trade()));
    EXPECT_EQ(reply.status, 409);
    EXPECT_EQ(slug_of(reply), "insufficient_stock");
}

TEST(TradesPg, ATradeIsNotModifiedUntilItIs) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto path = "/api/trades/" + galaxy.trade(5);
    const auto first = galaxy.get(path);
    const std::string etag(*first.header("ETag"));
    const auto again = galaxy.get(path, {{"If-None-Match", etag}});
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.header("ETag"), etag);
    EXPECT_EQ(again.header("X-ITN-Position"), first.header("X-ITN-Position"));

    galaxy.submit("PUT", path + "/status", {{"status", "cancelled"}});
    const auto changed = galaxy.get(path, {{"If-None-Match", etag}});
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(Json::parse(changed.body).at("status"), "cancelled");
    EXPECT_NE(changed.header("X-ITN-Position"), first.header("X-ITN-Position"));
}

TEST(TradesPg, AKnownKeyIsAnsweredWithTheOutcome) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const Headers key = {{"Idempotency-Key", "order-1"}};
    const auto id = galaxy.trade(5, key);
    const auto again = galaxy.world().ask("POST", "/api/trades", good_trade(), key);
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(again.header("Location"), "/api/trades/" + id);
    EXPECT_EQ(Json::parse(again.body).at("outcome"), "applied");
    EXPECT_EQ(galaxy.work(), 0U) << "it was not sent again";
}

/// good_trade(), but for more ice.
std::string another_trade() {
    auto trade = Json::parse(good_trade());
    trade["items"][0]["quantity"] = 6;
    return trade.dump();
}

TEST(TradesPg, AKeyIsWhoseOutcomeSaysSoWhateverThisProcessSawBefore) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    RoomWorld other_process(galaxy.world().database_url());
    const Headers key = {{"Idempotency-Key", "order-2"}};
    const auto ask = [&](const std::string& trade) {
        return other_process.ask("POST", "/api/trades", trade, key);
    };
    // The other process sees another wish first, but this one's is decided.
    EXPECT_EQ(ask(another_trade()).status, 202);
    EXPECT_EQ(slug_of(ask(good_trade())), "key_reuse") << "there is no outcome yet";
    const auto id = galaxy.trade(5, key);

    const auto owner = ask(good_trade());
    EXPECT_EQ(owner.status, 200) << owner.body;
    EXPECT_EQ(Json::parse(owner.body).at("subject"), id);
    const auto loser = ask(another_trade());
    EXPECT_EQ(loser.status, 422);
    EXPECT_EQ(slug_of(loser), "key_reuse");
    EXPECT_EQ(other_process.queued(), 1U);
}

TEST(TradesPg, LinesOfABatchAreJudgedByTheOutcomesToo) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    RoomWorld other_process(galaxy.world().database_url());
    const auto with_key = [](const std::string& trade, const char* key) {
        auto element = Json::parse(trade);
        element["idempotencyKey"] = key;
        return element;
    };
    const auto statuses = [&](const Json& batch) {
        const auto reply = other_process.ask("POST", "/api/trades/batch", batch.dump());
        EXPECT_EQ(reply.status, 200) << reply.body;
        const auto body = Json::parse(reply.body);
        std::vector<int> all;
        for (const auto& line : body.at("results"))
            all.push_back(line.at("status"));
        return all;
    };
    EXPECT_EQ(statuses({with_key(another_trade(), "order-3"), with_key(good_trade(), "order-4")}),
              (std::vector<int>{202, 202}));
    galaxy.trade(5, {{"Idempotency-Key", "order-3"}});
    EXPECT_EQ(statuses({with_key(good_trade(), "order-3"), with_key(another_trade(), "order-3"),
                        with_key(another_trade(), "order-4"), with_key(good_trade(), "order-5")}),
              (std::vector<int>{202, 202, 422, 202}))
        << "the second is what this process saw first: the worker will say whose the key is";
}

TEST(TradesPg, HistoryTellsEveryStep) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto path = "/api/trades/" + galaxy.trade(5);
    galaxy.submit("PUT", path + "/status", {{"status", "cancelled"}});
    std::vector<std::string> kinds;
    const auto history = galaxy.json(path + "/history");
    for (const auto& event : history.at("data"))
        kinds.push_back(event.at("kind"));
    EXPECT_EQ(kinds, (std::vector<std::string>{"trade.confirmed", "trade.cancelled"}));
    const auto nowhere = "/api/trades/00000000-0000-8000-8000-000000000001";
    EXPECT_EQ(galaxy.get(std::string(nowhere) + "/history").status, 404);
    EXPECT_EQ(galaxy.get(nowhere).status, 404);
}

TEST(TradesPg, PagesAreCompleteAndWithoutRepeats) {
    PlayedGalaxy galaxy;
    galaxy.restock(100);
    std::set<std::string> made;
    for (int i = 0; i < 23; ++i)
        made.insert(galaxy.trade(1));
    for (const auto* limit : {"1", "5", "22", "23", "24", "200"}) {
        const auto ids = all_pages(galaxy, std::string("/api/trades?limit=") + limit);
        EXPECT_EQ(ids.size(), made.size()) << limit;
        EXPECT_EQ(std::set(ids.begin(), ids.end()), made) << limit;
    }
    const auto cut = galaxy.json("/api/trades?limit=5").at("nextCursor").get<std::string>();
    EXPECT_EQ(galaxy.get("/api/cargo?cursor=" + cut).status, 400) << "a cursor of another list";
}

TEST(TradesPg, FiltersNarrow) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto kept = galaxy.trade(3);
    const auto gone = galaxy.trade(4);
    galaxy.submit("PUT", "/api/trades/" + gone + "/status", {{"status", "cancelled"}});
    using Ids = std::vector<std::string>;
    EXPECT_EQ(all_pages(galaxy, "/api/trades?status=confirmed"), Ids{kept});
    EXPECT_EQ(all_pages(galaxy, "/api/trades?status=cancelled"), Ids{gone});
    EXPECT_EQ(all_pages(galaxy, "/api/trades?station=mars").size(), 2U);
    EXPECT_EQ(all_pages(galaxy, "/api/trades?station=pluto").size(), 0U);
    EXPECT_EQ(all_pages(galaxy, "/api/trades?product=ice&limit=1").size(), 2U);
    EXPECT_EQ(all_pages(galaxy, "/api/trades?product=iron").size(), 0U);
    EXPECT_EQ(all_pages(galaxy, "/api/trades?from=2000-01-01&to=2200-01-01").size(), 2U);
    EXPECT_EQ(all_pages(galaxy, "/api/trades?to=2000-01-01").size(), 0U);
    EXPECT_EQ(all_pages(galaxy, "/api/trades?from=2200-01-01").size(), 0U);
}

TEST(TradesPg, ARareFilterLooksAtSoManyRowsOnly) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    const auto oldest = galaxy.trade(1);
    storage::Connection other(galaxy.world().database_url(), "test");
    {
        storage::Session session(other, storage::Mode::read_write);
        session.execute(
            "INSERT INTO trade SELECT gen_random_uuid(), 'buy', 'failed', 'ceres', "
            "'mars', 'mars', '[]', 0, '', 'dev', 1, now() + interval '1 minute', now() "
            "FROM generate_series(1, " +
            std::to_string(limits::max_examined + 1) + ")");
        session.commit();
    }
    const std::string target = "/api/trades?status=confirmed";
    const auto first = galaxy.json(target);
    EXPECT_EQ(first.at("data").size(), 0U);
    ASSERT_TRUE(first.contains("nextCursor"));
    EXPECT_EQ(all_pages(galaxy, target), std::vector<std::string>{oldest});
    EXPECT_EQ(galaxy.json("/api/trades?status=failed&limit=5").at("data").size(), 5U);
}

TEST(TradesPg, CommandsTellTheirOutcome) {
    PlayedGalaxy galaxy;
    galaxy.restock(10);
    galaxy.trade(4, {{"Idempotency-Key", "good"}});
    galaxy.trade(400, {{"Idempotency-Key", "bad"}});
    const auto good = galaxy.json("/api/commands/good");
    EXPECT_EQ(good.at("commandId"), "good");
    EXPECT_EQ(good.at("outcome"), "applied");
    EXPECT_TRUE(good.contains("position"));
    EXPECT_EQ(good.at("traceId").get<std::string>().size(), 32U);
    const auto bad = galaxy.json("/api/commands/bad");
    EXPECT_EQ(bad.at("outcome"), "rejected");
    EXPECT_EQ(bad.at("code"), "insufficient_stock");
    EXPECT_EQ(galaxy.get("/api/commands/never").status, 404);
}

}  // namespace itn::api::tests
