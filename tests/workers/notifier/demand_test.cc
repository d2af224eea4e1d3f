#include "workers/notifier/demand.h"

#include <gtest/gtest.h>

namespace itn::workers::notifier {
namespace {

TEST(ParseOpening, EverythingIsOptional) {
    EXPECT_EQ(parse_opening("{}").value(), Opening{});
    const auto opening = parse_opening(
        R"({"authorize":"token","subscribe":["trade","station:ceres"],"since":"v1.e."})");
    ASSERT_TRUE(opening.ok());
    EXPECT_EQ(opening->authorize, "token");
    EXPECT_EQ(opening->topics->size(), 2u);
    EXPECT_EQ(opening->since->epoch, "e");
    EXPECT_TRUE(parse_opening(R"({"subscribe":[]})")->topics->empty());
    EXPECT_TRUE(parse_opening(R"({"conflate":true})")->conflate);
    EXPECT_FALSE(parse_opening(R"({"conflate":false})")->conflate);
}

TEST(ParseOpening, NamesTheFaultAndItsPlace) {
    struct Row {
        const char* text;
        const char* slug;
        const char* pointer;
    };
    for (const Row& one : std::initializer_list<Row>{
             {"", "malformed", ""},
             {"[]", "malformed", ""},
             {"{\"a\":", "malformed", ""},
             {"{} x", "malformed", ""},
             {R"({"subscribes":[]})", "unknown_field", "/subscribes"},
             {R"({"role":"admin"})", "unknown_field", "/role"},
             {R"({"subscribe":"trade"})", "invalid_field", "/subscribe"},
             {R"({"subscribe":["trade","user"]})", "invalid_field", "/subscribe/1"},
             {R"({"subscribe":[7]})", "invalid_field", "/subscribe/0"},
             {R"({"authorize":7})", "invalid_field", "/authorize"},
             {R"({"conflate":"yes"})", "invalid_field", "/conflate"},
             {R"({"since":-1})", "invalid_position", "/since"},
             {R"({"since":"garbage"})", "invalid_position", "/since"}}) {
        const auto opening = parse_opening(one.text);
        ASSERT_FALSE(opening.ok()) << one.text;
        EXPECT_EQ(opening.problem().slug, one.slug) << one.text;
        const auto& faults = opening.problem().faults;
        EXPECT_EQ(faults.empty() ? "" : faults.front().pointer, one.pointer) << one.text;
    }
    EXPECT_EQ(parse_opening(R"({"subscribe":)" + std::string(1'000, '[')).problem().slug,
              "malformed");
    std::string many = R"({"subscribe":["trade")";
    for (int i = 0; i < 100; ++i)
        many += R"(,"trade")";
    EXPECT_EQ(parse_opening(many + "]}").problem().slug, "invalid_field");
}

TEST(ParseChange, AsksForSomething) {
    const auto change =
        parse_change(R"({"subscribe":["cargo"],"unsubscribe":["trade"],"ping":{"n":[1]}})");
    ASSERT_TRUE(change.ok());
    EXPECT_EQ(change->subscribe.size(), 1u);
    EXPECT_EQ(change->unsubscribe.size(), 1u);
    EXPECT_EQ(change->ping, R"({"n":[1]})");
    EXPECT_EQ(parse_change(R"({"authorize":"fresh"})")->authorize, "fresh");
    EXPECT_EQ(parse_change(R"({"authorize":7})").problem().faults.front().pointer, "/authorize");
    EXPECT_EQ(parse_change("{}").problem().slug, "malformed");
    EXPECT_EQ(parse_change(R"({"since":"v1.e."})").problem().slug, "unknown_field");
    EXPECT_EQ(parse_change(R"({"ping":")" + std::string(2'000, 'x') + "\"}").problem().slug,
              "invalid_field");
}

TEST(OpeningOfQuery, SpeaksTheSameWords) {
    const auto opening = opening_of_query({{"subscribe", "trade,station:ceres"}}, "");
    ASSERT_TRUE(opening.ok());
    EXPECT_EQ(opening->topics->size(), 2u);
    EXPECT_FALSE(opening->since);
    EXPECT_EQ(opening_of_query({{"since", "v1.a."}}, "v1.b.")->since->epoch, "b");
    EXPECT_EQ(opening_of_query({{"since", "v1.a."}}, "")->since->epoch, "a");
    EXPECT_EQ(opening_of_query({}, "x").problem().slug, "invalid_position");
    EXPECT_TRUE(opening_of_query({{"conflate", "true"}}, "")->conflate);
    EXPECT_FALSE(opening_of_query({{"conflate", "false"}}, "")->conflate);
    EXPECT_EQ(opening_of_query({{"since", "x"}}, "").problem().slug, "invalid_position");
    for (const auto& [field, value] : std::vector<std::pair<std::string, std::string>>{
             {"subscribe", "trade,,cargo"}, {"conflate", "yes"}})
        EXPECT_EQ(opening_of_query({{field, value}}, "").problem().slug, "invalid_parameter");
    EXPECT_EQ(opening_of_query({{"topic", "trade"}}, "").problem().slug, "unknown_parameter");
}

}  // namespace
}  // namespace itn::workers::notifier
