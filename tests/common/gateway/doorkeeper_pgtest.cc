#include "common/gateway/doorkeeper.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <future>
#include <pqxx/pqxx>

#include "common/base/limits.h"
#include "common/identity/api_key.h"
#include "common/runtime/clock.h"
#include "common/runtime/uuid.h"
#include "common/storage/accounts.h"
#include "common/storage/migrate.h"
#include "common/storage/store.h"
#include "tests/support/child.h"
#include "tests/support/private_postgres.h"

namespace itn::gateway {
namespace {

using namespace std::chrono_literals;
using identity::CallerKind;
using identity::Role;
using identity::Scope;
using identity::Scopes;
using storage::Changed;

const Principal admin{"user:admin"};

std::shared_ptr<const identity::KeySet> fresh_keys() {
    std::vector<identity::Ed25519Key> keys{
        identity::Ed25519Key::from_pem(identity::fresh_key_pem()).value()};
    return std::make_shared<const identity::KeySet>(identity::KeySet::of(std::move(keys)).value());
}

class DoorkeeperTest : public testing::Test {
protected:
    DoorkeeperTest() { keeper_.start(); }

    Timestamp now() const {
        return std::chrono::floor<std::chrono::seconds>(runtime::SystemClock().now());
    }
    Doorkeeper::Options options() const {
        return {.database_url = url_,
                .application = "test",
                .keys = keys_,
                .issuer = "itn",
                .audience = "itn"};
    }

    /// A trader's id.
    std::string somebody() {
        storage::Account account{.id = runtime::uuid_v7(),
                                 .name = "Ada",
                                 .role = Role::trader,
                                 .created_at = now(),
                                 .changed_at = now()};
        account.email = account.id + "@galaxy.example";
        EXPECT_EQ(accounts_.register_account(account, "$phc", cause()), Changed::done);
        return account.id;
    }
    storage::Cause cause() const { return {.caused_by = runtime::uuid_v7(), .at = now()}; }

    std::string token(const std::string& principal, const std::string& client = "web",
                      const std::string& session = {}) const {
        return identity::sign_token(*keys_, {.issuer = "itn",
                                             .audience = "itn",
                                             .subject = Principal(principal),
                                             .client = client,
                                             .token_id = runtime::uuid_v7(),
                                             .session = session,
                                             .issued_at = now(),
                                             .expires_at = now() + limits::max_token_life,
                                             .roles = identity::Roles(Role::trader),
                                             .scopes = identity::all_scopes,
                                             .stations = {StationId("ceres")},
                                             .version = 1})
            .value();
    }

    struct MadeKey {
        std::string id{};
        std::string text{};
    };
    MadeKey key_of(const Principal& owner, std::chrono::seconds life = 1h) {
        const auto secret = identity::fresh_secret();
        storage::ApiKeyRow row{.key = {.id = secret.id,
                                       .owner = owner,
                                       .secret_hash = secret.hash(),
                                       .scopes = Scopes(Scope::read, Scope::trade),
                                       .expires_at = now() + life},
                               .name = secret.id,
                               .created_at = now()};
        EXPECT_EQ(accounts_.create_key(row), Changed::done);
        return {.id = secret.id, .text = secret.text(identity::api_key_prefix)};
    }

    static Result<VisitorPtr> shown(Doorkeeper& keeper, std::optional<std::string> secret) {
        std::promise<Result<VisitorPtr>> known;
        if (secret) *secret = "Bearer " + *secret;
        keeper.identify(secret ? std::optional<std::string_view>(*secret) : std::nullopt,
                        [&](Result<VisitorPtr> visitor) { known.set_value(std::move(visitor)); });
        return known.get_future().get();
    }
    static Result<VisitorPtr> ticket_shown(Doorkeeper& keeper, const std::string& ticket) {
        std::promise<Result<VisitorPtr>> known;
        keeper.identify_secret(ticket, [&](auto visitor) { known.set_value(std::move(visitor)); });
        return known.get_future().get();
    }
    /// "ok", or the slug and detail of the problem.
    static std::string verdict(Doorkeeper& keeper, const std::string& secret) {
        const auto known = shown(keeper, secret);
        return known ? "ok" : known.problem().slug + " " + known.problem().detail;
    }
    /// Whether the secret stops opening the door within a poll and some.
    static bool dies(Doorkeeper& keeper, const std::string& secret) {
        return tests::eventually([&] { return verdict(keeper, secret) != "ok"; },
                                 limits::revocation_poll + 5s);
    }

