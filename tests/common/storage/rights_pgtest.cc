// The rights of the database's roles, role by role and table by table, and what comes of trying.

#include <gtest/gtest.h>

#include "common/storage/accounts.h"
#include "common/storage/migrate.h"
#include "common/storage/partner_mark.h"
#include "common/storage/reader.h"
#include "tests/common/storage/postgres_backend.h"

namespace itn::storage {
namespace {

using namespace contract;
using namespace std::chrono_literals;

constexpr const char* roles[] = {"itn_worker", "itn_api", "itn_ingress", "itn_notifier",
                                 "itn_audit"};

/// S, I, U, D and T: SELECT, INSERT, UPDATE, DELETE and TRUNCATE. In the order of `roles`.
constexpr const char* expected = R"(
account          -    SIU  -   -   -
api_key          -    SIUD -   S   -
attempt          SIU  -    -   -   S
audit_trail      I    I    I   I   S
budget           -    SIUD SIU SIU S
cargo            SIU  S    -   -   S
cargo_trade      SIUD S    -   -   S
instance         SIU  S    -   -   S
journal          SI   SI   -   S   S
lane             SU   SU   S   S   S
ledger           SI   S    -   -   S
membership       -    SID  -   -   S
migration        S    S    S   S   S
outcome          SI   S    S   -   S
parked           SI   S    -   -   S
partner          -    SIU  S   S   S
partner_feed     -    SI   -   SIUD S
partner_station  -    SID  S   S   S
principal_rights S    S    S   S   S
product          S    SIUD S   -   S
refresh_family   -    SIUD -   -   -
setting          S    S    S   S   S
sign_in_failure  -    SID  -   -   S
station          S    SIUD S   -   S
stock            SIU  S    -   -   S
ticket           -    SID  -   SD  -
trade            SIU  S    -   -   S
)";

constexpr const char* all_rights = R"(
SELECT c.relname, (SELECT string_agg(coalesce(nullif((
           SELECT string_agg(left(v.verb, 1), '' ORDER BY v.n)
           FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'])
                WITH ORDINALITY v(verb, n)
           WHERE has_table_privilege(r.name, c.oid, v.verb)), ''), '-'), ' ' ORDER BY r.n)
       FROM unnest(ARRAY['itn_worker', 'itn_api', 'itn_ingress', 'itn_notifier', 'itn_audit'])
            WITH ORDINALITY r(name, n))
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'p')
     AND NOT c.relispartition
ORDER BY c.relname)";

/// Of the functions, who may call them.
constexpr const char* expected_callers = R"(
drop_blank_stock itn_api
keep_audit_trail itn_api
make_audit_month -
make_audit_part -
refuse_change -
)";

constexpr const char* all_callers = R"(
SELECT p.proname, coalesce((SELECT string_agg(r.name, ' ' ORDER BY r.n)
       FROM unnest(ARRAY['itn_worker', 'itn_api', 'itn_ingress', 'itn_notifier', 'itn_audit'])
            WITH ORDINALITY r(name, n)
       WHERE has_function_privilege(r.name, p.oid, 'EXECUTE')), '-')
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY p.proname)";

/// Rights in single partitions, which a role has no business with: it asks the whole.
constexpr const char* rights_in_parts = R"(
SELECT c.relname, r.name, v.verb
FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) v(verb),
     unnest(ARRAY['itn_worker', 'itn_api', 'itn_ingress', 'itn_notifier', 'itn_audit']) r(name)
WHERE c.relispartition AND has_table_privilege(r.name, c.oid, v.verb))";

std::string as(const std::string& role, std::string url) {
    return url.replace(url.find("itn@"), 4, role + "@");
}

constexpr const char* denied = "denied";

/// "" when it worked, `denied` when that was a matter of rights, else the server's words.
std::string attempt(const std::string& url, const std::string& statement) {
    pqxx::connection connection(url);
    pqxx::work work(connection);
    try {
        work.exec(statement);
        return "";
    } catch (const pqxx::insufficient_privilege&) {
        return denied;
    } catch (const pqxx::sql_error& error) {
        return error.what();
    }
}

