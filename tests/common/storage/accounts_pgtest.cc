#include "common/storage/accounts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>

#include "tests/common/storage/postgres_backend.h"

namespace itn::storage {
namespace {

using namespace contract;
using namespace std::chrono_literals;
using identity::Role;

constexpr Lane catalogue_lane{.family = Family::catalogue, .shard = 0};
const Principal admin("user:admin");

identity::Digest digest(int n) {
    identity::Digest made{};
    made[0] = static_cast<std::uint8_t>(n >> 8);
    made[31] = static_cast<std::uint8_t>(n);
    return made;
}

class AccountsTest : public ::testing::Test {
protected:
    Account ada() const {
        return {.id = "018f4e3a-7c1b-7a2b-8c3d-000000000001",
                .name = "Ada \"A\"",
                .email = "Ada@Example.org",
                .role = Role::operator_,
                .stations = {ceres, vesta},
                .created_at = at_second(1),
                .changed_at = at_second(1)};
    }
    Changed put(const Account& account) {
        return accounts_.register_account(account, "$phc", cause_);
    }
    std::vector<wire::JournalEntry> told() { return reader_.journal(catalogue_lane, 0, 100); }
    std::string trail() {
        std::string text;
        for (const auto& row :
             backend_.execute("SELECT event, principal, subject, detail FROM audit_trail "
                              "ORDER BY id"))
            text += std::string(row[0].c_str()) + " by " + row[1].c_str() + " of " +
                    row[2].c_str() + ": " + row[3].c_str() + "\n";
        return text;
    }

    PostgresBackend backend_;
    Reader reader_{backend_.url(), "accounts-test"};
    Accounts accounts_{backend_.url(), "accounts-test"};
    Cause cause_{.caused_by = "request", .traceparent = "00-t", .at = at_second(1)};
};

TEST_F(AccountsTest, AnAccountComesBackAsItWasMade) {
    EXPECT_EQ(put(ada()), Changed::done);
    EXPECT_EQ(accounts_.account(ada().id), ada());
    const auto found = accounts_.by_email("aDA@example.ORG");
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->account, ada());
    EXPECT_EQ(found->password, "$phc");
    EXPECT_EQ(accounts_.account("nobody"), std::nullopt);
    EXPECT_FALSE(accounts_.by_email("' OR 1=1 --").has_value());
    const auto rights = accounts_.rights(ada().principal());
    ASSERT_TRUE(rights.has_value());
    EXPECT_TRUE(rights->roles.contains(Role::operator_));
    EXPECT_EQ(rights->stations, ada().stations);
    EXPECT_EQ(accounts_.rights(Principal("user:nobody")), std::nullopt);
    EXPECT_EQ(Accounts(reader_).account(ada().id), ada());
}

TEST_F(AccountsTest, RegistrationIsToldAndAudited) {
    put(ada());
    const auto events = told();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, domain::EventKind::user_registered);
    EXPECT_EQ(events[0].subject, ada().principal().text());
    EXPECT_EQ(events[0].version, 1);
    EXPECT_EQ(events[0].caused_by, "request");
    EXPECT_EQ(events[0].body,
              R"({"userId":"018f4e3a-7c1b-7a2b-8c3d-000000000001","name":"Ada \"A\"",)"
              R"("email":"Ada@Example.org","role":"operator","stations":["ceres","vesta"],)"
              R"("disabled":false,"version":1,"createdAt":")" +
                  to_rfc3339(at_second(1)) + R"(","updatedAt":")" + to_rfc3339(at_second(1)) +
                  R"("})");
    EXPECT_EQ(trail(), "account_registered by user:" + ada().id + " of user:" + ada().id +
                           ": operator ceres vesta\n");
}

