#include "api/keys.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/api/people.h"

namespace itn::api::tests {

namespace {

const Headers form_type{{"Authorization", ""},
                        {"Content-Type", "application/x-www-form-urlencoded"}};

/// A key of this caller, as it was shown.
Json make_key(People& people, const Headers& headers, const Json& changes = Json::object()) {
    Json body{{"name", "bridge"}, {"scopes", {"read"}}};
    body.update(changes);
    const auto reply = people.post("/api/keys", body, headers);
    EXPECT_EQ(reply.status, 201) << reply.body;
    EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    return Json::parse(reply.body);
}

std::string secret_of(const Json& key) {
    const std::string text = key.at("key");
    return text.substr(text.rfind('_') + 1);
}

HttpReply grant(People& people, const Json& key, const std::string& more = {},
                const Headers& headers = form_type) {
    const std::string form =
        "grant_type=client_credentials&client_id=" + key.at("keyId").get<std::string>() +
        "&client_secret=" + secret_of(key) + more;
    return people.world().ask("POST", "/oauth/token", form, headers);
}

std::string error_of(const HttpReply& reply) {
    return std::to_string(reply.status) + " " + Json::parse(reply.body).value("error", "");
}

std::string base64(std::string_view text) {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        std::uint32_t word = 0;
        for (std::size_t j = 0; j < 3; ++j)
            word = word << 8U | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0);
        for (std::size_t j = 0; j < 4; ++j)
            out += i + j <= text.size() ? digits[word >> (18 - 6 * j) & 63U] : '=';
    }
    return out;
}

/// What the doorkeeper makes of a bare secret.
Result<gateway::VisitorPtr> known(People& people, const std::string& secret) {
    std::promise<Result<gateway::VisitorPtr>> promise;
    people.world().doorkeeper().identify_secret(secret, [&](Result<gateway::VisitorPtr> visitor) {
        promise.set_value(std::move(visitor));
    });
    return promise.get_future().get();
}

}  // namespace

TEST(KeysPg, AKeyActsForItsOwnerWithinItsScopes) {
    People people;
    const auto id = people.join("ada");
    people.appoint(id, "trader", {"mars"});
    const auto me = people.as("ada");
    const auto key = make_key(people, me);
    EXPECT_EQ(key.at("principal"), "user:" + id);
    EXPECT_EQ(key.at("scopes"), Json{"read"});
    const auto machine = bearer(key.at("key"));
    EXPECT_EQ(people.get("/api/trades", machine).status, 200);
    EXPECT_EQ(people.get("/api/users/me", machine).status, 200);
    const auto beyond = people.post("/api/trades", Json::parse(good_trade()), machine);
    EXPECT_EQ(beyond.status, 403) << beyond.body;
    const auto trading = make_key(people, me, {{"scopes", {"read", "trade"}}});
    EXPECT_EQ(
        people.post("/api/trades", Json::parse(good_trade()), bearer(trading.at("key"))).status,
        202);

    const auto listed = people.get("/api/keys", me);
    const auto rows = Json::parse(listed.body).at("data");
    EXPECT_EQ(rows.size(), 2U);
    EXPECT_EQ(listed.body.find(secret_of(key)), std::string::npos);
    EXPECT_FALSE(rows.at(0).contains("key"));
    EXPECT_EQ(people.audited("key_made"), 2U);
}

TEST(KeysPg, AMachineIsToldWhoItIs) {
    People people;
    people.join("ada");
    const auto me = people.as("ada");
    const auto key = make_key(people, me, {{"scopes", {"read", "trade"}}});
    auto account = Json::parse(people.get("/api/users/me", me).body);
    const auto by_key = people.get("/api/users/me", bearer(key.at("key")));
    account["key"] = {{"keyId", key.at("keyId")},
                      {"scopes", {"read", "trade"}},
                      {"expiresAt", key.at("expiresAt")}};
    EXPECT_EQ(Json::parse(by_key.body), account);
    EXPECT_EQ(by_key.header("Cache-Control"), "no-store");
    const auto token = Json::parse(grant(people, key, "&scope=read").body).at("access_token");
    const auto shown = Json::parse(people.get("/api/users/me", bearer(token)).body).at("key");
    EXPECT_EQ(shown.at("keyId"), key.at("keyId"));
    EXPECT_EQ(shown.at("scopes"), Json{"read"}) << "of the token";
    EXPECT_LT(shown.at("expiresAt").get<std::string>(), key.at("expiresAt").get<std::string>());
}

