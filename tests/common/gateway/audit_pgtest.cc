#include "common/gateway/audit.h"

#include <gtest/gtest.h>

#include <optional>
#include <pqxx/pqxx>

#include "common/base/limits.h"
#include "common/runtime/clock.h"
#include "common/storage/migrate.h"
#include "tests/support/child.h"
#include "tests/support/private_postgres.h"

namespace itn::gateway {
namespace {

class AuditTest : public testing::Test {
protected:
    pqxx::result execute(const std::string& sql) const {
        pqxx::connection connection(url_);
        pqxx::nontransaction work(connection);
        return work.exec(sql);
    }
    int kept(const std::string& where) const {
        return static_cast<int>(execute("SELECT FROM audit_trail WHERE " + where).size());
    }
    /// Of which nothing is held back.
    storage::AuditLine change(std::string detail = {}) const {
        return {.at = now_,
                .event = std::string(Audit::changed),
                .peer = "192.0.2.1",
                .detail = std::move(detail)};
    }
    /// From now on the trail takes nothing, and counts who tries.
    void close() const {
        execute(
            "CREATE SEQUENCE tries; CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN PERFORM nextval('tries'); RAISE EXCEPTION 'closed' USING ERRCODE = '57P03'; "
            "END$$; CREATE TRIGGER closed BEFORE INSERT ON audit_trail FOR EACH STATEMENT EXECUTE "
            "FUNCTION refuse()");
    }
    void open() const { execute("DROP TRIGGER closed ON audit_trail"); }
    bool is_tried(int times) const {
        return tests::eventually([&] {
            return execute("SELECT FROM tries WHERE is_called AND last_value >= " +
                           std::to_string(times))
                       .size() == 1;
        });
    }

    const std::string url_ = tests::private_postgres().fresh_database(
        [](const std::string& url) { storage::migrate(url, storage::embedded_migrations(), 4); });
    const Timestamp now_ = runtime::SystemClock().now();
};

TEST_F(AuditTest, RefusalsReachTheAuditTrail) {
    {
        Audit audit(url_, "test");
        for (int i = 0; i < 300; ++i)
            audit.note({.at = now_,
                        .event = "forbidden",
                        .principal = Principal("user:1"),
                        .peer = "127.0.0.1",
                        .subject = "POST /api/cargo",
                        .detail = std::to_string(i)});
        EXPECT_EQ(audit.noted(), 300U);
        EXPECT_EQ(audit.dropped(), 0U);
    }
    EXPECT_EQ(kept("event = 'forbidden'"), 300);
}

TEST_F(AuditTest, AFloodOfRefusalsHidesNobodyAndFillsNoDisk) {
    const storage::AuditLine refused{
        .at = now_, .event = "unauthenticated", .peer = "192.0.2.1", .subject = "GET /"};
    {
        Audit audit(url_, "test");
        for (int i = 0; i < 3'000; ++i)
            audit.note(refused);
        auto other = refused;
        other.peer = "192.0.2.2";
        audit.note(other);
        for (int i = 0; i < 700; ++i)
            audit.note(change());
        // Whoever has one address of a /64 has them all.
        for (int i = 0; i < 1'000; ++i) {
            other.peer = "2001:db8:0:7::" + std::to_string(i);
            audit.note(other);
        }
        EXPECT_EQ(audit.noted(), 4'701U);
        EXPECT_EQ(audit.dropped(), 4'000U - 2 * Audit::refusal_rate.burst);
    }
    EXPECT_EQ(kept("event = 'unauthenticated' AND peer = '192.0.2.1'"), 500);
    EXPECT_EQ(kept("peer = '192.0.2.2'"), 1);
    EXPECT_EQ(kept("peer LIKE '2001:db8:0:7::%'"), 500);
    EXPECT_EQ(kept("event = 'changed'"), 700);
}

TEST_F(AuditTest, AFloodFromManyNetworksFillsNoDisk) {
    storage::AuditLine refused{.at = now_, .event = "unauthenticated", .subject = "GET /"};
    {
        Audit audit(url_, "test");
        for (int network = 0; network < 2'500; ++network) {
            refused.peer = "2001:db8:" + std::to_string(network) + "::1";
            audit.note(refused);
        }
        audit.note(change());
        EXPECT_EQ(audit.dropped(), 2'500U - Audit::total_rate.burst);
        refused.at += std::chrono::seconds(1);
        for (int i = 0; i < 30; ++i)
            audit.note(refused);
        const auto dropped = 2'530U - Audit::total_rate.burst - Audit::total_rate.tokens;
        EXPECT_EQ(audit.dropped(), dropped);
        // Nobody's lines hide those of who is known, nor another sort of event.
        auto known = refused, guessed = refused;
        known.principal = Principal("user:1");
        known.event = "forbidden";
        guessed.event = "sign_in_refused";
        guessed.peer = "192.0.2.1";
        audit.note(known);
        audit.note(guessed);
        EXPECT_EQ(audit.dropped(), dropped);
    }
    EXPECT_EQ(kept("event = 'forbidden'"), 1);
    EXPECT_EQ(kept("event = 'sign_in_refused'"), 1);
    EXPECT_EQ(kept("event = 'unauthenticated'"), 2'020);
    EXPECT_EQ(kept("event = 'changed'"), 1);
}

TEST_F(AuditTest, LinesWaitForADatabaseThatDoesNotTakeThem) {
    close();
    Audit audit(url_, "test");
    for (int i = 0; i < 300; ++i)
        audit.note(change(std::to_string(i)));
    EXPECT_TRUE(is_tried(2));
    EXPECT_EQ(audit.dropped(), 0U);
    open();
    EXPECT_TRUE(tests::eventually([&] { return kept("event = 'changed'") == 300; }));
    const auto details = execute("SELECT count(DISTINCT detail) FROM audit_trail");
    EXPECT_EQ(details[0][0].as<int>(), 300) << "each once";
    EXPECT_EQ(audit.dropped(), 0U);
}

TEST_F(AuditTest, NoMoreLinesWaitThanTheQueueHolds) {
    close();
    {
        Audit audit(url_, "test");
        audit.note(change());
        EXPECT_TRUE(is_tried(1));
        for (std::size_t i = 0; i < limits::max_audit_queue + 9; ++i)
            audit.note(change());
        EXPECT_EQ(audit.dropped(), 10U);
    }
    open();
    EXPECT_EQ(kept("true"), 0) << "it ends, with them";
}

TEST_F(AuditTest, ALineThatNoDatabaseTakesHoldsNoOther) {
    Audit audit(url_, "test");
    for (const char* detail : {"one", "\xff", "two"})
        audit.note(change(detail));
    EXPECT_TRUE(tests::eventually([&] { return kept("detail IN ('one', 'two')") == 2; }));
    EXPECT_TRUE(tests::eventually([&] { return audit.dropped() == 1; }));
    audit.note(change("three"));
    EXPECT_TRUE(tests::eventually([&] { return kept("detail = 'three'") == 1; }));
    EXPECT_EQ(kept("true"), 3);
}

}  // namespace
}  // namespace itn::gateway