class RightsTest : public ::testing::Test {
protected:
    /// Roles belong to the server, so they are made once.
    static void SetUpTestSuite() {
        const std::string url = as("postgres", tests::private_postgres().fresh_database());
        for (const char* role : roles)
            attempt_commit(url, std::string("CREATE ROLE ") + role + " LOGIN");
    }
    static void TearDownTestSuite() {
        for (const auto& url : used())
            attempt_commit(as("postgres", url),
                           "DROP OWNED BY itn_worker, itn_api, itn_ingress, itn_notifier, "
                           "itn_audit CASCADE");
        for (const char* role : roles)
            attempt_commit(as("postgres", used().back()), std::string("DROP ROLE ") + role);
    }
    void SetUp() override {
        used().push_back(backend_.url());
        EXPECT_TRUE(apply_rights(backend_.url()).empty());
    }

    static void attempt_commit(const std::string& url, const std::string& statement) {
        pqxx::connection connection(url);
        pqxx::nontransaction(connection).exec(statement);
    }
    static std::vector<std::string>& used() {
        static std::vector<std::string> urls;
        return urls;
    }
    std::string url(const std::string& role) const { return as(role, backend_.url()); }
    std::string table_of(const std::string& query) {
        std::string found = "\n";
        for (const auto& row : backend_.execute(query))
            found += std::string(row[0].c_str()) + " " + row[1].c_str() + "\n";
        return found;
    }
    /// Every line of the expected table, with single blanks.
    static std::string squeezed(const std::string& text) {
        std::string out;
        for (const char c : text)
            if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
        return out;
    }

    PostgresBackend backend_;
    Cause cause_{.caused_by = "request", .at = at_second(1)};
};

TEST_F(RightsTest, EveryRoleMayWithEveryTableWhatIsWritten) {
    EXPECT_EQ(table_of(all_rights), squeezed(expected));
}

TEST_F(RightsTest, EveryRoleMayCallWhatIsWritten) {
    EXPECT_EQ(table_of(all_callers), expected_callers);
}

TEST_F(RightsTest, PartsOfTheTrailAreNobodys) {
    backend_.execute("INSERT INTO audit_trail VALUES (DEFAULT, '-infinity', '', '', '', '', '')");
    Accounts(url("itn_api"), "rights").keep_audit_trail(std::chrono::days(400));
    EXPECT_TRUE(backend_.execute(rights_in_parts).empty());
    EXPECT_EQ(attempt(url("itn_audit"), "SELECT FROM audit_trail"), "");
    EXPECT_EQ(attempt(url("itn_audit"), "SELECT FROM audit_trail_rest"), denied);
    EXPECT_EQ(attempt(url("itn_api"), "DROP TABLE audit_trail_rest"), denied);
}

TEST_F(RightsTest, OldLinesOfTheTrailGoByTheApiAlone) {
    for (const char* role : {"itn_worker", "itn_ingress", "itn_notifier", "itn_audit"})
        EXPECT_EQ(attempt(url(role), "SELECT keep_audit_trail(400)"), denied) << role;
    EXPECT_EQ(attempt(url("itn_api"), "SELECT keep_audit_trail(30)"), "");
    for (const char* days : {"29", "0", "-1", "NULL", "2147483647"})
        EXPECT_NE(attempt(url("itn_api"), std::string("SELECT keep_audit_trail(") + days + ")"), "")
            << days;
    EXPECT_EQ(attempt(url("itn_api"), "SELECT make_audit_month(now())"), denied);
    EXPECT_EQ(attempt(url("itn_api"), "SELECT make_audit_part('mine', 'DEFAULT')"), denied);
}

