// How sessions go on and end: by refresh tokens, by signing out and by a new password.

#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "api/auth.h"
#include "common/identity/base64url.h"
#include "tests/api/people.h"

namespace itn::api::tests {

namespace {

Json refresh_body(const Json& session) {
    return {{"refreshToken", session.at("refreshToken")}};
}

HttpReply refresh(People& people, const Json& session) {
    return people.post("/api/auth/refresh", refresh_body(session), anonymous());
}

}  // namespace

TEST(SessionsPg, ARefreshTokenIsGoodOnceAndItsReuseEndsTheSession) {
    People people;
    people.join("ada");
    const auto first = people.session("ada");
    const auto renewed = refresh(people, first);
    ASSERT_EQ(renewed.status, 200) << renewed.body;
    EXPECT_EQ(renewed.header("Cache-Control"), "no-store");
    const auto second = Json::parse(renewed.body);
    EXPECT_EQ(people.get("/api/users/me", bearer(second.at("accessToken"))).status, 200);
    const auto other = people.session("ada");

    const auto stolen = refresh(people, first);
    EXPECT_EQ(stolen.status, 401);
    EXPECT_EQ(slug_of(stolen), "invalid_refresh_token");
    EXPECT_EQ(people.audited("refresh_reuse"), 1U);
    EXPECT_EQ(untraced(refresh(people, second)), untraced(stolen));
    for (const auto* session : {&first, &second, &other})
        EXPECT_TRUE(eventually([&] {
            return people.get("/api/users/me", bearer(session->at("accessToken"))).status == 401;
        }));
    const auto fresh = refresh(people, other);
    ASSERT_EQ(fresh.status, 200);
    EXPECT_EQ(people.get("/api/users/me", bearer(Json::parse(fresh.body).at("accessToken"))).status,
              200);
    for (const auto* text : {"", "itnr_", "itn_abcdefABCDEF_x"})
        EXPECT_EQ(refresh(people, {{"refreshToken", text}}).status, 401) << text;
}

TEST(SessionsPg, RefusedRefreshesStandInTheTrail) {
    People people;
    const auto id = people.join("ada");
    const auto ended = people.session("ada");
    const auto late = people.session("ada");
    const auto idle = people.session("ada");
    people.post("/api/auth/logout", refresh_body(ended), people.as("ada"));
    const auto family_of = [](const Json& session) {
        return session.at("refreshToken").get<std::string>().substr(5, 12);
    };
    people.texts("UPDATE refresh_family SET expires_at = started_at WHERE id = '" +
                 family_of(late) + "' RETURNING id");
    people.texts("UPDATE account SET disabled = true WHERE id = '" + id + "' RETURNING id");
    const Json unknown{{"refreshToken", "itnr_4fQz0aBcD1eF_" + std::string(43, 'a')}};
    for (const auto& session : {unknown, ended, late, idle}) {
        const auto noted = people.world().audit().noted();
        EXPECT_EQ(refresh(people, session).status, 401);
        EXPECT_EQ(people.world().audit().noted(), noted + 1) << session;
    }
}

TEST(SessionsPg, WhoeverReadsAnAccessTokenCannotEndItsSession) {
    People people;
    people.join("ada");
    const auto session = people.session("ada");
    const std::string access = session.at("accessToken");
    const auto claims = identity::from_base64url(
        access.substr(access.find('.') + 1, access.rfind('.') - access.find('.') - 1));
    ASSERT_TRUE(claims);
    const auto seen = Json::parse(*claims);
    EXPECT_FALSE(seen.at("sid").get<std::string>().empty());
    for (const auto& [name, value] : seen.items()) {
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        for (const auto& half : {text, text.substr(0, 12), text.substr(text.find(':') + 1)}) {
            const Json guess{{"refreshToken", "itnr_" + half + "_" + std::string(43, 'a')}};
            EXPECT_EQ(refresh(people, guess).status, 401) << name;
        }
    }
    EXPECT_EQ(people.audited("refresh_reuse"), 0U);
    EXPECT_EQ(people.get("/api/users/me", bearer(access)).status, 200);
    EXPECT_EQ(refresh(people, session).status, 200);
}

TEST(SessionsPg, OfRacingRefreshesOneWinsAndTheSessionIsOver) {
    People people;
    people.join("ada");
    const auto session = people.session("ada");
    std::mutex mutex;
    std::vector<Json> won;
    {
        std::vector<std::jthread> racers;
        for (int i = 0; i < 8; ++i)
            racers.emplace_back([&] {
                const auto reply = refresh(people, session);
                const std::lock_guard lock(mutex);
                if (reply.status == 200) won.push_back(Json::parse(reply.body));
            });
    }
    ASSERT_EQ(won.size(), 1U);
    EXPECT_EQ(refresh(people, won.front()).status, 401);
}

TEST(SessionsPg, SigningOutEndsTheSession) {
    People people;
    people.join("ada");
    people.join("bob");
    const auto session = people.session("ada");
    EXPECT_EQ(people.post("/api/auth/logout", refresh_body(session), anonymous()).status, 401);
    EXPECT_EQ(people.post("/api/auth/logout", refresh_body(session), people.as("bob")).status, 204);
    const auto renewed = refresh(people, session);
    ASSERT_EQ(renewed.status, 200);
    const auto current = Json::parse(renewed.body);
    const auto me = bearer(current.at("accessToken"));
    const auto other = people.as("ada");
    EXPECT_EQ(people.post("/api/auth/logout", refresh_body(current), me).status, 204);
    EXPECT_EQ(refresh(people, current).status, 401);
    for (const auto& token : {me, bearer(session.at("accessToken"))})
        EXPECT_EQ(people.get("/api/users/me", token).status, 401) << "its access tokens, at once";
    EXPECT_EQ(people.get("/api/users/me", other).status, 200) << "no other session ends";
    EXPECT_EQ(people.post("/api/auth/logout", refresh_body(current), other).status, 204);
    EXPECT_EQ(people.post("/api/auth/logout", {{"refreshToken", "?"}}, other).status, 204);
    EXPECT_EQ(people.audited("signed_out"), 1U);
}

TEST(SessionsPg, ANewPasswordEndsAllThatStoodOnTheOld) {
    People people;
    people.join("ada");
    const auto session = people.session("ada");
    const auto me = bearer(session.at("accessToken"));
    const auto change = [&](const std::string& from, const std::string& to) {
        return people.put("/api/users/me/password",
                          {{"currentPassword", from}, {"newPassword", to}}, me);
    };
    EXPECT_EQ(pointer_of(change("not the password", "staple correct horse")), "#/currentPassword");
    EXPECT_EQ(pointer_of(change(good_password, "short")), "#/newPassword");
    EXPECT_EQ(change(good_password, "staple correct horse").status, 204);
    EXPECT_EQ(refresh(people, session).status, 401);
    EXPECT_TRUE(eventually([&] { return people.get("/api/users/me", me).status == 401; }));
    EXPECT_EQ(people.sign_in("ada").status, 401);
    const auto fresh = people.session("ada", "staple correct horse");
    EXPECT_EQ(people.get("/api/users/me", bearer(fresh.at("accessToken"))).status, 200);
}

}  // namespace itn::api::tests
