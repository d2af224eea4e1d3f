// How the audit trail grows by months and loses the old ones, and nothing else.

#include <gtest/gtest.h>

#include "common/storage/accounts.h"
#include "tests/common/storage/postgres_backend.h"

namespace itn::storage {
namespace {

using namespace contract;
using std::chrono::days;

/// A line is named after its age in days. Lines are told in the order of their times.
class AuditTrailTest : public ::testing::Test {
protected:
    void write(const std::string& event, const std::string& at) {
        backend_.execute(
            "INSERT INTO audit_trail (at, event, principal, peer, subject, detail) VALUES (" + at +
            ", '" + event + "', '', '', '', '')");
    }
    void write_before(int age) {
        write(std::to_string(age), "now() - interval '" + std::to_string(age) + " days'");
    }
    void make_month_before(int age) {
        backend_.execute("SELECT make_audit_month(date_trunc('month', now() - interval '" +
                         std::to_string(age) + " days', 'UTC'))");
    }
    void keep(int least) { accounts_.keep_audit_trail(days(least)); }

    /// Where writers are slow that day it gives up, as it promises.
    static void keep_if_free(Accounts& accounts) {
        try {
            accounts.keep_audit_trail(days(400));
        } catch (const MachineFailure&) {
        }
    }

    std::string events(const std::string& table = "audit_trail") {
        std::string all;
        for (const auto& row : backend_.execute("SELECT event FROM " + table + " ORDER BY at"))
            all += (all.empty() ? "" : " ") + std::string(row[0].c_str());
        return all;
    }
    std::vector<std::string> parts() {
        std::vector<std::string> names;
        for (const auto& row :
             backend_.execute("SELECT c.relname FROM pg_class c WHERE c.relispartition AND "
                              "c.relkind = 'r' ORDER BY c.relname COLLATE \"C\""))
            names.emplace_back(row[0].c_str());
        return names;
    }
    std::string this_month() {
        return backend_
            .execute("SELECT to_char(now() AT TIME ZONE 'UTC', '\"audit_trail_\"YYYY_MM')")[0][0]
            .c_str();
    }
    /// Whether the owner of the tables may not do that.
    bool is_refused(const std::string& statement) {
        try {
            backend_.execute(statement);
            return false;
        } catch (const pqxx::insufficient_privilege&) {
            return true;
        }
    }

    PostgresBackend backend_;
    Accounts accounts_{backend_.url(), "audit-trail-test"};
};

TEST_F(AuditTrailTest, IsMadeAheadOfTheMonths) {
    const auto made = parts();
    ASSERT_EQ(made.size(), 5U);
    EXPECT_EQ(made.front(), this_month());
    EXPECT_EQ(made.back(), "audit_trail_rest");
    write_before(0);
    EXPECT_EQ(events(this_month()), "0");
}

TEST_F(AuditTrailTest, OldMonthsGoAndYoungerOnesStay) {
    for (const int age : {500, 100})
        make_month_before(age);
    for (const int age : {500, 430, 390, 100, 0})
        write_before(age);
    EXPECT_EQ(events("audit_trail_rest"), "430 390") << "of months that nobody made";
    keep(400);
    EXPECT_EQ(events(), "390 100 0");
    EXPECT_EQ(parts().size(), 6U);
    keep(65);
    EXPECT_EQ(events(), "0");
    EXPECT_EQ(parts().size(), 5U);
}

TEST_F(AuditTrailTest, NothingYoungerThanThirtyDaysGoes) {
    for (const int age : {29, 20, 0})
        write_before(age);
    for (const int age : {29, 1, 0, -400})
        EXPECT_THROW(keep(age), CommandFault) << age;
    EXPECT_EQ(events(), "29 20 0");
    keep(30);
    EXPECT_EQ(events(), "29 20 0");
}

TEST_F(AuditTrailTest, ALineFindsItsPlaceWithoutItsMonth) {
    backend_.execute("DROP TABLE " + this_month());
    write_before(0);
    write("beginning", "'-infinity'");
    write("ahead", "now() + interval '900 days'");
    write("end", "'infinity'");
    const AuditLine line{.at = Timestamp{}, .event = "long ago"};
    accounts_.audit(std::span(&line, 1));
    EXPECT_EQ(events("audit_trail_rest"), "beginning long ago 0 ahead end");
    keep(400);
    EXPECT_EQ(events("audit_trail_rest"), "ahead end");
    EXPECT_EQ(events(this_month()), "0");
    keep(400);
    EXPECT_EQ(parts().size(), 5U);
}

TEST_F(AuditTrailTest, NoPartOfItIsEverChanged) {
    write_before(0);
    write_before(500);
    keep(400);
    auto all = parts();
    all.push_back("audit_trail");
    for (const std::string& part : all) {
        for (const std::string verb : {"DELETE FROM ", "TRUNCATE "})
            EXPECT_TRUE(is_refused(verb + part)) << verb << part;
        EXPECT_TRUE(is_refused("UPDATE " + part + " SET at = now()")) << part;
    }
    // An owner may give itself the rights; the trigger stands.
    for (const std::string& part : all) {
        backend_.execute("GRANT ALL ON " + part + " TO CURRENT_USER");
        for (const std::string verb : {"DELETE FROM ", "TRUNCATE "})
            EXPECT_TRUE(is_refused(verb + part)) << verb << part;
    }
    EXPECT_EQ(events(), "0");
}

TEST_F(AuditTrailTest, WhoComesSecondLeavesItToTheFirst) {
    pqxx::connection first(backend_.url());
    pqxx::work work(first);
    work.exec("SELECT keep_audit_trail(400)");
    write_before(500);
    keep(400);
    EXPECT_EQ(events(), "500");
    work.commit();
    keep(400);
    EXPECT_EQ(events(), "");
}

TEST_F(AuditTrailTest, ManyAtOnceLoseNoLine) {
    backend_.execute("DROP TABLE " + this_month());
    write_before(0);
    write_before(500);
    race(6, [&](int n) {
        Accounts own(backend_.url(), "race");
        const Timestamp ago = std::chrono::time_point_cast<Timestamp::duration>(
            std::chrono::system_clock::now() - days(40 * n));
        const AuditLine line{.at = ago, .event = "line"};
        for (int turn = 0; turn < 10; ++turn) {
            if (n % 2 == 0) keep_if_free(own);
            own.audit(std::span(&line, 1));
        }
    });
    keep(400);
    EXPECT_EQ(backend_.execute("SELECT FROM audit_trail WHERE event = 'line'").size(), 60);
    EXPECT_EQ(backend_.execute("SELECT FROM audit_trail").size(), 61);
}

TEST_F(AuditTrailTest, WritersNeverWaitForReaders) {
    write_before(500);
    pqxx::connection reader(backend_.url());
    pqxx::work reading(reader);
    reading.exec("SELECT FROM audit_trail");
    EXPECT_THROW(keep(400), MachineFailure);
    write_before(0);
    EXPECT_EQ(events(), "500 0");
    reading.commit();
    keep(400);
    EXPECT_EQ(events(), "0");
}

}  // namespace
}  // namespace itn::storage