TEST_F(RightsTest, TheyAreGivenTwiceWithoutHarm) {
    EXPECT_TRUE(apply_rights(backend_.url()).empty());
    EXPECT_EQ(attempt(url("itn_api"), "SELECT FROM account"), "");
}

TEST_F(RightsTest, NobodyChangesWhatIsWrittenOnce) {
    for (const char* table : {"outcome", "journal", "ledger", "audit_trail"}) {
        for (const char* role : roles) {
            for (const std::string verb : {"DELETE FROM ", "TRUNCATE "})
                EXPECT_EQ(attempt(url(role), verb + table), denied) << role << verb << table;
            EXPECT_EQ(attempt(url(role), std::string("UPDATE ") + table + " SET at = now()"),
                      denied)
                << role << table;
        }
        EXPECT_EQ(attempt(backend_.url(), std::string("DELETE FROM ") + table), denied);
    }
}

TEST_F(RightsTest, NobodyMakesOrDropsTables) {
    for (const char* role : roles) {
        EXPECT_EQ(attempt(url(role), "CREATE TABLE public.mine ()"), denied) << role;
        EXPECT_EQ(attempt(url(role), "DROP TABLE stock"), denied) << role;
        EXPECT_EQ(attempt(url(role), "ALTER TABLE ledger DISABLE TRIGGER ALL"), denied) << role;
        EXPECT_EQ(attempt(url(role), "DROP POLICY api_appends ON journal"), denied) << role;
        EXPECT_EQ(attempt(url(role), "SET ROLE itn"), denied) << role;
    }
}

TEST_F(RightsTest, WhatRunsAsTheOwnerLooksWhereItIsTold) {
    const auto functions = backend_.execute(
        "SELECT proname, coalesce(array_to_string(proconfig, ' '), ''), "
        "has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND prosecdef");
    EXPECT_FALSE(functions.empty());
    for (const auto& row : functions) {
        const std::string settings = row[1].c_str();
        EXPECT_NE(settings.find("search_path=pg_catalog, public, pg_temp"), settings.npos)
            << row[0].c_str() << ": " << settings;
        EXPECT_FALSE(row[2].as<bool>()) << row[0].c_str() << " may be called by anybody";
    }
    for (const char* right : {"USAGE", "CREATE"})
        EXPECT_FALSE(backend_
                         .execute("SELECT has_schema_privilege('public', 'public', '" +
                                  std::string(right) + "')")[0][0]
                         .as<bool>())
            << right;
}

TEST_F(RightsTest, SecretsAreReadByWhoComparesThem) {
    for (const char* role : {"itn_worker", "itn_ingress", "itn_notifier", "itn_audit"}) {
        EXPECT_EQ(attempt(url(role), "SELECT password FROM account"), denied) << role;
        for (const std::string half : {"id", "current_hash"})
            EXPECT_EQ(attempt(url(role), "SELECT " + half + " FROM refresh_family"), denied)
                << role << half << ": who shows a wrong other half ends the session";
    }
    for (const char* role : {"itn_worker", "itn_ingress", "itn_audit"}) {
        EXPECT_EQ(attempt(url(role), "SELECT secret_hash FROM api_key"), denied) << role;
        EXPECT_EQ(attempt(url(role), "SELECT hash FROM ticket"), denied) << role;
    }
    EXPECT_EQ(attempt(url("itn_audit"), "SELECT email, role, version FROM account"), "");
    EXPECT_EQ(attempt(url("itn_audit"), "SELECT id, principal, scopes FROM api_key"), "");
    EXPECT_EQ(attempt(url("itn_audit"), "SELECT principal, revoked FROM refresh_family"), "");
}