    const std::string url_ = tests::private_postgres().fresh_database(
        [](const std::string& url) { storage::migrate(url, storage::embedded_migrations(), 4); });
    const std::shared_ptr<const identity::KeySet> keys_ = fresh_keys();
    storage::Accounts accounts_{url_, "test"};
    Doorkeeper keeper_{options()};
};

TEST_F(DoorkeeperTest, WhoBringsNothingIsNobody) {
    const auto known = shown(keeper_, std::nullopt);
    ASSERT_TRUE(known);
    EXPECT_EQ((*known)->caller.kind, CallerKind::anonymous);
    EXPECT_TRUE(keeper_.may_stay(**known, now()));
}

TEST_F(DoorkeeperTest, ATokenSaysWhoItIs) {
    const auto known = shown(keeper_, token("user:1"));
    ASSERT_TRUE(known);
    const auto& visitor = **known;
    EXPECT_EQ(visitor.caller.principal, Principal("user:1"));
    EXPECT_TRUE(visitor.caller.acts_for(StationId("ceres")));
    EXPECT_EQ(visitor.client, "web");
    EXPECT_FALSE(visitor.by_key);
    EXPECT_TRUE(keeper_.may_stay(visitor, now()));
    EXPECT_FALSE(keeper_.may_stay(visitor, now() + limits::max_token_life));
}

TEST_F(DoorkeeperTest, NothingElseIsAToken) {
    const auto good = token("user:1");
    for (const auto& secret : {std::string(), std::string("x"), std::string("itn_short"),
                               good + "x", "." + good, std::string(limits::max_token + 1, 'x')})
        EXPECT_EQ(verdict(keeper_, secret).substr(0, 15), "unauthenticated") << secret;
    std::optional<Result<VisitorPtr>> basic;
    keeper_.identify("Basic dXNlcjpwYXNz", [&](auto known) { basic = std::move(known); });
    ASSERT_TRUE(basic);
    EXPECT_FALSE(*basic);
    const auto foreign = fresh_keys();
    Doorkeeper other({.keys = foreign, .issuer = "itn", .audience = "itn"});
    EXPECT_EQ(verdict(other, good).substr(0, 15), "unauthenticated");
}

TEST_F(DoorkeeperTest, AKeyActsForItsOwnerWithinItsScopes) {
    const auto id = somebody();
    const auto known = shown(keeper_, key_of(Principal("user:" + id)).text);
    ASSERT_TRUE(known) << known.problem().detail;
    const auto& visitor = **known;
    EXPECT_EQ(visitor.caller.principal, Principal("user:" + id));
    EXPECT_TRUE(visitor.caller.roles.contains(Role::trader));
    EXPECT_EQ(visitor.caller.scopes, Scopes(Scope::read, Scope::trade));
    EXPECT_TRUE(visitor.by_key);
    EXPECT_EQ(identity::reach(visitor.caller, identity::Action::cargo_create),
              identity::Reach::nothing);
}

TEST_F(DoorkeeperTest, WrongUnknownAndExpiredKeysAreRefused) {
    const Principal owner("user:" + somebody());
    const auto key = key_of(owner);
    const auto other = identity::fresh_secret_for(key.id).text(identity::api_key_prefix);
    EXPECT_EQ(verdict(keeper_, other), "unauthenticated key_wrong_secret");
    EXPECT_EQ(verdict(keeper_, key.text), "ok");
    EXPECT_EQ(verdict(keeper_, other), "unauthenticated key_wrong_secret") << "also when known";
    EXPECT_EQ(verdict(keeper_, identity::fresh_secret().text(identity::api_key_prefix)),
              "unauthenticated key_unknown");
    EXPECT_EQ(verdict(keeper_, key_of(owner, -1s).text), "unauthenticated key_expired");
    EXPECT_EQ(verdict(keeper_, key_of(Principal("user:nobody")).text),
              "unauthenticated owner_disabled");
}

TEST_F(DoorkeeperTest, AKeyIsNewUntilItWasSeenWithItsSecret) {
    const auto key = key_of(Principal("user:" + somebody()));
    const auto is_new = [&](const std::string& secret) {
        return keeper_.is_new_key("Bearer " + secret);
    };
    const auto other = identity::fresh_secret_for(key.id).text(identity::api_key_prefix);
    EXPECT_TRUE(is_new(key.text));
    ASSERT_EQ(verdict(keeper_, key.text), "ok");
    EXPECT_FALSE(is_new(key.text));
    EXPECT_TRUE(is_new(other));
    EXPECT_FALSE(is_new(token("user:1")));
    EXPECT_FALSE(is_new("itn_short"));
    EXPECT_FALSE(keeper_.is_new_key(std::nullopt));
    EXPECT_FALSE(keeper_.is_new_secret(key.text));
    EXPECT_TRUE(keeper_.is_new_secret(other));
    EXPECT_FALSE(keeper_.is_new_secret("Bearer " + other));
}

TEST_F(DoorkeeperTest, WhatMayBeATicketIsNeitherKeyNorToken) {
    EXPECT_TRUE(is_ticket("8Zb1mGmVZ6Oq3nLQ0vTt6w"));
    for (const std::string& other :
         {std::string(), token("user:1"), identity::fresh_secret().text(identity::api_key_prefix),
          std::string(limits::max_ticket + 1, 'x')}) {
        EXPECT_FALSE(is_ticket(other)) << other;
    }
    for (const std::string& none : {std::string(), std::string(limits::max_ticket + 1, 'x')})
        EXPECT_EQ(ticket_shown(keeper_, none).problem().slug, "unauthenticated");
}

TEST_F(DoorkeeperTest, ARevokedKeyDiesEverywhereAndTakesItsTokensAlong) {
    const auto owner = Principal("user:" + somebody());
    const auto key = key_of(owner);
    const auto by_key = token(owner.text(), key.id);
    const auto by_person = token(owner.text());
    Doorkeeper other(options());
    other.start();
    for (const auto& secret : {key.text, by_key, by_person}) {
        ASSERT_EQ(verdict(keeper_, secret), "ok");
        ASSERT_EQ(verdict(other, secret), "ok");
    }
    const auto visitor = *shown(other, by_key);
    ASSERT_TRUE(accounts_.revoke_key(key.id, owner, now()));
    keeper_.nudge();
    EXPECT_TRUE(dies(keeper_, key.text));
    EXPECT_TRUE(dies(keeper_, by_key));
    EXPECT_TRUE(dies(other, key.text)) << "without being told";
    EXPECT_TRUE(dies(other, by_key));
    EXPECT_FALSE(other.may_stay(*visitor, now()));
    EXPECT_EQ(verdict(keeper_, by_person), "ok");
    Doorkeeper later(options());
    later.start();
    EXPECT_EQ(verdict(later, by_key), "unauthenticated revoked") << "what died before it began";
}

TEST_F(DoorkeeperTest, WhoSignsOutTakesTheTokensOfThatSessionAlongEverywhere) {
    const Principal ada("user:" + somebody());
    for (const auto* family : {"one", "two"})
        accounts_.begin_session({.id = family, .principal = ada, .expires_at = now() + 1h});
    const auto session = identity::session_of("one");
    const auto mine = token(ada.text(), "web", session);
    Doorkeeper other(options());
    other.start();
    ASSERT_EQ(verdict(keeper_, mine), "ok");
    const auto visitor = *shown(other, mine);
    accounts_.keep_ticket(identity::sha256("ticket"), {ada, session}, now() + 30s);
    accounts_.sign_out("one", now());
    keeper_.end_session(session);
    EXPECT_EQ(verdict(keeper_, mine), "unauthenticated revoked") << "at once";
    EXPECT_TRUE(dies(other, mine)) << "without being told";
    EXPECT_FALSE(other.may_stay(*visitor, now()));
    EXPECT_EQ(ticket_shown(other, "ticket").problem().detail, "revoked");
    EXPECT_EQ(verdict(other, token(ada.text(), "web", identity::session_of("two"))), "ok");
    Doorkeeper later(options());
    later.start();
    EXPECT_EQ(verdict(later, mine), "unauthenticated revoked") << "what ended before it began";
}

TEST_F(DoorkeeperTest, WhoIsDisabledOrChangedIsOutAndComesBack) {
    const auto id = somebody();
    const auto old = token("user:" + id);
    const auto key = key_of(Principal("user:" + id));
    ASSERT_EQ(verdict(keeper_, old), "ok");
    ASSERT_EQ(verdict(keeper_, key.text), "ok");
    const auto visitor = *shown(keeper_, old);
    ASSERT_EQ(accounts_.set_disabled(id, true, cause(), admin), Changed::done);
    keeper_.nudge();
    EXPECT_TRUE(dies(keeper_, old));
    EXPECT_FALSE(keeper_.may_stay(*visitor, now()));
    EXPECT_TRUE(dies(keeper_, key.text));
    ASSERT_EQ(accounts_.set_disabled(id, false, cause(), admin), Changed::done);
    keeper_.nudge();
    EXPECT_TRUE(tests::eventually([&] { return verdict(keeper_, key.text) == "ok"; }));
    EXPECT_NE(verdict(keeper_, old), "ok") << "a token of before stays dead";
}

TEST_F(DoorkeeperTest, ATicketIsGoodOnceAndOnlyToRead) {
    const auto id = somebody();
    const std::string ticket = "d1f3a1c2b3a4958677685940";
    accounts_.keep_ticket(identity::sha256(ticket), {Principal("user:" + id)}, now() + 30s);
    EXPECT_FALSE(shown(keeper_, ticket)) << "not as a bearer's token";
    const auto known = ticket_shown(keeper_, ticket);
    ASSERT_TRUE(known) << known.problem().detail;
    EXPECT_EQ((*known)->caller.principal, Principal("user:" + id));
    EXPECT_EQ((*known)->caller.scopes, Scopes(Scope::read));
    EXPECT_FALSE(ticket_shown(keeper_, ticket)) << "a second time";
    EXPECT_FALSE(ticket_shown(keeper_, ""));
}

TEST_F(DoorkeeperTest, ATicketEndsWithTheKeyItWasFetchedWith) {
    const Principal owner("user:" + somebody());
    const auto key = key_of(owner);
    const auto other = key_of(owner);
    const auto shown_of = [&](const std::string& ticket, const MadeKey& by,
                              std::optional<Timestamp> until) {
        accounts_.keep_ticket(identity::sha256(ticket),
                              {.principal = owner, .client = by.id, .stays_until = until},
                              now() + 30s);
        return ticket_shown(keeper_, ticket);
    };
    const auto mine = *shown_of("one", key, now() + 1h);
    const auto theirs = *shown_of("two", other, std::nullopt);
    const auto brief = *shown_of("three", other, now() + 60s);
    EXPECT_EQ(mine->client, key.id);
    EXPECT_LE(brief->expires_at, now() + 60s) << "no longer than whoever fetched it";
    for (const auto& visitor : {mine, theirs}) {
        EXPECT_GT(visitor->expires_at, now() + limits::max_token_life - 60s);
        EXPECT_LE(visitor->expires_at, now() + limits::max_token_life + 1s);
        EXPECT_TRUE(keeper_.may_stay(*visitor, now()));
    }
    ASSERT_TRUE(accounts_.revoke_key(key.id, owner, now()));
    keeper_.nudge();
    EXPECT_TRUE(tests::eventually([&] { return !keeper_.may_stay(*mine, now()); }));
    EXPECT_TRUE(keeper_.may_stay(*theirs, now()));
    EXPECT_EQ(shown_of("late", key, now() + 1h).problem().detail, "revoked");
}

TEST_F(DoorkeeperTest, WithoutItsDatabaseNobodyIsLetInAnew) {
    Doorkeeper::Options nowhere = options();
    nowhere.database_url = "postgresql://itn@127.0.0.1:1/none";
    Doorkeeper keeper(nowhere);
    EXPECT_THROW(keeper.start(), storage::MachineFailure);
    EXPECT_FALSE(keeper.is_current());
    for (const auto& secret : {token("user:1"), key_of(Principal("user:" + somebody())).text})
        EXPECT_EQ(shown(keeper, secret).problem().slug, "database_unavailable");
    EXPECT_EQ(verdict(keeper, "x.y.z").substr(0, 15), "unauthenticated");
}

TEST_F(DoorkeeperTest, ADatabaseThatGoesIsNoticed) {
    const auto key = key_of(Principal("user:" + somebody()));
    const auto good = token("user:1");
    ASSERT_EQ(verdict(keeper_, good), "ok");
    tests::private_postgres().stop();
    EXPECT_EQ(shown(keeper_, key.text).problem().slug, "database_unavailable");
    EXPECT_FALSE(keeper_.is_current());
    EXPECT_EQ(verdict(keeper_, good), "ok") << "on what is remembered, for a while";
    tests::private_postgres().start();
    keeper_.nudge();
    EXPECT_TRUE(tests::eventually([&] { return keeper_.is_current(); }));
    EXPECT_TRUE(tests::eventually([&] { return verdict(keeper_, key.text) == "ok"; }));
}

TEST_F(DoorkeeperTest, ADatabaseThatHangsHoldsNobody) {
    auto hanging = options();
    hanging.application = "hangs";
    Doorkeeper keeper(hanging);
    keeper.start();
    const auto key = key_of(Principal("user:" + somebody()));
    pqxx::connection connection(url_);
    pqxx::nontransaction work(connection);
    const auto sessions =
        work.exec("SELECT pid FROM pg_stat_activity WHERE application_name = 'hangs'");
    ASSERT_EQ(sessions.size(), 1);
    const auto session = sessions[0][0].as<pid_t>();
    ASSERT_EQ(kill(session, SIGSTOP), 0);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(shown(keeper, key.text).problem().slug, "database_unavailable");
    EXPECT_EQ(ticket_shown(keeper, "ticket").problem().slug, "database_unavailable");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 8s);
    ASSERT_EQ(kill(session, SIGCONT), 0);
    EXPECT_TRUE(tests::eventually([&] { return verdict(keeper, key.text) == "ok"; }));
}

TEST_F(DoorkeeperTest, AVisitorIsMadeOnceAToken) {
    const auto good = token("user:1");
    const auto first = shown(keeper_, good).value();
    EXPECT_EQ(first, shown(keeper_, good).value()) << "the same object";
    EXPECT_NE(first, shown(keeper_, token("user:1")).value());
}

TEST_F(DoorkeeperTest, WhatWasNotAskedForTooLongLetsNobodyIn) {
    auto impatient = options();
    impatient.overdue = 1s;
    const auto key = key_of(Principal("user:" + somebody()));
    const auto good = token("user:1");
    Doorkeeper keeper(impatient);
    keeper.start();
    ASSERT_EQ(verdict(keeper, good), "ok");
    // The next poll is seconds away.
    EXPECT_TRUE(tests::eventually(
        [&] { return verdict(keeper, good).starts_with("database_unavailable"); }));
    EXPECT_EQ(shown(keeper, key.text).problem().slug, "database_unavailable");
    keeper.nudge();
    EXPECT_TRUE(tests::eventually([&] { return verdict(keeper, good) == "ok"; }));
}

}  // namespace
}  // namespace itn::gateway