TEST(KeysPg, MachinesMakeNoKeysAndOpenNoSessions) {
    People people;
    people.join("ada");
    const auto me = people.as("ada");
    const auto key = make_key(
        people, me, {{"scopes", {"read", "trade", "cargo", "inventory", "catalogue", "operate"}}});
    const auto token = Json::parse(grant(people, key).body).at("access_token");
    for (const auto& machine : {bearer(key.at("key")), bearer(token)}) {
        EXPECT_EQ(people.post("/api/keys", {{"name", "k"}, {"scopes", {"read"}}}, machine).status,
                  403);
        EXPECT_EQ(people.get("/api/keys", machine).status, 403);
        EXPECT_EQ(
            people
                .put("/api/users/me/password",
                     {{"currentPassword", good_password}, {"newPassword", "another one"}}, machine)
                .status,
            403);
    }
    for (const auto* scope : {"account", "everything"}) {
        const auto refused = people.post("/api/keys", {{"name", "k"}, {"scopes", {scope}}}, me);
        EXPECT_EQ(refused.status, 400);
        EXPECT_EQ(pointer_of(refused), "#/scopes/0");
    }
    EXPECT_EQ(
        people.post("/api/auth/refresh", {{"refreshToken", key.at("key")}}, anonymous()).status,
        401);
}

TEST(KeysPg, TwoOfANameAndNoMore) {
    People people;
    people.join("ada");
    const auto me = people.as("ada");
    const auto first = make_key(people, me);
    make_key(people, me);
    const Json wish{{"name", "bridge"}, {"scopes", {"read"}}};
    const auto third = people.post("/api/keys", wish, me);
    EXPECT_EQ(third.status, 409);
    EXPECT_EQ(slug_of(third), "too_many_keys");
    make_key(people, me, {{"name", "other"}});
    EXPECT_EQ(people.erase("/api/keys/" + first.at("keyId").get<std::string>(), me).status, 204);
    EXPECT_EQ(people.post("/api/keys", wish, me).status, 201);
}

TEST(KeysPg, ARevokedKeyIsOutWithinSeconds) {
    People people;
    people.join("ada");
    people.join("bob");
    const auto me = people.as("ada");
    const auto key = make_key(people, me);
    const auto path = "/api/keys/" + key.at("keyId").get<std::string>();
    const auto token = Json::parse(grant(people, key).body).at("access_token");
    EXPECT_EQ(people.get("/api/trades", bearer(key.at("key"))).status, 200);
    EXPECT_EQ(people.get("/api/trades", bearer(token)).status, 200);

    const auto foreign = people.erase(path, people.as("bob"));
    EXPECT_EQ(foreign.status, 404);
    EXPECT_EQ(untraced(foreign), untraced(people.erase("/api/keys/abcdefABCDEF", me)));
    EXPECT_EQ(people.get("/api/trades", bearer(key.at("key"))).status, 200);

    EXPECT_EQ(people.erase(path, me).status, 204);
    for (const auto& machine : {bearer(key.at("key")), bearer(token)})
        EXPECT_TRUE(eventually([&] { return people.get("/api/trades", machine).status == 401; }));
    EXPECT_EQ(error_of(grant(people, key)), "401 invalid_client");
    EXPECT_EQ(people.erase(path, me).status, 204);
    EXPECT_EQ(people.audited("key_revoked"), 1U) << "of the first time";
}