TEST_F(AccountsTest, AnAddressIsTakenOnceWhateverItsCase) {
    put(ada());
    Account other = ada();
    other.id = "other";
    other.email = "ADA@example.org";
    EXPECT_EQ(put(other), Changed::exists);
    other.email = "bob@example.org";
    other.stations = {StationId("nowhere")};
    EXPECT_EQ(put(other), Changed::unknown_station);
    EXPECT_EQ(accounts_.account("other"), std::nullopt);
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(AccountsTest, OfManyWhoRegisterOneAddressOneDoes) {
    std::atomic<int> made = 0;
    race(8, [&](int n) {
        Accounts own(backend_.url(), "race");
        Account account = ada();
        account.id = "racer" + std::to_string(n);
        if (own.register_account(account, "$phc", cause_) == Changed::done) ++made;
    });
    EXPECT_EQ(made, 1);
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(AccountsTest, ARoleIsChangedAtItsVersion) {
    put(ada());
    const Cause later{.caused_by = "second", .traceparent = "", .at = at_second(2)};
    EXPECT_EQ(accounts_.change_role("nobody", Role::trader, {}, 0, later, admin), Changed::missing);
    EXPECT_EQ(accounts_.change_role(ada().id, Role::trader, {}, 2, later, admin), Changed::stale);
    EXPECT_EQ(accounts_.change_role(ada().id, Role::trader, {StationId("no")}, 1, later, admin),
              Changed::unknown_station);
    EXPECT_EQ(accounts_.account(ada().id), ada());
    EXPECT_EQ(accounts_.change_role(ada().id, Role::trader, {vesta}, 1, later, admin),
              Changed::done);
    Account changed = ada();
    changed.role = Role::trader;
    changed.stations = {vesta};
    changed.version = 2;
    changed.changed_at = at_second(2);
    EXPECT_EQ(accounts_.account(ada().id), changed);
    EXPECT_EQ(accounts_.change_role(ada().id, Role::admin, {ceres}, 0, later, admin),
              Changed::done);
    EXPECT_EQ(accounts_.rights(ada().principal())->version, 3);
    EXPECT_EQ(told().back().kind, domain::EventKind::user_updated);
    EXPECT_EQ(told().back().version, 3);
    EXPECT_NE(trail().find("role_changed by user:admin of user:" + ada().id + ": admin ceres\n"),
              std::string::npos);
}

TEST_F(AccountsTest, OfManyWritersOneWinsEachVersion) {
    put(ada());
    std::atomic<int> won = 0;
    race(8, [&](int) {
        Accounts own(backend_.url(), "race");
        for (std::int64_t version = 1; version <= 5; ++version) {
            if (own.change_role(ada().id, Role::trader, {ceres}, version, cause_, admin) ==
                Changed::done)
                ++won;
        }
    });
    EXPECT_EQ(accounts_.account(ada().id)->version, won + 1);
    EXPECT_EQ(told().size(), static_cast<std::size_t>(won) + 1);
}

TEST_F(AccountsTest, DisablingAndANewPasswordEndSessions) {
    put(ada());
    accounts_.begin_session({.id = "f1", .principal = ada().principal()});
    EXPECT_EQ(accounts_.set_disabled("nobody", true, cause_, admin), Changed::missing);
    EXPECT_EQ(accounts_.set_disabled(ada().id, true, cause_, admin), Changed::done);
    EXPECT_EQ(accounts_.set_disabled(ada().id, true, cause_, admin), Changed::done);
    EXPECT_TRUE(accounts_.family("f1")->revoked);
    EXPECT_TRUE(accounts_.rights(ada().principal())->disabled);
    EXPECT_EQ(accounts_.set_disabled(ada().id, false, cause_, admin), Changed::done);
    EXPECT_EQ(accounts_.account(ada().id)->version, 3);

    accounts_.begin_session({.id = "f2", .principal = ada().principal()});
    EXPECT_EQ(accounts_.set_password(ada().id, "$new", cause_), Changed::done);
    EXPECT_EQ(accounts_.set_password("nobody", "$new", cause_), Changed::missing);
    EXPECT_TRUE(accounts_.family("f2")->revoked);
    accounts_.rehash(ada().id, "$phc", "$too late");
    EXPECT_EQ(accounts_.by_email(ada().email)->password, "$new");
    accounts_.rehash(ada().id, "$new", "$dearer");
    EXPECT_EQ(accounts_.by_email(ada().email)->password, "$dearer");
    EXPECT_EQ(accounts_.account(ada().id)->version, 4);
    EXPECT_EQ(told().size(), 4U);
}

TEST_F(AccountsTest, AccountsAreListedInPages) {
    for (const char* id : {"b", "a", "c"}) {
        Account account = ada();
        account.id = id;
        account.email = std::string(id) + "@example.org";
        put(account);
    }
    const auto page = accounts_.accounts(std::nullopt, 2);
    ASSERT_EQ(page.rows.size(), 2U);
    EXPECT_EQ(page.rows[1].id, "b");
    EXPECT_TRUE(page.more);
    const auto rest = accounts_.accounts("b", 2);
    ASSERT_EQ(rest.rows.size(), 1U);
    EXPECT_FALSE(rest.more);
}

TEST_F(AccountsTest, WhatChangedLatelyIsTold) {
    put(ada());
    accounts_.add_partner({.name = "acme", .stations = {ceres}}, at_second(5), admin);
    accounts_.create_key({.key = {.id = "k",
                                  .owner = admin,
                                  .scopes = identity::machine_scopes,
                                  .expires_at = at_second(1'000)},
                          .name = "n",
                          .created_at = at_second(1)});
    EXPECT_TRUE(accounts_.changes(at_second(6)).subjects.empty());
    accounts_.revoke_key("k", std::nullopt, at_second(7));
    const Cause later{.at = at_second(8)};
    accounts_.set_disabled(ada().id, true, later, admin);
    for (const char* session : {"f1", "f2", "f3"})
        accounts_.begin_session({.id = session, .principal = admin});
    accounts_.sign_out("f1", at_second(6));
    accounts_.sign_out("f2", at_second(7));
    accounts_.sign_out("f2", at_second(9));
    accounts_.revoke_family("f3");
    const AccountChanges changes = accounts_.changes(at_second(7));
    EXPECT_EQ(changes.ended_sessions, std::vector{identity::session_of("f2")});
    EXPECT_TRUE(accounts_.family("f2")->revoked);
    EXPECT_TRUE(accounts_.changes(at_second(8)).ended_sessions.empty()) << "once";
    ASSERT_EQ(changes.subjects.size(), 1U);
    EXPECT_EQ(changes.subjects[0].principal, ada().principal());
    EXPECT_EQ(changes.subjects[0].version, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(changes.subjects[0].changed_at, at_second(8));
    EXPECT_EQ(changes.revoked_keys, std::vector<std::string>{"k"});
    EXPECT_EQ(accounts_.changes(at_second(0)).subjects.size(), 2U);
}

TEST_F(AccountsTest, OfManyRefreshesOfOneTokenOneWins) {
    const identity::RefreshFamily family{.id = "f",
                                         .principal = admin,
                                         .current_hash = digest(0),
                                         .started_at = at_second(1),
                                         .expires_at = at_second(10)};
    accounts_.begin_session(family);
    EXPECT_EQ(accounts_.family("f"), family);
    std::atomic<int> won = 0;
    race(64, [&](int n) {
        Accounts own(backend_.url(), "race");
        identity::RefreshFamily next = family;
        next.current_hash = digest(n + 1);
        next.expires_at = at_second(20);
        if (own.rotate(next, family.current_hash)) ++won;
    });
    EXPECT_EQ(won, 1);
    auto now = accounts_.family("f");
    EXPECT_NE(now->current_hash, family.current_hash);
    EXPECT_EQ(now->expires_at, at_second(20));
    accounts_.revoke_family("f");
    EXPECT_FALSE(accounts_.rotate(family, now->current_hash));
    EXPECT_EQ(accounts_.family("g"), std::nullopt);
}

ApiKeyRow a_key(const std::string& id, int second) {
    return {.key = {.id = id,
                    .owner = admin,
                    .secret_hash = digest(300),
                    .scopes = identity::Scopes(identity::Scope::read, identity::Scope::trade),
                    .expires_at = at_second(1'000)},
            .name = "ship's \"computer\"",
            .created_at = at_second(second)};
}

TEST_F(AccountsTest, TwoKeysOfOneNameAreActive) {
    EXPECT_EQ(accounts_.create_key(a_key("k1", 1)), Changed::done);
    EXPECT_EQ(accounts_.create_key(a_key("k1", 1)), Changed::exists);
    EXPECT_EQ(accounts_.create_key(a_key("k2", 2)), Changed::done);
    EXPECT_EQ(accounts_.create_key(a_key("k3", 3)), Changed::too_many);
    EXPECT_EQ(accounts_.key("k1"), a_key("k1", 1).key);
    EXPECT_EQ(accounts_.key("k3"), std::nullopt);
    EXPECT_FALSE(accounts_.revoke_key("k1", Principal("user:other"), at_second(4)));
    EXPECT_FALSE(accounts_.revoke_key("k3", admin, at_second(4)));
    EXPECT_FALSE(accounts_.key("k1")->revoked);
    EXPECT_TRUE(accounts_.revoke_key("k1", admin, at_second(4)));
    EXPECT_TRUE(accounts_.revoke_key("k1", std::nullopt, at_second(5)));
    EXPECT_TRUE(accounts_.key("k1")->revoked);
    EXPECT_EQ(accounts_.create_key(a_key("k3", 3)), Changed::done);
    const auto keys = accounts_.keys(admin, at_second(5));
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_EQ(keys[1].name, a_key("k2", 2).name);
    EXPECT_EQ(keys[1].created_at, at_second(2));
    EXPECT_TRUE(accounts_.keys(Principal("user:other"), at_second(5)).empty());
}

TEST_F(AccountsTest, OfManyKeysMadeAtOnceTwoStand) {
    std::atomic<int> made = 0;
    race(8, [&](int n) {
        Accounts own(backend_.url(), "race");
        if (own.create_key(a_key("k" + std::to_string(n), 1)) == Changed::done) ++made;
    });
    EXPECT_EQ(made, 2);
}

TEST_F(AccountsTest, ATicketIsGoodOnce) {
    const Accounts::Ticket ticket{
        .principal = admin, .session = "f", .client = "k", .stays_until = at_second(90)};
    accounts_.keep_ticket(digest(1), ticket, at_second(30));
    for (const int n : {2, 4})
        accounts_.keep_ticket(digest(n), {.principal = admin}, at_second(30));
    EXPECT_EQ(accounts_.take_ticket(digest(3), at_second(2)), std::nullopt);
    EXPECT_EQ(accounts_.take_ticket(digest(2), at_second(30)), std::nullopt);
    EXPECT_EQ(accounts_.take_ticket(digest(4), at_second(2)), Accounts::Ticket{.principal = admin});
    std::atomic<int> taken = 0;
    race(8, [&](int) {
        Accounts own(backend_.url(), "race");
        if (own.take_ticket(digest(1), at_second(2)) == ticket) ++taken;
    });
    EXPECT_EQ(taken, 1);
}

TEST_F(AccountsTest, PartnersActForTheirStations) {
    EXPECT_EQ(accounts_.add_partner({.name = "acme", .stations = {ceres}}, at_second(1), admin),
              Changed::done);
    EXPECT_EQ(accounts_.add_partner({.name = "acme"}, at_second(1), admin), Changed::exists);
    EXPECT_EQ(
        accounts_.add_partner({.name = "zeta", .stations = {StationId("no")}}, at_second(1), admin),
        Changed::unknown_station);
    EXPECT_EQ(accounts_.change_partner("zeta", {}, false, at_second(2), admin), Changed::missing);
    EXPECT_EQ(accounts_.change_partner("acme", {vesta}, true, at_second(2), admin), Changed::done);
    const Partner acme{.name = "acme",
                       .stations = {vesta},
                       .disabled = true,
                       .version = 2,
                       .created_at = at_second(1)};
    EXPECT_EQ(accounts_.partner("acme"), acme);
    EXPECT_EQ(accounts_.partners(), std::vector{acme});
    EXPECT_EQ(accounts_.partner("zeta"), std::nullopt);
    const auto rights = accounts_.rights(acme.principal());
    EXPECT_EQ(rights->stations, acme.stations);
    EXPECT_TRUE(rights->disabled);
    EXPECT_EQ(trail(),
              "partner_added by user:admin of partner:acme: ceres\n"
              "partner_changed by user:admin of partner:acme: disabled vesta\n");
}

TEST_F(AccountsTest, AStationThatGoesChangesWhoeverActsForIt) {
    const StationId pluto{"pluto"};
    reader_.create_station({.id = pluto, .name = "Pluto", .kind = "planet"}, cause_);
    auto member = ada();
    member.stations = {ceres, pluto};
    put(member);
    auto other = ada();
    other.id.back() = '2';
    other.email = "other@example.org";
    put(other);
    accounts_.add_partner({.name = "acme", .stations = {ceres, pluto}}, at_second(1), admin);
    accounts_.add_partner({.name = "zeta", .stations = {ceres}}, at_second(1), admin);

    cause_.at = at_second(9);
    EXPECT_EQ(reader_.delete_station(pluto, 7, cause_).result, Written::stale);
    EXPECT_EQ(accounts_.account(member.id)->version, 1) << "nothing went";
    EXPECT_EQ(reader_.delete_station(pluto, 1, cause_).result, Written::done);
    const auto changed = accounts_.account(member.id);
    EXPECT_EQ(changed->version, 2);
    EXPECT_EQ(changed->changed_at, at_second(9));
    EXPECT_EQ(changed->stations, std::vector{ceres});
    EXPECT_EQ(accounts_.partner("acme")->version, 2);
    EXPECT_EQ(accounts_.partner("acme")->stations, std::vector{ceres});
    EXPECT_EQ(accounts_.account(other.id), other);
    EXPECT_EQ(accounts_.partner("zeta")->version, 1);
}

TEST_F(AccountsTest, FailuresAreCountedAndForgotten) {
    for (int n = 1; n <= 3; ++n)
        accounts_.note_sign_in_failure("a@b|127.0.0.1", at_second(n));
    EXPECT_EQ(accounts_.sign_in_failures("a@b|127.0.0.1", at_second(2)), 2);
    EXPECT_EQ(accounts_.sign_in_failures("a@b|127.0.0.2", at_second(2)), 0);
    accounts_.forget_sign_in_failures("a@b|127.0.0.1");
    EXPECT_EQ(accounts_.sign_in_failures("a@b|127.0.0.1", at_second(0)), 0);
}

TEST_F(AccountsTest, TheTrailOnlyGrows) {
    const AuditLine lines[] = {{.at = at_second(1), .event = "one", .peer = "p", .detail = "{,\""},
                               {.at = at_second(1), .event = "two", .principal = admin}};
    accounts_.audit(lines);
    accounts_.audit({});
    EXPECT_EQ(trail(), "one by  of : {,\"\ntwo by user:admin of : \n");
    EXPECT_THROW(backend_.execute("DELETE FROM audit_trail"), pqxx::sql_error);
    EXPECT_THROW(backend_.execute("UPDATE audit_trail SET event = ''"), pqxx::sql_error);
}

TEST_F(AccountsTest, TheTrailKeepsNoMoreOfALineThanFits) {
    const std::string fits(limits::max_audit_subject - 1, 's');
    const std::string detail(limits::max_audit_detail, 'd');
    const AuditLine lines[] = {
        {.at = at_second(1), .event = "one", .subject = fits + "s", .detail = detail},
        {.at = at_second(2), .event = "two", .subject = fits + "é", .detail = detail + "d"},
        {.at = at_second(3), .event = "three", .subject = std::string(64 * 1024, 's')}};
    accounts_.audit(lines);
    EXPECT_EQ(trail(), "one by  of " + fits + "s: " + detail + "\ntwo by  of " + fits + ": " +
                           detail + "\nthree by  of " + fits + "s: \n");
}

}  // namespace
}  // namespace itn::storage
