// Clients of the feed before a real doorkeeper and its database.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/identity/api_key.h"
#include "common/runtime/clock.h"
#include "common/runtime/uuid.h"
#include "common/storage/accounts.h"
#include "tests/common/storage/postgres_backend.h"
#include "tests/support/ws_client.h"
#include "tests/workers/notifier/rig.h"
#include "workers/notifier/door_calls.h"

namespace itn::workers::notifier::tests {
namespace {

using namespace std::chrono_literals;
using identity::Role;
using itn::tests::WsClient;
using nlohmann::json;
using storage::Changed;

std::shared_ptr<const identity::KeySet> fresh_keys() {
    std::vector<identity::Ed25519Key> keys{
        identity::Ed25519Key::from_pem(identity::fresh_key_pem()).value()};
    return std::make_shared<const identity::KeySet>(identity::KeySet::of(std::move(keys)).value());
}

SocketSettings watchful() {
    SocketSettings settings{.trusted_proxies = {"127.0.0.1"}, .times = patient(), .tick = 10ms};
    settings.times.stay = 50ms;
    return settings;
}

/// A WebSocket that said who it is.
struct Guest {
    WsClient client;

    Guest(Rig& rig, const std::string& secret) : client(rig.port(), "/ws/updates", 20s) {
        client.send_text(json{{"authorize", secret}}.dump());
    }
    json next() { return json::parse(client.read_text(), nullptr, false); }
    bool is_greeted() {
        const json frame = next();
        return frame.is_object() && frame.value("type", "") == "hello";
    }
};

class EntryPgTest : public testing::Test {
protected:
    EntryPgTest() {
        keeper_.start();
        account_.email = account_.id + "@galaxy.example";
        EXPECT_EQ(accounts_.register_account(account_, "$phc", cause()), Changed::done);
    }

    static Timestamp now() {
        return std::chrono::floor<std::chrono::seconds>(runtime::SystemClock().now());
    }
    static storage::Cause cause() { return {.caused_by = runtime::uuid_v7(), .at = now()}; }
    std::string token(std::chrono::seconds life = limits::max_token_life) const {
        return identity::sign_token(*keys_, {.issuer = "itn",
                                             .audience = "itn",
                                             .subject = account_.principal(),
                                             .client = "web",
                                             .token_id = runtime::uuid_v7(),
                                             .issued_at = now(),
                                             .expires_at = now() + life,
                                             .roles = identity::Roles(Role::trader),
                                             .scopes = identity::all_scopes,
                                             .stations = {StationId("ceres")},
                                             .version = 1})
            .value();
    }
    /// One that is good once, of whoever has a key with this id; "": of a person.
    std::string fresh_ticket(const std::string& client = {}) {
        const std::string text = identity::fresh_secret().text("");
        accounts_.keep_ticket(identity::sha256(text),
                              {.principal = account_.principal(), .client = client}, now() + 30s);
        return text;
    }
    /// Of a key that may read.
    identity::SecretText fresh_key() {
        auto secret = identity::fresh_secret();
        EXPECT_EQ(accounts_.create_key({.key = {.id = secret.id,
                                                .owner = account_.principal(),
                                                .secret_hash = secret.hash(),
                                                .scopes = identity::Scopes(identity::Scope::read),
                                                .expires_at = now() + 1h},
                                        .name = secret.id,
                                        .created_at = now()}),
                  Changed::done);
        return secret;
    }

