#include "common/wire/account.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "tests/common/wire/golden.h"

namespace itn::wire {
namespace {

using nlohmann::json;

Account ada() {
    const auto at = from_rfc3339("2026-11-20T10:00:00.000000Z").value();
    return {.id = "0193a2b4-0000-7000-8000-000000000001",
            .name = "Ada \"Countess\" Lovelace",
            .email = "ada@ceres.example",
            .role = identity::Role::operator_,
            .stations = {StationId("ceres"), StationId("mars")},
            .disabled = false,
            .version = 3,
            .created_at = at,
            .changed_at = at + std::chrono::hours(2)};
}

template <class T>
std::string fault_of(const Result<T>& result) {
    if (result.ok()) return "none";
    const auto& problem = result.problem();
    return problem.faults.empty() ? problem.slug : problem.faults[0].pointer;
}

}  // namespace

TEST(AccountJson, IsWhatItAlwaysWas) {
    expect_golden("account", render(ada()));
    EXPECT_EQ(parse_account(render(ada())).value(), ada());
}

TEST(AccountJson, OfOthersIsRefused) {
    json broken = json::parse(render(ada()));
    broken["role"] = "partner";
    EXPECT_EQ(fault_of(parse_account(broken.dump())), "/role");
    broken = json::parse(render(ada()));
    broken["userId"] = "1";
    EXPECT_EQ(fault_of(parse_account(broken.dump())), "/userId");
}

TEST(PartnerJson, IsWhatItAlwaysWas) {
    const Partner acme{.name = "acme",
                       .stations = {StationId("vesta")},
                       .disabled = true,
                       .version = 2,
                       .created_at = ada().created_at};
    expect_golden("partner", render(acme));
}

TEST(KeyJson, ShowsItsSecretOnce) {
    const ApiKey key{.id = "abcdefABCDEF",
                     .name = "bridge",
                     .principal = ada().principal(),
                     .scopes = identity::Scopes{identity::Scope::trade, identity::Scope::read},
                     .created_at = ada().created_at,
                     .expires_at = ada().changed_at};
    expect_golden("api_key", render(key));
    EXPECT_FALSE(json::parse(render(key)).contains("key"));
    auto fresh = json::parse(render_fresh(key, "itn_a_b"));
    EXPECT_EQ(fresh["key"], "itn_a_b");
    fresh.erase("key");
    EXPECT_EQ(fresh, json::parse(render(key)));
}

TEST(OwnJson, IsTheOwnerAndWhatWasShown) {
    const ShownKey key{.id = "abcdefABCDEF",
                       .scopes = identity::Scopes{identity::Scope::read, identity::Scope::trade},
                       .expires_at = ada().changed_at};
    const json shown = {{"keyId", "abcdefABCDEF"},
                        {"scopes", {"read", "trade"}},
                        {"expiresAt", "2026-11-20T12:00:00.000000Z"}};
    json account = json::parse(render(ada()));
    account["key"] = shown;
    EXPECT_EQ(json::parse(render_own(ada(), key)), account);
    const Partner acme{.name = "acme", .created_at = ada().created_at};
    json partner = json::parse(render(acme));
    partner.update({{"principal", "partner:acme"}, {"role", "partner"}, {"key", shown}});
    EXPECT_EQ(json::parse(render_own(acme, key)), partner);
}

TEST(RegisterWish, NamesEveryFieldThatIsNotItsOwn) {
    const auto wish =
        parse_register_wish(R"({"name":"Ada","email":"a@b.c","password":" p \u00e4 "})");
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->password, " p \xC3\xA4 ");
    for (const auto* field : {"role", "stations", "userId", "disabled", "version", "principal"}) {
        json body{{"name", "Ada"}, {"email", "a@b.c"}, {"password", "long enough"}};
        body[field] = "admin";
        const auto refused = parse_register_wish(body.dump());
        EXPECT_EQ(fault_of(refused), "/" + std::string(field));
        EXPECT_EQ(refused.problem().slug, "invalid_request");
    }
}

TEST(RegisterWish, TakesNoNameThatHidesSomething) {
    const auto fault = [](const std::string& name) {
        return fault_of(parse_register_wish(
            json{{"name", name}, {"email", "a@b"}, {"password", "long enough"}}.dump()));
    };
    for (const auto* good : {"Ada", "\xC3\x84 da \xE2\x80\xA9\xE2\x80\xAF", "\xC2\xA0\xE2\x81\xA5",
                             "\xE2\x81\xAA", "\xF0\x9F\x9A\x80", "\xE1\x80\xAA"})
        EXPECT_EQ(fault(good), "none") << good;
    for (const auto* bad : {"", "a\n", "\ta", "a\x01", "\x1F", "\x7F", "\xC2\x80", "a\xC2\x9F",
                            "\xE2\x80\xAA", "a\xE2\x80\xAE", "\xE2\x81\xA6 b", "\xE2\x81\xA9"})
        EXPECT_EQ(fault(bad), "/name") << bad;
}

TEST(RegisterWish, TakesAddressesThatCanBeOne) {
    const auto fault = [](const std::string& email) {
        return fault_of(parse_register_wish(
            json{{"name", "A"}, {"email", email}, {"password", "long enough"}}.dump()));
    };
    for (const auto* good : {"a@b", "first.last+tag@sub.example"})
        EXPECT_EQ(fault(good), "none") << good;
    for (const auto* bad : {"", "@", "a@", "@b", "a@b@c", "a b@c", "\xC3\xA4@b", "a@b\n"})
        EXPECT_EQ(fault(bad), "/email") << bad;
    EXPECT_EQ(fault(std::string(limits::max_email - 2, 'a') + "@b"), "none");
    EXPECT_EQ(fault(std::string(limits::max_email - 1, 'a') + "@b"), "/email");
}