TEST(KeysPg, EndsLieAheadAndNotTooFar) {
    People people;
    people.join("ada");
    const auto me = people.as("ada");
    for (const auto* end : {"2020-01-01T00:00:00Z", "2200-01-01T00:00:00Z"}) {
        const auto refused =
            people.post("/api/keys", {{"name", "k"}, {"scopes", {"read"}}, {"expiresAt", end}}, me);
        EXPECT_EQ(refused.status, 422);
        EXPECT_EQ(pointer_of(refused), "#/expiresAt");
    }
}

TEST(OauthPg, GrantsWhatTheKeyHas) {
    People people;
    people.join("ada");
    const auto key = make_key(people, people.as("ada"), {{"scopes", {"read", "trade"}}});
    const auto all = grant(people, key);
    ASSERT_EQ(all.status, 200) << all.body;
    EXPECT_EQ(all.header("Cache-Control"), "no-store");
    const auto granted = Json::parse(all.body);
    EXPECT_EQ(granted.at("token_type"), "Bearer");
    EXPECT_EQ(granted.at("expires_in"), 900);
    EXPECT_EQ(granted.at("scope"), "read trade");
    const auto less = grant(people, key, "&scope=read");
    EXPECT_EQ(Json::parse(less.body).at("scope"), "read");
    const auto machine = bearer(Json::parse(less.body).at("access_token"));
    EXPECT_EQ(people.get("/api/trades", machine).status, 200);
    EXPECT_EQ(people.post("/api/trades", Json::parse(good_trade()), machine).status, 403);

    auto basic = form_type;
    basic[0].second = "Basic " + base64(key.at("keyId").get<std::string>() + ":" + secret_of(key));
    const auto by_header =
        people.world().ask("POST", "/oauth/token", "grant_type=client_credentials", basic);
    EXPECT_EQ(by_header.status, 200) << by_header.body;
    EXPECT_EQ(error_of(grant(people, key, "", basic)), "400 invalid_request");
    basic[0].second.replace(0, 5, "bAsIC");
    EXPECT_EQ(
        people.world().ask("POST", "/oauth/token", "grant_type=client_credentials", basic).status,
        200);
    EXPECT_EQ(error_of(grant(people, key, "", basic)), "400 invalid_request");
}

TEST(OauthPg, RefusesAsTheStandardSays) {
    People people;
    people.join("ada");
    const auto key = make_key(people, people.as("ada"));
    EXPECT_EQ(error_of(grant(people, key, "&scope=trade")), "400 invalid_scope");
    EXPECT_EQ(error_of(grant(people, key, "&scope=")), "400 invalid_scope");
    EXPECT_EQ(error_of(grant(people, key, "&scope=read+root")), "400 invalid_scope");
    EXPECT_EQ(error_of(grant(people, key, "&grant_type=password")), "400 invalid_request");
    auto wrong = key;
    wrong["key"] = "itn_" + key.at("keyId").get<std::string>() + "_" + std::string(43, 'a');
    const auto refused = grant(people, wrong);
    EXPECT_EQ(error_of(refused), "401 invalid_client");
    EXPECT_TRUE(refused.header("WWW-Authenticate"));
    wrong["keyId"] = "abcdefABCDEF";
    EXPECT_EQ(grant(people, wrong).body, refused.body);
    const auto ask = [&](const std::string& form) {
        return error_of(people.world().ask("POST", "/oauth/token", form, form_type));
    };
    EXPECT_EQ(ask("client_id=a&client_secret=b"), "400 invalid_request");
    EXPECT_EQ(ask("grant_type=password&username=a"), "400 unsupported_grant_type");
    EXPECT_EQ(ask("grant_type=client_credentials"), "401 invalid_client");
    EXPECT_EQ(ask("grant_type=%zz"), "400 invalid_request");
    EXPECT_EQ(
        people.post("/oauth/token", {{"grant_type", "client_credentials"}}, anonymous()).status,
        415);
    EXPECT_TRUE(eventually([&] { return people.audited("key_refused") == 2; }));
}