    storage::contract::PostgresBackend db_;
    storage::Accounts accounts_{db_.url(), "entry-test"};
    storage::Account account_{.id = runtime::uuid_v7(),
                              .name = "Ada",
                              .role = Role::trader,
                              .stations = {StationId("ceres")},
                              .created_at = now(),
                              .changed_at = now()};
    std::shared_ptr<const identity::KeySet> keys_ = fresh_keys();
    gateway::Doorkeeper keeper_{{.database_url = db_.url(),
                                 .application = "entry-test",
                                 .keys = keys_,
                                 .issuer = "itn",
                                 .audience = "itn"}};
    gateway::Audit audit_{"", "entry-test"};
    gateway::Budgets budgets_{"",
                              "entry-test",
                              {.read = {.tokens = 1, .period = 3600s, .burst = 4},
                               .sign_in = {.tokens = 1, .period = 3600s, .burst = 3}}};
    Rig rig_{watchful(), true, door_calls(keeper_, budgets_, audit_)};
};

TEST_F(EntryPgTest, ATokenOpensUntilTheAccountIsDisabled) {
    Guest guest(rig_, token());
    ASSERT_TRUE(guest.is_greeted());
    rig_.happen(entry_of(domain::EventKind::trade_confirmed, "foreign",
                         R"({"seller":"titan","buyer":"europa"})", trade_lane));
    rig_.happen(trade_entry("own"));
    EXPECT_EQ(guest.next().value("subject", ""), "own");
    EXPECT_EQ(accounts_.set_disabled(account_.id, true, cause(), Principal("test")), Changed::done);
    EXPECT_EQ(guest.client.read_close(), 4401);
    EXPECT_EQ(Guest(rig_, token()).client.read_close(), 4401) << "and does not come back";
}

TEST_F(EntryPgTest, AnExpiredTokenEndsAs4401) {
    Guest guest(rig_, token(2s));
    ASSERT_TRUE(guest.is_greeted());
    EXPECT_EQ(guest.client.read_close(), 4401);
}

TEST_F(EntryPgTest, ATicketIsGoodOnce) {
    const std::string ticket = fresh_ticket();
    Guest guest(rig_, ticket);
    ASSERT_TRUE(guest.is_greeted());
    rig_.happen(trade_entry("own"));
    EXPECT_EQ(guest.next().value("subject", ""), "own");
    EXPECT_EQ(Guest(rig_, ticket).client.read_close(), 4401);
}

TEST_F(EntryPgTest, AKeyOpensUntilItIsRevoked) {
    const auto secret = fresh_key();
    Guest guest(rig_, secret.text(identity::api_key_prefix));
    ASSERT_TRUE(guest.is_greeted());
    EXPECT_TRUE(accounts_.revoke_key(secret.id, std::nullopt, now()));
    EXPECT_EQ(guest.client.read_close(), 4401);
}

TEST_F(EntryPgTest, ATicketOfAKeyOpensUntilItIsRevoked) {
    const auto secret = fresh_key();
    Guest guest(rig_, fresh_ticket(secret.id));
    ASSERT_TRUE(guest.is_greeted());
    EXPECT_TRUE(accounts_.revoke_key(secret.id, std::nullopt, now()));
    EXPECT_EQ(guest.client.read_close(), 4401);
}

/// The status line's code of an event stream that shows this secret from behind a proxy.
int status_of(Rig& rig, const std::string& secret, const std::string& address) {
    itn::tests::SseClient client(
        rig.port(), "",
        {{"Authorization", "Bearer " + secret}, {"X-Forwarded-For", "9.9.9.9, " + address}}, 20s);
    return std::stoi(client.head().substr(std::string_view("HTTP/1.1 ").size()));
}

TEST_F(EntryPgTest, AnAddressShowsFewKeysThatAreNew) {
    const auto unknown = [] { return identity::fresh_secret().text(identity::api_key_prefix); };
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(Guest(rig_, unknown()).client.read_close(), 4401);
    EXPECT_EQ(Guest(rig_, unknown()).client.read_close(), 4429);
    EXPECT_TRUE(Guest(rig_, token()).is_greeted()) << "it costs tokens nothing";
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(status_of(rig_, unknown(), "192.0.2.7"), 401) << "another address";
    EXPECT_EQ(status_of(rig_, unknown(), "192.0.2.7"), 429);
    EXPECT_EQ(status_of(rig_, token(), "192.0.2.7"), 200);
    EXPECT_EQ(status_of(rig_, unknown(), "192.0.2.8"), 401);
}

TEST_F(EntryPgTest, AnAddressShowsFewTicketsThatAreNone) {
    const std::string good = fresh_ticket();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(Guest(rig_, "none-" + std::to_string(i)).client.read_close(), 4401);
    EXPECT_EQ(Guest(rig_, good).client.read_close(), 4429);
    EXPECT_TRUE(Guest(rig_, token()).is_greeted()) << "tokens are judged without the database";
    EXPECT_EQ(audit_.noted(), 3U);
    const auto kept = accounts_.take_ticket(identity::sha256(good), now());
    EXPECT_TRUE(kept) << "it was not looked at";
}

TEST_F(EntryPgTest, GoodTicketsCostNothing) {
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(Guest(rig_, fresh_ticket()).is_greeted()) << i;
        ASSERT_TRUE(eventually([&] { return rig_.clients() == 0; }));
    }
}

TEST_F(EntryPgTest, WhatIsNoTokenCostsItsAddress) {
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(Guest(rig_, "no.to.ken").client.read_close(), 4401);
    EXPECT_EQ(Guest(rig_, "no.to.ken").client.read_close(), 4429);
    EXPECT_EQ(audit_.noted(), 4U) << "and writes no more lines";
    EXPECT_EQ(status_of(rig_, "no.to.ken", "192.0.2.7"), 401) << "another address";
    EXPECT_TRUE(Guest(rig_, token()).is_greeted());
}

}  // namespace
}  // namespace itn::workers::notifier::tests