TEST(SignInWishes, AreStrict) {
    EXPECT_EQ(parse_login_wish(R"({"email":"a@b","password":""})")->password, "");
    EXPECT_EQ(fault_of(parse_login_wish(R"({"email":"a@b"})")), "/password");
    EXPECT_EQ(fault_of(parse_login_wish(R"({"email":"a@b","password":5})")), "/password");
    EXPECT_EQ(fault_of(parse_login_wish(R"([])")), "");
    EXPECT_EQ(*parse_refresh_wish(R"({"refreshToken":"itnr_a_b"})"), "itnr_a_b");
    EXPECT_EQ(fault_of(parse_refresh_wish(R"({"refreshToken":"a","x":1})")), "/x");
    EXPECT_EQ(parse_password_wish(R"({"currentPassword":"a","newPassword":"b"})")->fresh, "b");
    EXPECT_EQ(fault_of(parse_password_wish(R"({"newPassword":"b"})")), "/currentPassword");
    EXPECT_TRUE(parse_status_wish(R"({"disabled":true})").value());
    EXPECT_EQ(fault_of(parse_status_wish(R"({"disabled":"true"})")), "/disabled");
    EXPECT_EQ(fault_of(parse_status_wish(R"({})")), "/disabled");
}

TEST(RoleWish, SortsItsStations) {
    const auto wish = parse_role_wish(R"({"role":"operator","stations":["mars","ceres"]})");
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->role, identity::Role::operator_);
    EXPECT_EQ(wish->stations, (std::vector{StationId("ceres"), StationId("mars")}));
    EXPECT_EQ(wish->version, 0);
    EXPECT_EQ(parse_role_wish(R"({"role":"admin","stations":[],"version":4})")->version, 4);
    const auto fault = [](std::string_view body) { return fault_of(parse_role_wish(body)); };
    EXPECT_EQ(fault(R"({"role":"partner","stations":[]})"), "/role");
    EXPECT_EQ(fault(R"({"role":"root","stations":[]})"), "/role");
    EXPECT_EQ(fault(R"({"role":"trader"})"), "/stations");
    EXPECT_EQ(fault(R"({"role":"trader","stations":["a","a"]})"), "/stations/1");
    EXPECT_EQ(fault(R"({"role":"trader","stations":["*"]})"), "/stations/0");
    EXPECT_EQ(fault(R"({"role":"trader","stations":[],"version":0})"), "/version");
}

TEST(KeyWish, TakesScopesOfMachinesAlone) {
    const auto wish = parse_key_wish(
        R"({"name":"n","scopes":["trade","read"],"expiresAt":"2026-12-01T00:00:00Z"})");
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->scopes, (identity::Scopes{identity::Scope::read, identity::Scope::trade}));
    EXPECT_TRUE(wish->expires_at.has_value());
    EXPECT_EQ(parse_key_wish(R"({"name":"n","scopes":["read"],"partner":"acme"})")->partner,
              "acme");
    const auto fault = [](std::string_view body) { return fault_of(parse_key_wish(body)); };
    EXPECT_EQ(fault(R"({"name":"n","scopes":["account"]})"), "/scopes/0");
    EXPECT_EQ(fault(R"({"name":"n","scopes":["read","everything"]})"), "/scopes/1");
    EXPECT_EQ(fault(R"({"name":"n","scopes":[]})"), "/scopes");
    EXPECT_EQ(fault(R"({"name":"","scopes":["read"]})"), "/name");
    EXPECT_EQ(fault(R"({"name":"n","scopes":["read"],"partner":"A-1"})"), "/partner");
    EXPECT_EQ(fault(R"({"name":"n","scopes":["read"],"principal":"user:1"})"), "/principal");
}

TEST(PartnerWish, IsNamedByItsPathOrItsBody) {
    const auto wish = parse_partner_wish(R"({"name":"acme","stations":["ceres"]})", std::nullopt);
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->name, "acme");
    EXPECT_FALSE(wish->disabled);
    EXPECT_TRUE(parse_partner_wish(R"({"stations":[],"disabled":true})", "acme")->disabled);
    const auto fault = [](std::string_view body, std::optional<std::string_view> name) {
        return fault_of(parse_partner_wish(body, name));
    };
    EXPECT_EQ(fault(R"({"name":"other","stations":[]})", "acme"), "/name");
    EXPECT_EQ(fault(R"({"stations":[]})", std::nullopt), "/name");
    EXPECT_EQ(fault(R"({"stations":[]})", "Acme"), "invalid_request");
    for (const auto* name : {"ab", "acme-1", "ACME", "abcdefghijklmnopqrstuvwxyz0123456789"})
        EXPECT_EQ(fault(json{{"name", name}, {"stations", {}}}.dump(), std::nullopt), "/name");
}

TEST(PartnerWish, SaysThatANameIsTheNetworksOwn) {
    for (const auto* name : {"api", "itn", "guest"}) {
        const auto wish = parse_partner_wish(
            json{{"name", name}, {"stations", json::array()}}.dump(), std::nullopt);
        ASSERT_FALSE(wish.ok()) << name;
        ASSERT_EQ(wish.problem().faults.size(), 1U) << name;
        EXPECT_EQ(wish.problem().faults[0].detail, "is a name the network uses itself");
        EXPECT_EQ(parse_partner_wish(R"({"stations":[]})", name).problem().detail,
                  "the partner in the path is a name the network uses itself");
    }
}

}  // namespace itn::wire