TEST_F(RightsTest, TheApiAppendsToItsOwnLaneAlone) {
    const auto append = [](const std::string& lane) {
        return "INSERT INTO journal VALUES (1, 1, now(), '" + lane + "', 'k', 's', 'c', 't', '{}')";
    };
    EXPECT_EQ(attempt(url("itn_api"), append("catalogue.00")), "");
    EXPECT_EQ(attempt(url("itn_api"), append("trade.00")), denied);
    EXPECT_EQ(attempt(url("itn_worker"), append("trade.00")), "");
    EXPECT_EQ(attempt(url("itn_ingress"), append("catalogue.00")), denied);
    pqxx::connection connection(url("itn_api"));
    pqxx::work work(connection);
    EXPECT_EQ(work.exec("UPDATE lane SET last_seq = 99").affected_rows(), 1);
    EXPECT_EQ(work.exec("SELECT FROM lane").size(), 3 * test_shards + 1);
}

TEST_F(RightsTest, StockIsNotTheDoorsBusiness) {
    const std::string add = "INSERT INTO stock VALUES ('ceres', 'ice', 5, 0, NULL, 1)";
    EXPECT_EQ(attempt(url("itn_api"), add), denied);
    EXPECT_EQ(attempt(url("itn_api"), "UPDATE stock SET on_hand = 9"), denied);
    EXPECT_EQ(attempt(url("itn_api"), "DELETE FROM stock"), denied);
    EXPECT_EQ(attempt(url("itn_worker"), add), "");
    EXPECT_EQ(attempt(url("itn_worker"), "SELECT drop_blank_stock('ceres', 'ice')"), denied);
    EXPECT_EQ(attempt(url("itn_api"), "SELECT drop_blank_stock('ceres', 'ice')"), "");
}

TEST_F(RightsTest, TheWorkersCanWork) {
    PostgresStore store(url("itn_worker"), Family::cargo, "rights");
    put_stock(store, ceres_ice, Quantity(5));
    domain::World world;
    world.trades.change(trade_id(1)) = a_trade(1);
    write(store, world);
    Reader reader(url("itn_api"), "rights");
    EXPECT_TRUE(reader.trade(trade_id(1)).value.has_value());
    EXPECT_EQ(reader.stock(ceres_ice).value->on_hand, Quantity(5));
    Accounts accounts(url("itn_worker"), "rights");
    EXPECT_EQ(accounts.rights(Principal("user:nobody")), std::nullopt);
    EXPECT_THROW(accounts.by_email("a@b"), MachineFailure);
}

TEST_F(RightsTest, TheApiCanServe) {
    Reader reader(url("itn_api"), "rights");
    const wire::Station pallas{.id = StationId("pallas"), .name = "Pallas", .kind = "planet"};
    EXPECT_EQ(reader.create_station(pallas, cause_).result, Written::done);
    backend_.execute("INSERT INTO stock VALUES ('pallas', 'ice', 0, 0, NULL, 0)");
    EXPECT_EQ(reader.delete_station(pallas.id, 1, cause_).result, Written::done);
    reader.summary(at_second(1));

    Accounts accounts(reader);
    EXPECT_EQ(accounts.register_account(
                  {.id = "a", .name = "A", .email = "a@b", .stations = {ceres}}, "$phc", cause_),
              Changed::done);
    const Principal user("user:a");
    EXPECT_EQ(accounts.change_role("a", identity::Role::admin, {vesta}, 1, cause_, user),
              Changed::done);
    accounts.begin_session({.id = "f", .principal = user});
    accounts.sign_out("f", at_second(1));
    EXPECT_EQ(accounts.set_password("a", "$new", cause_), Changed::done);
    EXPECT_EQ(accounts.create_key({.key = {.id = "k", .owner = user}}), Changed::done);
    EXPECT_TRUE(accounts.revoke_key("k", user, at_second(1)));
    EXPECT_EQ(accounts.add_partner({.name = "acme", .stations = {ceres}}, at_second(1), user),
              Changed::done);
    EXPECT_EQ(accounts.change_partner("acme", {vesta}, false, at_second(1), user), Changed::done);
    accounts.note_sign_in_failure("x", at_second(1));
    accounts.forget_sign_in_failures("x");
    accounts.sweep(at_second(1));
    EXPECT_EQ(accounts.changes(at_second(0)).subjects.size(), 2U);
}

