#include "api/problem.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "common/domain/decide.h"

namespace itn::api {

using Json = nlohmann::json;

TEST(Problem, EverySlugHasOneRow) {
    std::set<std::string_view> slugs;
    for (const auto& kind : problem_kinds()) {
        EXPECT_TRUE(slugs.insert(kind.slug).second) << kind.slug;
        EXPECT_GE(kind.status, 400) << kind.slug;
        EXPECT_LT(kind.status, 600) << kind.slug;
        EXPECT_FALSE(kind.title.empty()) << kind.slug;
    }
}

TEST(Problem, EveryRejectionHasARow) {
    int count = 0;
    for (int i = 0; i <= int(domain::Rejection::not_loaded); ++i, ++count)
        EXPECT_TRUE(has_problem_kind(domain::name(domain::Rejection(i))))
            << domain::name(domain::Rejection(i));
    EXPECT_GT(count, 20);
}

TEST(Problem, RejectionsHaveTheStatusOfTheirSort) {
    EXPECT_EQ(problem_kind("insufficient_stock").status, 409);
    EXPECT_EQ(problem_kind("stale_version").status, 409);
    EXPECT_EQ(problem_kind("trade_not_found").status, 404);
    EXPECT_EQ(problem_kind("trade_final").status, 409);
    EXPECT_EQ(problem_kind("same_station").status, 422);
    EXPECT_EQ(problem_kind("expired").status, 422);
    EXPECT_EQ(problem_kind("key_reuse").status, 422);
    EXPECT_EQ(problem_kind("forbidden").status, 403);
}

TEST(Problem, SlugsOfOtherRoomsHaveRows) {
    for (const auto* slug : {"invalid_json", "invalid_request", "payload_too_large", "out_of_range",
                             "invalid_position", "invalid_idempotency_key", "same_station",
                             "unknown_station", "unknown_product"})
        EXPECT_TRUE(has_problem_kind(slug)) << slug;
}

TEST(Problem, StatusesOfTheFrontKeepTheirStatus) {
    for (const int status : {400, 404, 405, 408, 411, 413, 414, 415, 431, 500, 503, 504, 505})
        EXPECT_EQ(problem_kind(slug_of_status(status)).status, status);
}

TEST(Problem, RendersAllThatIsKnown) {
    const Problem problem{
        .slug = "invalid_request",
        .detail = "one field is wrong",
        .faults = {{.pointer = "/items/0/quantity", .detail = "must be positive"}}};
    const auto json = Json::parse(render_problem(
        problem, {.instance = "/api/trades", .trace_id = "abc", .command_id = "key \"1\""}));
    EXPECT_EQ(json, Json::parse(R"({"type":"/problems/invalid_request",
        "title":"A field is missing, unknown or wrong","status":400,
        "detail":"one field is wrong","instance":"/api/trades",
        "errors":[{"detail":"must be positive","pointer":"#/items/0/quantity"}],
        "traceId":"abc","commandId":"key \"1\""})"));
}

TEST(Problem, LeavesOutWhatIsNot) {
    const auto json =
        Json::parse(render_problem({.slug = "not_found", .detail = "", .faults = {}}, {}));
    EXPECT_EQ(json.size(), 3U);
}

TEST(Problem, BadUtf8DoesNotBreakTheAnswer) {
    const auto text = render_problem({.slug = "not_found", .detail = "\xff\xfe", .faults = {}}, {});
    EXPECT_TRUE(Json::accept(text));
}

TEST(Problem, SaysWhenToComeBack) {
    const auto reply = problem_reply({.slug = "overloaded", .detail = "", .faults = {}}, {});
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.content_type, problem_content_type);
    const std::pair<std::string, std::string> retry{"Retry-After", "1"};
    EXPECT_NE(std::find(reply.headers.begin(), reply.headers.end(), retry), reply.headers.end());
}

TEST(Problem, AnUnknownSlugIsOurOwnError) {
    EXPECT_EQ(problem_kind("no_such_slug").slug, "internal");
}

TEST(Problem, HasAPageOfItsOwn) {
    EXPECT_EQ(problem_page("stale_version").status, 200);
    EXPECT_EQ(Json::parse(problem_page("stale_version").body).at("status"), 409);
    EXPECT_EQ(problem_page("nothing").status, 404);
}

}  // namespace itn::api
