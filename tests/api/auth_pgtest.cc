#include "api/auth.h"

#include <argon2.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include "common/identity/password.h"
#include "tests/api/people.h"

namespace itn::api::tests {

namespace {

using Micros = std::chrono::microseconds;

/// As it was made when machines were slow.
std::string cheap_hash(std::string_view password) {
    const std::string_view salt = "sixteen bytes of";
    std::array<char, 256> phc{};
    EXPECT_EQ(argon2id_hash_encoded(1, 64, 1, password.data(), password.size(), salt.data(),
                                    salt.size(), 32, phc.data(), phc.size()),
              ARGON2_OK);
    return phc.data();
}

/// How long a refused sign-in takes.
Micros refusal_time(People& people, const std::string& name) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(people.sign_in(name, "not the password").status, 401);
    return std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - began);
}

Micros median(std::vector<Micros> times) {
    std::ranges::sort(times);
    return times.at(times.size() / 2);
}

/// How long refusals take, side by side: of strangers, and of three who can be found.
struct Refusals {
    std::vector<Micros> unknown{};
    std::vector<Micros> known{};

    /// Nine more of each.
    void observe(People& people, int round) {
        for (int i = 0; i < 9; ++i) {
            unknown.push_back(
                refusal_time(people, "nobody" + std::to_string(round) + std::to_string(i / 3)));
            known.push_back(refusal_time(people, "known" + std::to_string(i % 3)));
        }
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(people.sign_in("known" + std::to_string(i)).status, 200);
    }
    double unknown_over_known() const {
        return static_cast<double>(median(unknown).count()) /
               static_cast<double>(median(known).count());
    }
};

}  // namespace

TEST(AuthPg, PeopleRegisterAndSignIn) {
    People people;
    const auto made =
        people.post("/api/auth/register",
                    {{"name", "Ada"}, {"email", "ada@galaxy.example"}, {"password", good_password}},
                    anonymous());
    ASSERT_EQ(made.status, 201) << made.body;
    const auto account = Json::parse(made.body);
    EXPECT_EQ(account.at("role"), "trader");
    EXPECT_EQ(account.at("stations"), Json::array());
    EXPECT_EQ(made.header("Location"), "/api/users/" + account.at("userId").get<std::string>());

    const auto signed_in = people.sign_in("ada");
    ASSERT_EQ(signed_in.status, 200) << signed_in.body;
    EXPECT_EQ(signed_in.header("Cache-Control"), "no-store");
    const auto session = Json::parse(signed_in.body);
    EXPECT_EQ(session.at("expiresIn"), 900);
    EXPECT_EQ(session.at("tokenType"), "Bearer");
    const auto me = people.get("/api/users/me", bearer(session.at("accessToken")));
    EXPECT_EQ(me.status, 200);
    EXPECT_EQ(Json::parse(me.body), account);
    EXPECT_EQ(people.audited("signed_in"), 1U);
    EXPECT_EQ(people.get("/api/users/me", anonymous()).status, 401);
}

TEST(AuthPg, NobodyRegistersWithRightsOrABadPassword) {
    People people;
    people.join("ada");
    const auto attempt = [&](const Json& changes) {
        Json body{{"name", "B"}, {"email", "b@galaxy.example"}, {"password", good_password}};
        body.update(changes);
        return people.post("/api/auth/register", body, anonymous());
    };
    const auto with_role = attempt({{"role", "admin"}});
    EXPECT_EQ(with_role.status, 400);
    EXPECT_EQ(pointer_of(with_role), "#/role");
    const auto with_stations = attempt({{"stations", {"ceres"}}});
    EXPECT_EQ(pointer_of(with_stations), "#/stations");
    for (const auto* password : {"short", "password", "b@galaxy.example"}) {
        const auto refused = attempt({{"password", password}});
        EXPECT_EQ(refused.status, 422) << password;
        EXPECT_EQ(slug_of(refused), "invalid_password");
        EXPECT_EQ(pointer_of(refused), "#/password");
    }
    const auto again = attempt({{"email", "ADA@Galaxy.Example"}});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(slug_of(again), "account_exists");
    EXPECT_EQ(attempt({{"password", std::string(64, 'x')}}).status, 201);
}

TEST(AuthPg, UnknownWrongAndDisabledAreOneAnswer) {
    People people;
    people.join("ada");
    const auto gone = people.join("gone");
    ASSERT_EQ(
        people.world().ask("PUT", "/api/users/" + gone + "/status", R"({"disabled":true})").status,
        200);
    const auto wrong = people.sign_in("ada", "not the password");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(slug_of(wrong), "sign_in_failed");
    EXPECT_TRUE(wrong.header("WWW-Authenticate"));
    EXPECT_EQ(untraced(people.sign_in("nobody")), untraced(wrong));
    EXPECT_EQ(untraced(people.sign_in("gone")), untraced(wrong));
    EXPECT_TRUE(eventually([&] { return people.audited("sign_in_refused") == 3; }));
}

TEST(AuthPg, AnUnknownAddressTakesAsLong) {
    People people;
    for (int i = 0; i < 3; ++i)
        people.join("known" + std::to_string(i));
    // A machine that does other things beside is unfair now and then: more of them tell more. Few
    // are near one another by chance.
    Refusals refusals;
    double ratio = 0;
    for (int round = 0; round < 10 && (round < 4 || ratio < 0.9 || ratio > 1.1); ++round) {
        refusals.observe(people, round);
        ratio = refusals.unknown_over_known();
    }
    EXPECT_GE(ratio, 0.9);
    EXPECT_LE(ratio, 1.1);
}

