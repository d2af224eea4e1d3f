// Every route × everybody who may ask × things of their own and of others, as one table:
// tests/golden/routes.txt names each route of the router. The workers' part is played, so a command
// that the door lets pass is judged by them.
//
//   ok    answered, or refused for anything but a right
//   401, 403, 404
//
// Of two verdicts the first is about the caller's own station, the second about others'.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "api/answers.h"
#include "api/routes.h"
#include "tests/api/played_galaxy.h"

namespace itn::api::tests {
namespace {

using identity::Role;
using identity::Roles;

/// Things of ceres and mars, whose people ask, or of vesta and pallas, who never do.
struct Things {
    std::string station{};
    std::string other{};
    std::string trade{};
    std::string shipment{};
    std::string command{};
    std::string user{};  // of accounts: the trader's, and the admin's
};

std::vector<std::pair<std::string, Who>> callers() {
    const std::vector<StationId> stations{StationId("ceres"), StationId("mars")};
    const auto user = [&](const char* last, Role role) {
        return Who{.principal = Principal(std::string("user:01900000-0000-7000-8000-") + last),
                   .roles = Roles(role),
                   .stations = stations};
    };
    return {{"auditor", user("0000000000b1", Role::auditor)},
            {"trader", user("0000000000b2", Role::trader)},
            {"operator", user("0000000000b3", Role::operator_)},
            {"admin", an_admin()},
            {"partner",
             {.principal = Principal("partner:acme"),
              .roles = Roles(Role::partner),
              .stations = stations,
              .scopes = identity::machine_scopes}}};
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at))
        text.replace(at, what.size(), with);
    return text;
}

std::string filled(std::string text, const Things& things) {
    for (const auto& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{":transactionId", things.trade},
                                                          {":shipmentId", things.shipment},
                                                          {":stationId", things.station},
                                                          {":commandId", things.command},
                                                          {":productId", "ice"},
                                                          {":partner", "nobody"},
                                                          {":userId", things.user},
                                                          {":keyId", "AAAAAAAAAAAA"},
                                                          {":slug", "forbidden"},
                                                          {"STATION", things.station},
                                                          {"OTHER", things.other},
                                                          {"TRADE", things.trade},
                                                          {"SHIPMENT", things.shipment}})
        text = replaced(std::move(text), name, value);
    return text;
}

/// A body that is right in everything, for the routes whose body says whose thing it is about.
std::string body_of(const std::string& route) {
    const std::string trade = R"({"tradeType":"buy","seller":"STATION","buyer":"OTHER",)"
                              R"("items":[{"productId":"ice","quantity":1}]})";
    static const std::map<std::string, std::string> bodies = {
        {"POST /api/trades", trade},
        {"POST /api/trades/batch", "[" + trade + "]"},
        {"PUT /api/trades/:transactionId/status", R"({"status":"cancelled"})"},
        {"POST /api/cargo", R"({"origin":"STATION","destination":"OTHER",)"
                            R"("items":[{"productId":"ice","quantity":1}]})"},
        {"PUT /api/cargo/:shipmentId/status", R"({"status":"in_transit"})"},
        {"POST /api/cargo/status", R"({"cargoId":"SHIPMENT","status":"in_transit"})"},
        {"POST /api/inventory/:stationId/adjustments",
         R"({"productId":"ice","delta":1,"reason":"restock"})"},
        {"POST /api/inventory/update",
         R"({"itemId":"ice","quantityChange":1,"location":"STATION"})"}};
    const auto found = bodies.find(route);
    return found == bodies.end() ? "{}" : found->second;
}

std::string type_of(Body body) {
    return body == Body::merge_patch ? "application/merge-patch+json" : "application/json";
}

class RightsMatrix : public testing::Test {
protected:
    RightsMatrix() {
        for (const auto* id : {"vesta", "pallas"})
            galaxy_.add_station(id);
        for (const auto& [name, who] : callers())
            if (name != "admin") galaxy_.enrol(who);
        for (auto* things : {&own_, &foreign_}) {
            galaxy_.submit("POST", "/api/inventory/" + things->station + "/adjustments",
                           {{"productId", "ice"}, {"delta", 1000}, {"reason", "restock"}});
            const auto made = galaxy_.submit(
                "POST", "/api/trades", Json::parse(filled(body_of("POST /api/trades"), *things)));
            things->trade = made.at("transactionId");
            things->command = made.at("commandId");
            galaxy_.submit("POST", "/api/cargo",
                           {{"shipmentId", things->shipment},
                            {"origin", things->station},
                            {"destination", things->other},
                            {"items", Json::array({{{"productId", "ice"}, {"quantity", 1}}})}});
        }
    }

