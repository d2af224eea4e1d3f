#include "api/users.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/api/people.h"

namespace itn::api::tests {

namespace {

std::string role_path(const std::string& id) {
    return "/api/users/" + id + "/role";
}

constexpr const char* nobody = "/api/users/0193a2b4-0000-7000-8000-0000000000ff";

}  // namespace

TEST(UsersPg, EverybodyReadsOnlyTheirOwnAccountButAdmins) {
    People people;
    const auto ada = people.join("ada");
    const auto bob = people.join("bob");
    const auto as_ada = people.as("ada");
    const auto own = people.get("/api/users/" + ada, as_ada);
    EXPECT_EQ(own.status, 200);
    EXPECT_EQ(own.body, people.get("/api/users/me", as_ada).body);
    EXPECT_EQ(own.header("ETag"), "\"v1\"");
    auto conditional = as_ada;
    conditional.emplace_back("If-None-Match", "\"v1\"");
    EXPECT_EQ(people.get("/api/users/me", conditional).status, 304);

    const auto foreign = people.get("/api/users/" + bob, as_ada);
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(untraced(foreign), untraced(people.get(nobody, as_ada)));
    EXPECT_EQ(untraced(foreign), untraced(people.get("/api/users/1", as_ada)));
    EXPECT_EQ(people.get("/api/users/" + bob, people.as_admin()).status, 200);
}

TEST(UsersPg, AdminsAndAuditorsListAccounts) {
    People people;
    const auto ada = people.join("ada");
    EXPECT_EQ(people.get("/api/users", people.as("ada")).status, 403);
    ASSERT_EQ(people.appoint(ada, "auditor").status, 200);
    const auto auditor = people.as("ada");
    people.join("bob");
    std::vector<std::string> names;
    std::string target = "/api/users?limit=2";
    for (int pages = 0; pages < 5; ++pages) {
        const auto page = people.get(target, auditor);
        ASSERT_EQ(page.status, 200) << page.body;
        const auto json = Json::parse(page.body);
        for (const auto& row : json.at("data"))
            names.push_back(row.at("name"));
        if (!json.contains("nextCursor")) break;
        target = "/api/users?limit=2&cursor=" + json.at("nextCursor").get<std::string>();
    }
    EXPECT_EQ(names, (std::vector<std::string>{"somebody", "ada", "bob"}));
    EXPECT_EQ(people.put(role_path(ada), {{"role", "admin"}, {"stations", Json::array()}}, auditor)
                  .status,
              403);
}

TEST(UsersPg, AChangeOfRoleKillsOlderTokens) {
    People people;
    const auto ada = people.join("ada");
    const auto old = people.as("ada");
    EXPECT_EQ(people.get("/api/trades", old).status, 200);
    const auto changed = people.appoint(ada, "operator", {"mars", "ceres"});
    ASSERT_EQ(changed.status, 200) << changed.body;
    const auto account = Json::parse(changed.body);
    EXPECT_EQ(account.at("role"), "operator");
    EXPECT_EQ(account.at("stations"), (Json{"ceres", "mars"}));
    EXPECT_EQ(account.at("version"), 2);
    EXPECT_EQ(changed.header("ETag"), "\"v2\"");
    EXPECT_TRUE(eventually([&] { return people.get("/api/trades", old).status == 401; }));
    const auto fresh = people.get("/api/users/me", people.as("ada"));
    EXPECT_EQ(Json::parse(fresh.body), account);
    EXPECT_EQ(people.audited("role_changed"), 1U);
}

TEST(UsersPg, ASessionGoesOnWithTheNewRights) {
    People people;
    const auto ada = people.join("ada");
    const auto session = people.session("ada");
    ASSERT_EQ(people.appoint(ada, "auditor").status, 200);
    const auto renewed = people.post("/api/auth/refresh",
                                     {{"refreshToken", session.at("refreshToken")}}, anonymous());
    ASSERT_EQ(renewed.status, 200) << renewed.body;
    const auto token = Json::parse(renewed.body).at("accessToken");
    EXPECT_EQ(people.get("/api/users", bearer(token)).status, 200);
}

TEST(UsersPg, RefusesRolesThatCannotBe) {
    People people;
    const auto ada = people.join("ada");
    const auto change = [&](const Json& body, Headers headers = {}) {
        return people.world().ask("PUT", role_path(ada), body.dump(), std::move(headers));
    };
    const Json none = Json::array();
    EXPECT_EQ(pointer_of(change({{"role", "god"}, {"stations", none}})), "#/role");
    EXPECT_EQ(pointer_of(change({{"role", "partner"}, {"stations", none}})), "#/role");
    EXPECT_EQ(pointer_of(change({{"role", "trader"}})), "#/stations");
    const auto unknown = change({{"role", "trader"}, {"stations", {"pluto"}}});
    EXPECT_EQ(unknown.status, 422);
    EXPECT_EQ(slug_of(unknown), "unknown_station");
    EXPECT_EQ(pointer_of(unknown), "#/stations");
    Json many = none;
    for (int i = 0; i < 100; ++i)
        many.push_back("a-station-with-a-long-name-" + std::to_string(1'000 + i));
    EXPECT_EQ(slug_of(change({{"role", "trader"}, {"stations", many}})), "token_too_large");

    EXPECT_EQ(change({{"role", "trader"}, {"stations", {"ceres"}}, {"version", 1}}).status, 200);
    const auto stale = change({{"role", "trader"}, {"stations", none}, {"version", 1}});
    EXPECT_EQ(stale.status, 409);
    EXPECT_EQ(Json::parse(stale.body).at("detail"), "Expected version: 2, provided version: 1");
    EXPECT_EQ(change({{"role", "trader"}, {"stations", none}}, {{"If-Match", "\"v1\""}}).status,
              409);
    EXPECT_EQ(change({{"role", "trader"}, {"stations", none}}, {{"If-Match", "\"v2\""}}).status,
              200);
    EXPECT_EQ(people.put(role_path(ada), {{"role", "admin"}, {"stations", none}}, people.as("ada"))
                  .status,
              403);
    EXPECT_EQ(people.world()
                  .ask("PUT", std::string(nobody) + "/role", R"({"role":"trader","stations":[]})")
                  .status,
              404);
}

TEST(UsersPg, TheDisabledAreOutWithinSeconds) {
    People people;
    const auto ada = people.join("ada");
    const auto session = people.session("ada");
    const auto me = bearer(session.at("accessToken"));
    const auto set = [&](bool disabled) {
        return people.world().ask("PUT", "/api/users/" + ada + "/status",
                                  Json{{"disabled", disabled}}.dump());
    };
    const auto gone = set(true);
    ASSERT_EQ(gone.status, 200) << gone.body;
    EXPECT_TRUE(Json::parse(gone.body).at("disabled"));
    EXPECT_TRUE(eventually([&] { return people.get("/api/users/me", me).status == 401; }));
    EXPECT_EQ(people.sign_in("ada").status, 401);
    EXPECT_EQ(
        people
            .post("/api/auth/refresh", {{"refreshToken", session.at("refreshToken")}}, anonymous())
            .status,
        401);
    EXPECT_EQ(set(false).status, 200);
    EXPECT_EQ(people.get("/api/users/me", people.as("ada")).status, 200);
}

TEST(UsersPg, TheLastAdminStaysOne) {
    People people;
    const auto ada = people.join("ada");
    const auto other = an_admin().principal.text().substr(5);
    const Json trader{{"role", "trader"}, {"stations", Json::array()}};
    ASSERT_EQ(people.appoint(ada, "admin").status, 200);
    const auto as_ada = people.as("ada");
    std::vector<int> statuses(2);
    {
        const std::jthread one(
            [&] { statuses[0] = people.put(role_path(other), trader, as_ada).status; });
        const std::jthread two(
            [&] { statuses[1] = people.put(role_path(ada), trader, as_ada).status; });
    }
    EXPECT_EQ(std::ranges::count(statuses, 200), 1) << statuses[0] << " " << statuses[1];
    EXPECT_EQ(people.texts("SELECT id FROM account WHERE role = 'admin' AND NOT disabled").size(),
              1U);
}

TEST(UsersPg, TheLastAdminIsNotDisabled) {
    People people;
    const auto own = an_admin().principal.text().substr(5);
    const auto refused =
        people.world().ask("PUT", "/api/users/" + own + "/status", R"({"disabled":true})");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(slug_of(refused), "forbidden");
    const auto noted = people.world().audit().noted();
    EXPECT_EQ(people.appoint(own, "operator").status, 403);
    EXPECT_EQ(people.world().audit().noted(), noted + 1);
    EXPECT_EQ(people.appoint(own, "admin", {"ceres"}).status, 200);
}

}  // namespace itn::api::tests