TEST(AuthPg, WhoFindsNoRoomForItsHashComesLater) {
    People people;
    people.join("ada");
    std::atomic<int> judged{0}, later{0}, other{0};
    {
        std::vector<std::jthread> strangers;
        for (int i = 0; i < 64; ++i)
            strangers.emplace_back([&, i] {
                const auto reply = people.sign_in("stranger" + std::to_string(i));
                const bool is_later =
                    reply.status == 503 && reply.header("Retry-After").has_value();
                ++(reply.status == 401 ? judged : is_later ? later : other);
            });
    }
    EXPECT_EQ(other, 0);
    EXPECT_GT(judged, 0);
    EXPECT_GT(later, 0) << "of 64 at once some are told so";
    EXPECT_EQ(people.sign_in("ada").status, 200);
}

TEST(AuthPg, FiveWrongPasswordsMakeTheRightOneWait) {
    People people;
    people.join("ada");
    people.join("bob");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(people.sign_in("ada", "not the password").status, 401);
    const auto refused = people.sign_in("ada");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.header("Retry-After"), "900");
    RoomWorld other(people.world().database_url());
    const Json body{{"email", "Ada@galaxy.example"}, {"password", good_password}};
    EXPECT_EQ(other.ask("POST", "/api/auth/login", body.dump()).status, 429);
    EXPECT_EQ(people.sign_in("bob").status, 200);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(people.sign_in("nobody").status, 401);
    EXPECT_EQ(untraced(people.sign_in("nobody")), untraced(refused));
}

TEST(AuthPg, GuessesAtOnceAreCountedToo) {
    People people;
    people.join("ada");
    std::atomic<int> judged{0};
    {
        std::vector<std::jthread> guessers;
        for (int i = 0; i < 16; ++i)
            guessers.emplace_back([&] {
                if (people.sign_in("ada", "not the password").status == 401) ++judged;
            });
    }
    EXPECT_LE(judged, 5);
    EXPECT_GE(judged, 1);
    EXPECT_EQ(people.sign_in("ada").status, 429);
}

TEST(AuthPg, ARightPasswordForgetsTheWrongOnes) {
    People people;
    people.join("ada");
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 4; ++i)
            EXPECT_EQ(people.sign_in("ada", "not the password").status, 401);
        EXPECT_EQ(people.sign_in("ada").status, 200);
    }
}

TEST(AuthPg, OldHashesAreMadeAnewAtSignIn) {
    People people;
    const auto id = people.join("ada");
    people.texts("UPDATE account SET password = '" + cheap_hash(good_password) + "' WHERE id = '" +
                 id + "' RETURNING id");
    EXPECT_EQ(people.sign_in("ada", "not the password").status, 401);
    EXPECT_EQ(people.sign_in("ada").status, 200);
    const auto stored = people.texts("SELECT password FROM account WHERE id = '" + id + "'").at(0);
    EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << stored;
    EXPECT_EQ(people.sign_in("ada").status, 200);
}

TEST(AuthPg, NoSecretStandsInTheDatabase) {
    People people;
    people.join("ada");
    const auto session = people.session("ada");
    const auto me = bearer(session.at("accessToken"));
    const auto key =
        Json::parse(people.post("/api/keys", {{"name", "k"}, {"scopes", {"read"}}}, me).body);
    const auto ticket = Json::parse(people.world().ask("POST", "/api/updates/ticket", "", me).body);
    const auto last_part = [](const std::string& text) { return text.substr(text.rfind('_') + 1); };
    const std::vector<std::string> secrets{good_password, session.at("accessToken"),
                                           last_part(session.at("refreshToken")),
                                           last_part(key.at("key")), ticket.at("ticket")};
    const auto tables = people.texts(
        "SELECT quote_ident(table_name) FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE'");
    ASSERT_GT(tables.size(), 10U);
    for (const auto& table : tables)
        for (const auto& row : people.texts("SELECT t::text FROM " + table + " t"))
            for (const auto& secret : secrets)
                EXPECT_EQ(row.find(secret), std::string::npos) << table << ": " << row;
}

TEST(AuthPg, ADatabaseThatHangsHoldsNoSignIn) {
    People people;
    people.join("ada");
    std::vector<pid_t> sessions;
    for (const auto& pid :
         people.texts("SELECT pid::text FROM pg_stat_activity WHERE application_name = 'itn-api'"))
        sessions.push_back(std::stoi(pid));
    ASSERT_FALSE(sessions.empty());
    for (const auto session : sessions)
        ASSERT_EQ(kill(session, SIGSTOP), 0);
    EXPECT_EQ(people.sign_in("ada").status, 503);
    for (const auto session : sessions)
        ASSERT_EQ(kill(session, SIGCONT), 0);
    EXPECT_TRUE(eventually([&] { return people.sign_in("ada").status == 200; }));
}

TEST(AuthPg, WithoutADatabaseNobodyComesIn) {
    RoomWorld world;
    const Json login{{"email", "a@galaxy.example"}, {"password", good_password}};
    EXPECT_EQ(world.ask("POST", "/api/auth/login", login.dump()).status, 503);
    Json registration = login;
    registration["name"] = "A";
    EXPECT_EQ(world.ask("POST", "/api/auth/register", registration.dump()).status, 503);
    const Json token{{"refreshToken", "itnr_4fQz0aBcD1eF_" + std::string(43, 'a')}};
    EXPECT_EQ(world.ask("POST", "/api/auth/refresh", token.dump()).status, 503);
}

}  // namespace itn::api::tests