TEST(OauthPg, WhatCanBeNoKeyIsNotLookedFor) {
    People people;
    const std::string id = "abcdefABCDEF";
    const std::string secret(43, 'a');
    const auto unknown = grant(people, {{"keyId", id}, {"key", "itn_" + id + "_" + secret}});
    EXPECT_EQ(error_of(unknown), "401 invalid_client");
    std::size_t refused = 1;
    const auto expect_refusal = [&](const std::string& form, const Headers& headers) {
        const auto reply = people.world().ask("POST", "/oauth/token",
                                              "grant_type=client_credentials" + form, headers);
        EXPECT_EQ(reply.status, 401) << form.substr(0, 100);
        EXPECT_EQ(reply.body, unknown.body) << form.substr(0, 100);
        ++refused;
    };
    for (const auto& pair : std::vector<std::string>{
             "\xff:x", "\xff" + id.substr(1) + ":" + secret, std::string("\0:x", 3),
             id + ":" + secret.substr(1) + std::string(1, '\0'), ":" + secret, id + ":"}) {
        auto basic = form_type;
        basic[0].second = "Basic " + base64(pair);
        expect_refusal("", basic);
    }
    for (const auto& [name, word] :
         std::vector<std::pair<std::string, std::string>>{{id.substr(1), secret + "a"},
                                                          {id.substr(1), "_" + secret},
                                                          {id.substr(1) + "'", secret},
                                                          {"itn_" + id, secret},
                                                          {std::string(60'000, 'a'), secret}})
        expect_refusal("&client_id=" + name + "&client_secret=" + word, form_type);
    EXPECT_TRUE(eventually([&] { return people.audited("key_refused") == refused; }));
    EXPECT_EQ(people.texts("SELECT DISTINCT subject FROM audit_trail WHERE event = 'key_refused' "
                           "ORDER BY subject"),
              (std::vector<std::string>{"", id}));
    for (const auto* bytes : {"%00", "%ff"}) {
        const auto form = std::string("grant_type=client_credentials&client_id=") + bytes;
        const auto reply = people.world().ask("POST", "/oauth/token", form, form_type);
        EXPECT_EQ(error_of(reply), "400 invalid_request") << "no form at all";
    }
}

TEST(OauthPg, ShowsThePublicKeys) {
    People people;
    const auto keys = people.get("/.well-known/jwks.json", anonymous());
    ASSERT_EQ(keys.status, 200);
    const auto first = Json::parse(keys.body).at("keys").at(0);
    EXPECT_EQ(first.at("kid"), people.world().doorkeeper().keys().signing().id());
    EXPECT_FALSE(first.contains("d"));
}

TEST(PartnersPg, AreMadeAndChangedByAdmins) {
    People people;
    people.join("ada");
    const auto admin = people.as_admin();
    const Json acme{{"name", "acme"}, {"stations", {"ceres"}}};
    for (const auto* method : {"POST", "GET"})
        EXPECT_EQ(
            people.world()
                .ask(method, "/api/partners", method[0] == 'P' ? acme.dump() : "", people.as("ada"))
                .status,
            403);
    const auto made = people.post("/api/partners", acme, admin);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.header("Location"), "/api/partners/acme");
    EXPECT_EQ(slug_of(people.post("/api/partners", acme, admin)), "partner_exists");
    EXPECT_EQ(
        slug_of(people.post("/api/partners", {{"name", "beta"}, {"stations", {"pluto"}}}, admin)),
        "unknown_station");
    EXPECT_EQ(Json::parse(people.get("/api/partners", admin).body).at("data").size(), 1U);
    EXPECT_EQ(people.get("/api/partners/acme", admin).body, made.body);
    EXPECT_EQ(people.get("/api/partners/nobody", admin).status, 404);
    const auto changed = people.put("/api/partners/acme", {{"stations", {"mars"}}}, admin);
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(Json::parse(changed.body).at("stations"), Json{"mars"});
    EXPECT_EQ(Json::parse(changed.body).at("version"), 2);
    EXPECT_EQ(people.put("/api/partners/nobody", {{"stations", Json::array()}}, admin).status, 404);
}

TEST(PartnersPg, TheirKeysAreThePartner) {
    People people;
    people.join("ada");
    const auto admin = people.as_admin();
    people.post("/api/partners", {{"name", "acme"}, {"stations", {"mars"}}}, admin);
    const Json wish{{"name", "k"}, {"scopes", {"read", "trade"}}, {"partner", "acme"}};
    const auto as_ada = people.as("ada");
    const auto noted = people.world().audit().noted();
    EXPECT_EQ(people.post("/api/keys", wish, as_ada).status, 403);
    EXPECT_EQ(people.world().audit().noted(), noted + 1);
    auto unknown = wish;
    unknown["partner"] = "beta";
    EXPECT_EQ(slug_of(people.post("/api/keys", unknown, admin)), "partner_not_found");
    const auto key = make_key(people, admin, wish);
    EXPECT_EQ(key.at("principal"), "partner:acme");
    const auto machine = bearer(key.at("key"));
    const auto own = Json::parse(people.get("/api/users/me", machine).body);
    EXPECT_EQ(own.at("principal"), "partner:acme");
    EXPECT_EQ(own.at("role"), "partner");
    EXPECT_EQ(own.at("stations"), Json{"mars"});
    EXPECT_EQ(own.at("key").at("keyId"), key.at("keyId"));
    const auto traded = people.post("/api/trades", Json::parse(good_trade()), machine);
    EXPECT_EQ(traded.status, 202) << traded.body;
    EXPECT_EQ(people.get("/api/keys?partner=acme", people.as("ada")).status, 404);
    EXPECT_EQ(Json::parse(people.get("/api/keys?partner=acme", admin).body).at("data").size(), 1U);

    people.put("/api/partners/acme", {{"stations", {"mars"}}, {"disabled", true}}, admin);
    EXPECT_TRUE(eventually([&] { return people.get("/api/trades", machine).status == 401; }));
}

TEST(TicketsPg, OpenOnceForWhoeverFetchedThem) {
    People people;
    const auto id = people.join("ada");
    const auto made = people.world().ask("POST", "/api/updates/ticket", "", people.as("ada"));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.header("Cache-Control"), "no-store");
    const auto body = Json::parse(made.body);
    EXPECT_EQ(body.at("expiresIn"), 30);
    const auto visitor = known(people, body.at("ticket"));
    ASSERT_TRUE(visitor.ok());
    EXPECT_EQ((*visitor)->caller.principal.text(), "user:" + id);
    EXPECT_FALSE(known(people, body.at("ticket")).ok());
    EXPECT_EQ(people.world().ask("POST", "/api/updates/ticket", "", anonymous()).status, 401);
}

TEST(TicketsPg, EndWithTheKeyTheyWereFetchedWith) {
    People people;
    people.join("ada");
    const auto ada = people.as("ada");
    const auto key = make_key(people, ada);
    const auto by_key = bearer(key.at("key"));
    const auto by_token = bearer(Json::parse(grant(people, key).body).at("access_token"));
    const auto opened = [&](const Headers& headers) {
        const auto made = people.world().ask("POST", "/api/updates/ticket", "", headers);
        return *known(people, Json::parse(made.body).at("ticket"));
    };
    people.texts("UPDATE api_key SET expires_at = now() + interval '5 minutes' RETURNING id");
    const auto& doorkeeper = people.world().doorkeeper();
    const auto now = runtime::SystemClock().now();
    const auto person = opened(ada);
    EXPECT_TRUE(doorkeeper.may_stay(*person, now + std::chrono::minutes(14)));
    const std::vector machines{opened(by_key), opened(by_token)};
    EXPECT_FALSE(doorkeeper.may_stay(*machines.front(), now + std::chrono::minutes(6)));
    for (const auto& machine : machines)
        EXPECT_TRUE(doorkeeper.may_stay(*machine, now));
    EXPECT_EQ(people.erase("/api/keys/" + key.at("keyId").get<std::string>(), ada).status, 204);
    for (const auto& machine : machines)
        EXPECT_TRUE(eventually([&] { return !doorkeeper.may_stay(*machine, now); }));
    EXPECT_TRUE(doorkeeper.may_stay(*person, now));
}

}  // namespace itn::api::tests
