#include "common/gateway/audit.h"

#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "common/runtime/clock.h"
#include "common/storage/migrate.h"
#include "tests/support/private_postgres.h"

namespace itn::gateway {
namespace {

class AuditTest : public testing::Test {
protected:
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
    pqxx::connection connection(url_);
    pqxx::nontransaction work(connection);
    EXPECT_EQ(work.exec("SELECT FROM audit_trail WHERE event = 'forbidden'").size(), 300);
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
        auto change = refused;
        change.event = Audit::changed;
        for (int i = 0; i < 700; ++i)
            audit.note(change);
        // Whoever has one address of a /64 has them all.
        for (int i = 0; i < 1'000; ++i) {
            other.peer = "2001:db8:0:7::" + std::to_string(i);
            audit.note(other);
        }
        EXPECT_EQ(audit.noted(), 4'701U);
        EXPECT_EQ(audit.dropped(), 4'000U - 2 * Audit::refusal_rate.burst);
    }
    pqxx::connection connection(url_);
    pqxx::nontransaction work(connection);
    const auto kept = [&](const std::string& where) {
        return work.exec("SELECT FROM audit_trail WHERE " + where).size();
    };
    EXPECT_EQ(kept("event = 'unauthenticated' AND peer = '192.0.2.1'"), 500);
    EXPECT_EQ(kept("peer = '192.0.2.2'"), 1);
    EXPECT_EQ(kept("peer LIKE '2001:db8:0:7::%'"), 500);
    EXPECT_EQ(kept("event = 'changed'"), 700);
}

}  // namespace
}  // namespace itn::gateway