TEST_F(RightsTest, TheOtherDoorsCanServe) {
    Accounts api(url("itn_api"), "rights");
    api.add_partner({.name = "acme", .stations = {ceres}}, at_second(1), Principal("system"));
    const Accounts::Ticket ticket{.principal = Principal("user:a"), .session = "s", .client = "c"};
    api.keep_ticket({}, ticket, at_second(30));
    api.begin_session({.id = "f", .principal = ticket.principal});
    api.sign_out("f", at_second(1));

    Accounts ingress(url("itn_ingress"), "rights");
    EXPECT_EQ(ingress.partners().size(), 1U);
    EXPECT_TRUE(ingress.rights(Principal("partner:acme")).has_value());
    const Accounts::Ask ask{"partner:acme", "queue", {.tokens = 5, .burst = 5}, 3};
    EXPECT_EQ(ingress.grant(std::span(&ask, 1), at_second(1))[0].tokens, 3);
    EXPECT_EQ(ingress.grant(std::span(&ask, 1), at_second(1))[0].tokens, 2);
    const AuditLine line{.at = at_second(1), .event = "refused"};
    ingress.audit(std::span(&line, 1));
    Reader reader(url("itn_ingress"), "rights");
    EXPECT_EQ(reader.catalogue().value.stations.size(), 2U);
    EXPECT_FALSE(reader.outcome({Principal("dev"), CommandId("c")}).value.has_value());
    EXPECT_THROW(reader.recent(1), MachineFailure);

    Accounts notifier(url("itn_notifier"), "rights");
    EXPECT_EQ(notifier.take_ticket({}, at_second(2)), ticket);
    EXPECT_FALSE(notifier.key("k").has_value());
    EXPECT_EQ(notifier.grant(std::span(&ask, 1), at_second(2))[0].tokens, 3);
    EXPECT_EQ(notifier.changes(at_second(0)).subjects.size(), 1U);
    EXPECT_EQ(notifier.changes(at_second(0)).ended_sessions.size(), 1U);
    Reader feed(url("itn_notifier"), "rights");
    EXPECT_EQ(feed.counters().size(), 3U * test_shards + 1);
    EXPECT_TRUE(feed.recent(1).value.empty());
    EXPECT_TRUE(feed.history("s").value.empty());
    EXPECT_THROW(feed.trade(trade_id(1)), MachineFailure);
    PartnerMark mark(url("itn_notifier"), "rights");
    EXPECT_EQ(mark.hold(), Held::anew);
    mark.move({.epoch = mark.position().epoch, .seqs = {{lane_0, 3}}});
    EXPECT_EQ(mark.position().seqs.at(lane_0), 3);
    EXPECT_EQ(mark.hold(), Held::still);
    EXPECT_EQ(PartnerMark(url("itn_notifier"), "rights").hold(), Held::no);
    mark.move({.epoch = "", .seqs = {{lane_0, 2}}});
    EXPECT_EQ(mark.position().seqs.at(lane_0), 3) << "never back";
    mark.forget();
    EXPECT_TRUE(mark.position().seqs.empty());
}

TEST_F(RightsTest, WhoIsNobodySeesNothing) {
    attempt_commit(as("postgres", backend_.url()), "CREATE ROLE itn_stranger LOGIN");
    EXPECT_NE(attempt(url("itn_stranger"), "SELECT FROM station"), "");
    EXPECT_NE(attempt(url("itn_stranger"), "SELECT FROM public.account"), "");
    attempt_commit(as("postgres", backend_.url()), "DROP ROLE itn_stranger");
}

TEST(RolesTest, ThatAreMissingAreNamed) {
    EXPECT_EQ(apply_rights(migrated_database()),
              (std::vector<std::string>{"itn_api", "itn_audit", "itn_ingress", "itn_notifier",
                                        "itn_worker"}));
}

}  // namespace
}  // namespace itn::storage
