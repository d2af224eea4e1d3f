#include "api/query.h"

#include <gtest/gtest.h>

#include <array>

#include "api/answers.h"
#include "api/pages.h"
#include "common/domain/trade.h"

namespace itn::api {

namespace {

front::Request with(std::vector<std::pair<std::string, std::string>> query) {
    front::Request request;
    request.path = "/api/trades";
    request.query = std::move(query);
    return request;
}

constexpr std::array<std::string_view, 2> known = {"limit", "cursor"};

/// What Query::time makes of "from".
std::string time_of(const std::string& text, Edge edge) {
    const auto request = with({{"from", text}});
    Query query(request);
    const auto at = query.time("from", edge);
    EXPECT_NE(at.has_value(), query.problem().has_value());
    return at ? to_rfc3339(*at) : "";
}

}  // namespace

TEST(Parameters, UnknownOnesAreNamed) {
    EXPECT_FALSE(parameter_problem(with({{"limit", "1"}}), known));
    const auto problem = parameter_problem(with({{"limt", "1"}}), known);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->slug, "unknown_parameter");
    EXPECT_NE(problem->detail.find("limt"), std::string::npos);
}

TEST(Parameters, StandThereOnce) {
    const auto problem = parameter_problem(with({{"limit", "1"}, {"limit", "1"}}), known);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->slug, "invalid_parameter");
}

TEST(Query, LimitsArePages) {
    for (const auto* bad : {"0", "201", "-1", "1.5", "x", "", "99999999999999999999", " 1", "1 "}) {
        const auto request = with({{"limit", bad}});
        Query query(request);
        query.limit();
        ASSERT_TRUE(query.problem()) << bad;
        EXPECT_EQ(query.problem()->slug, "invalid_parameter");
        EXPECT_NE(query.problem()->detail.find("limit"), std::string::npos);
    }
    const auto request = with({{"limit", "200"}});
    Query query(request);
    EXPECT_EQ(query.limit(), 200U);
    EXPECT_FALSE(query.problem());
    const auto none = with({});
    EXPECT_EQ(Query(none).limit(), limits::default_page);
}

TEST(Query, TimesAreInstantsOrDays) {
    EXPECT_EQ(time_of("2026-11-20", Edge::from), "2026-11-20T00:00:00.000000Z");
    EXPECT_EQ(time_of("2026-11-20", Edge::to), "2026-11-21T00:00:00.000000Z");
    EXPECT_EQ(time_of("2026-11-20T10:00:00+02:00", Edge::to), "2026-11-20T08:00:00.000000Z");
    for (const auto* bad : {"yesterday", "2026-13-01", "2026-02-30", "20261120", "2026-11-20T10"})
        EXPECT_EQ(time_of(bad, Edge::from), "") << bad;
}

TEST(Query, CollectsWhatIsWrong) {
    const auto request = with({{"status", "sold"}, {"station", "Not A Slug"}});
    Query query(request);
    EXPECT_FALSE(query.parsed("status", domain::trade_status_from));
    EXPECT_FALSE(query.slug("station"));
    ASSERT_TRUE(query.problem());
    EXPECT_NE(query.problem()->detail.find("status"), std::string::npos);
    EXPECT_NE(query.problem()->detail.find("station"), std::string::npos);
}

TEST(Query, CursorsOfOtherListsAreRefused) {
    const auto request = with({{"cursor", render_cursor("cargo", {"a", "b"})}});
    Query query(request);
    EXPECT_FALSE(time_cursor(query, "trades"));
    ASSERT_TRUE(query.problem());
    EXPECT_EQ(query.problem()->slug, "invalid_cursor");
}

TEST(Query, KeysInCursorsAreChecked) {
    const auto request = with({{"cursor", render_cursor("trades", {"no time", "'; DROP TABLE"})}});
    Query query(request);
    EXPECT_FALSE(time_cursor(query, "trades"));
    EXPECT_TRUE(query.problem());
}

TEST(Query, KeysComeBackAsTheyWent) {
    const storage::LedgerKey key{.at = *from_rfc3339("2026-11-20T10:00:00.000001Z"),
                                 .lane = {.family = Family::cargo, .shard = 3},
                                 .seq = 42,
                                 .n = 1};
    const auto request = with({{"cursor", render_cursor("ledger", cursor_key(key))}});
    Query query(request);
    const auto back = ledger_cursor(query, "ledger");
    ASSERT_TRUE(back);
    EXPECT_EQ(cursor_key(*back), cursor_key(key));
}

TEST(Query, TheNextPageKeepsTheFilters) {
    const auto request = with({{"station", "ceres"}, {"cursor", "old"}, {"from", "2026-11-20 +1"}});
    EXPECT_EQ(target_with_cursor(request, "new"),
              "/api/trades?station=ceres&from=2026-11-20%20%2B1&cursor=new");
}

}  // namespace itn::api
