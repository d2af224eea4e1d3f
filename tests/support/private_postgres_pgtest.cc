#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "tests/support/private_postgres.h"

namespace itn::tests {
namespace {

int ask(const std::string& url, const std::string& question) {
    pqxx::connection connection(url);
    pqxx::work work(connection);
    const auto answer = work.exec1(question)[0].as<int>();
    work.commit();
    return answer;
}

void make_table(const std::string& url) {
    pqxx::connection connection(url);
    pqxx::work work(connection);
    work.exec0("CREATE TABLE grain (n int)");
    work.exec0("INSERT INTO grain VALUES (1), (2)");
    work.commit();
}

TEST(PrivatePostgres, EveryDatabaseIsFresh) {
    auto& server = private_postgres();
    const auto first = server.fresh_database(make_table);
    const auto second = server.fresh_database(make_table);
    EXPECT_NE(first, second);
    {
        pqxx::connection connection(first);
        pqxx::work work(connection);
        work.exec0("DELETE FROM grain");
        work.commit();
    }
    EXPECT_EQ(ask(first, "SELECT count(*) FROM grain"), 0);
    EXPECT_EQ(ask(second, "SELECT count(*) FROM grain"), 2);
    EXPECT_EQ(ask(server.fresh_database(),
                  "SELECT count(*) FROM pg_tables WHERE tablename = "
                  "'grain'"),
              0);
}

TEST(PrivatePostgres, ComesBackAfterStopAndCrash) {
    auto& server = private_postgres();
    const auto url = server.fresh_database(make_table);
    server.stop();
    EXPECT_THROW(pqxx::connection{url}, pqxx::broken_connection);
    server.start();
    EXPECT_EQ(ask(url, "SELECT sum(n) FROM grain"), 3);
    pqxx::connection cut(url);
    server.crash();
    EXPECT_THROW(pqxx::work{cut}.exec0("SELECT"), pqxx::failure);
    server.start();
    EXPECT_EQ(ask(url, "SELECT sum(n) FROM grain"), 3);
}

}  // namespace
}  // namespace itn::tests