    HttpReply ask(const RouteRow& row, const Things& things, const Headers& authorization) {
        const auto method = std::string(front::name(row.method));
        const auto route = method + " " + std::string(row.pattern);
        auto headers = authorization;
        if (row.body != Body::none) headers.emplace_back("Content-Type", type_of(row.body));
        const auto body = row.body == Body::none ? "" : filled(body_of(route), things);
        return galaxy_.submit_and_wait(method, filled(std::string(row.pattern), things), body,
                                       headers);
    }

    std::string verdict(const RouteRow& row, const Things& things, const Headers& authorization) {
        const auto reply = ask(row, things, authorization);
        auto status = reply.status;
        if (const auto results = Json::parse(reply.body, nullptr, false);
            row.body == Body::json_or_ndjson && results.is_object() && results.contains("results"))
            status = results["results"].at(0).at("status");
        EXPECT_LT(status, 500) << row.pattern << reply.body;
        EXPECT_NE(status, 429) << row.pattern;
        return status == 401 || status == 403 || status == 404 ? std::to_string(status) : "ok";
    }

    std::string cell(const RouteRow& row, const Headers& authorization) {
        const auto own = verdict(row, own_, authorization);
        const auto foreign = verdict(row, foreign_, authorization);
        return own == foreign ? own : own + "/" + foreign;
    }

    std::string line(const RouteRow& row) {
        std::ostringstream out;
        const auto column = [&](const std::string& text, int width) {
            out << text
                << std::string(std::size_t(std::max<int>(1, width - int(text.size()))), ' ');
        };
        column(std::string(front::name(row.method)) + " " + std::string(row.pattern), 52);
        column(std::string(identity::name(row.action)), 18);
        column(row.rate ? std::string(gateway::name(*row.rate)) : "-", 9);
        column(cell(row, {{"Authorization", ""}}), 8);
        for (const auto& [name, who] : callers())
            column(cell(row, galaxy_.world().authorization(who)), 8);
        auto text = out.str();
        return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    }

    PlayedGalaxy galaxy_;
    Things own_{.station = "ceres",
                .other = "mars",
                .shipment = "run-own",
                .user = "01900000-0000-7000-8000-0000000000b2"};
    Things foreign_{.station = "vesta",
                    .other = "pallas",
                    .shipment = "run-foreign",
                    .user = "01900000-0000-7000-8000-00000000000a"};
};

TEST_F(RightsMatrix, IsTheOneThatIsWrittenDown) {
    std::string table =
        "# route, action, rate; anonymous, auditor, trader, operator, admin, partner\n";
    for (const auto& row : route_rows())
        table += line(row);
    const std::string path = ITN_GOLDEN_DIR "/routes.txt";
    std::ostringstream golden;
    golden << std::ifstream(path).rdbuf();
    EXPECT_EQ(table, golden.str()) << path << " would be:\n" << table;
}

/// The same request about a foreign thing and about none: nothing may tell them apart.
class Bola : public RightsMatrix {
protected:
    static constexpr const char* no_trade = "00000000-0000-7000-8000-00000000dead";
    static constexpr const char* no_shipment = "run-missing";

    /// The whole problem, but for what names the request itself; a problem may repeat its id.
    static Json told(const HttpReply& reply, const Things& asked = {}) {
        auto text = reply.body;
        for (const auto& id : {asked.trade, asked.shipment})
            if (!id.empty()) text = replaced(std::move(text), id, "ID");
        auto problem = Json::parse(text);
        for (const auto* name : {"instance", "traceId", "commandId"})
            problem.erase(name);
        problem["status of the line"] = reply.status;
        return problem;
    }
    /// Whether the page tells of a trade or shipment. Stock is everybody's to read, but not what
    /// moved it.
    static bool tells_of(const HttpReply& page, const std::string& id) {
        return page.body.find(id) != std::string::npos;
    }
    void expect_alike(const Who& who, const std::string& method, const std::string& target,
                      const std::string& body = {}) {
        const auto authorization = galaxy_.world().authorization(who);
        Things missing = foreign_;
        missing.trade = no_trade;
        missing.shipment = no_shipment;
        const auto of = [&](const Things& things) {
            return galaxy_.submit_and_wait(method, filled(target, things), filled(body, things),
                                           authorization);
        };
        const auto foreign = of(foreign_);
        const auto none = of(missing);
        EXPECT_EQ(foreign.status, 404) << target << foreign.body;
        EXPECT_EQ(told(foreign, foreign_), told(none, missing)) << target;
        for (const auto* name : {"Content-Type", "Cache-Control", "Location", "ETag"})
            EXPECT_EQ(foreign.header(name), none.header(name)) << target << name;
        EXPECT_EQ(foreign.body.find("vesta"), std::string::npos) << foreign.body;
    }
    const Who& who(const std::string& role) const {
        static const auto all = callers();
        return std::ranges::find(all, role, &std::pair<std::string, Who>::first)->second;
    }
};

TEST_F(Bola, AForeignThingIsLikeAMissingOne) {
    for (const auto* role : {"trader", "partner"}) {
        expect_alike(who(role), "GET", "/api/trades/:transactionId");
        expect_alike(who(role), "GET", "/api/trades/:transactionId/history");
        expect_alike(who(role), "GET", "/api/cargo/:shipmentId");
        expect_alike(who(role), "GET", "/api/cargo/:shipmentId/history");
        expect_alike(who(role), "PUT", "/api/trades/:transactionId/status",
                     R"({"status":"cancelled"})");
        expect_alike(who(role), "PUT", "/api/trades/:transactionId/status",
                     R"({"status":"completed"})");
    }
    for (const auto* role : {"operator", "partner"}) {
        expect_alike(who(role), "PUT", "/api/cargo/:shipmentId/status",
                     R"({"status":"in_transit"})");
        expect_alike(who(role), "POST", "/api/cargo/status",
                     R"({"cargoId":"SHIPMENT","status":"delivered"})");
    }
}

TEST_F(Bola, OnesOwnIsThere) {
    const auto authorization = galaxy_.world().authorization(who("trader"));
    for (const auto* target : {"/api/trades/:transactionId", "/api/trades/:transactionId/history",
                               "/api/cargo/:shipmentId", "/api/cargo/:shipmentId/history"})
        EXPECT_EQ(galaxy_.get(filled(target, own_), authorization).status, 200) << target;
}

TEST_F(Bola, ListsFeedsAndFiltersShowOnesOwnAlone) {
    for (const auto* role : {"trader", "partner"}) {
        const auto authorization = galaxy_.world().authorization(who(role));
        for (const auto* target :
             {"/api/trades", "/api/trades?station=vesta", "/api/trades?product=ice", "/api/cargo",
              "/api/cargo?station=pallas", "/api/trades?limit=1", "/api/cargo?limit=1"}) {
            const auto reply = galaxy_.get(target, authorization);
            EXPECT_EQ(reply.status, 200) << target << reply.body;
            const auto told = Json::parse(reply.body);
            for (const auto& row : told.at("data"))
                EXPECT_EQ(row.dump().find("vesta"), std::string::npos) << target;
        }
        EXPECT_EQ(Json::parse(galaxy_.get("/api/trades", authorization).body).at("data").size(),
                  1U);
        for (const auto* target : {"/api/updates/recent", "/api/updates/recent?limit=1"}) {
            const auto reply = galaxy_.get(target, authorization);
            EXPECT_EQ(reply.status, 200);
            EXPECT_FALSE(tells_of(reply, foreign_.trade)) << target;
            EXPECT_FALSE(tells_of(reply, foreign_.shipment)) << target;
        }
    }
    const auto all = galaxy_.get("/api/trades", galaxy_.world().authorization(who("auditor")));
    EXPECT_EQ(Json::parse(all.body).at("data").size(), 2U);
}

TEST_F(Bola, StockIsToldWithoutWhatMovedIt) {
    const auto moved = [](const HttpReply& page) {
        Json rows = Json::array();
        const auto told = Json::parse(page.body);
        for (const auto& row : told.at("data"))
            if (row.at("kind") == "inventory.changed") rows.push_back(row);
        EXPECT_FALSE(rows.empty()) << page.body;
        return rows;
    };
    const std::string causes = "vesta vesta vesta";
    galaxy_.submit("POST", "/api/inventory/vesta/adjustments",
                   {{"productId", "ice"}, {"delta", 3}, {"reason", "restock"}, {"note", causes}});
    for (const auto* role : {"trader", "operator", "partner"}) {
        const auto authorization = galaxy_.world().authorization(who(role));
        const auto feed = galaxy_.get("/api/updates/recent?limit=200", authorization);
        EXPECT_FALSE(tells_of(feed, causes)) << role;
        for (const auto& row : moved(feed)) {
            const bool is_own = row.at("body").at("stationId") == own_.station;
            EXPECT_EQ(row.contains("causedBy"), is_own) << role << row;
        }
        for (const auto& row : moved(galaxy_.get("/api/inventory/ceres/ice/ledger", authorization)))
            EXPECT_TRUE(row.contains("causedBy")) << role << row;
        for (const auto& row : moved(galaxy_.get("/api/inventory/vesta/ice/ledger", authorization)))
            for (const auto* name : {"subject", "causedBy", "counterpart"})
                EXPECT_FALSE(row.contains(name)) << role << row;
    }
    const auto auditor = galaxy_.world().authorization(who("auditor"));
    EXPECT_TRUE(tells_of(galaxy_.get("/api/updates/recent?limit=200", auditor), causes));
    for (const auto& row : moved(galaxy_.get("/api/inventory/vesta/ice/ledger", auditor)))
        EXPECT_EQ(row.at("counterpart"), "world") << row;
}

TEST_F(Bola, PositionsMoveOverWhatIsLeftOut) {
    const auto authorization = galaxy_.world().authorization(who("trader"));
    const auto page = galaxy_.get("/api/trades", authorization);
    const auto before = page.header(position_header);
    ASSERT_TRUE(before);
    const std::string since(*before);
    galaxy_.submit("POST", "/api/trades",
                   Json::parse(filled(body_of("POST /api/trades"), foreign_)));
    const auto reply = galaxy_.get("/api/updates/recent?limit=5&since=" + since, authorization);
    EXPECT_EQ(reply.status, 200) << reply.body;
    const auto told = Json::parse(reply.body);
    for (const auto& event : told.at("data"))
        EXPECT_EQ(event.at("kind"), "inventory.changed") << event;
    EXPECT_NE(reply.header(position_header), since);
}

TEST_F(Bola, AFeedInPagesOfOneIsTheWholeFeed) {
    const auto authorization = galaxy_.world().authorization(who("trader"));
    auto start = *wire::parse_position(*galaxy_.get("/api/trades").header(position_header));
    start.seqs.clear();
    const std::string target = "/api/updates/recent?since=";
    const auto whole = galaxy_.get(target + wire::render(start) + "&limit=200", authorization);
    Json events = Json::array();
    std::string since = wire::render(start);
    for (std::size_t pages = 0; pages < 200; ++pages) {
        const auto page = galaxy_.get(target + since + "&limit=1", authorization);
        ASSERT_EQ(page.status, 200) << page.body;
        const auto rows = Json::parse(page.body).at("data");
        if (rows.empty()) break;
        events.push_back(rows.at(0));
        since = *page.header(position_header);
    }
    EXPECT_GT(events.size(), 5U);
    EXPECT_EQ(events, Json::parse(whole.body).at("data"));
}

TEST_F(Bola, AnOutcomeIsItsOwnersAlone) {
    const auto path = "/api/commands/" + own_.command;
    EXPECT_EQ(galaxy_.get(path).status, 200) << "the admin sent it";
    const auto others = galaxy_.get(path, galaxy_.world().authorization(who("trader")));
    const auto none =
        galaxy_.get("/api/commands/no-such-key", galaxy_.world().authorization(who("trader")));
    EXPECT_EQ(others.status, 404);
    EXPECT_EQ(told(others), told(none));
}

TEST_F(Bola, ATagOfSomebodyElseIsOfNoUse) {
    const auto trade = "/api/trades/" + foreign_.trade;
    const std::string tag(*galaxy_.get(trade).header("ETag"));
    auto headers = galaxy_.world().authorization(who("trader"));
    headers.emplace_back("If-None-Match", tag);
    EXPECT_EQ(galaxy_.get(trade, headers).status, 404);
    const auto list = galaxy_.get("/api/trades", headers);
    EXPECT_EQ(list.header("Vary"), "Authorization");
    EXPECT_EQ(list.header("Cache-Control"), "private, no-cache");
}

}  // namespace
}  // namespace itn::api::tests
