#include "common/identity/flat_json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace itn::identity {
namespace {

TEST(FlatJson, ReadsTextsIntegersAndArraysOfTexts) {
    const auto object = read_flat_json(R"({ "a" : "x", "b": -7, "c":["p","q"], "d":[] })");
    ASSERT_TRUE(object);
    EXPECT_EQ(*object->find<std::string>("a"), "x");
    EXPECT_EQ(*object->find<std::int64_t>("b"), -7);
    EXPECT_EQ(*object->find<std::vector<std::string>>("c"), (std::vector<std::string>{"p", "q"}));
    EXPECT_TRUE(object->find<std::vector<std::string>>("d")->empty());
    EXPECT_EQ(object->find<std::int64_t>("a"), nullptr);
    EXPECT_EQ(object->find<std::string>("z"), nullptr);
    EXPECT_TRUE(read_flat_json("{}"));
}

TEST(FlatJson, RefusesWhatATokenNeverHolds) {
    for (const auto* text : {
             R"({"a":1,"a":2})",
             R"({"a":1,"\u0061":1})",
             R"({"a":{}})",
             R"({"a":[{}]})",
             R"({"a":[["x"]]})",
             R"({"a":[1]})",
             R"({"a":null})",
             R"({"a":true})",
             R"({"a":1.5})",
             R"({"a":1e3})",
             R"({"a":9223372036854775808})",
             R"({"a":-9223372036854775809})",
             R"({"a":1} )",
             R"( {"a":1})",
             R"({"a":1}{})",
             R"({"a":1)",
             R"([])",
             R"("a")",
             R"(1)",
             "",
             "{",
             "}",
             "{\"a\":\"\xff\"}",
             "\xef\xbb\xbf{\"a\":1}",
             R"({"a":"\ud800"})",
             R"({a:1})",
             R"({"a":1,})",
             "{\"a\":\"\n\"}",
         })
        EXPECT_FALSE(read_flat_json(text)) << text;
}

TEST(FlatJson, TakesSoManyMembersAndNoMore) {
    const auto with = [](int count) {
        std::string text = "{";
        for (int i = 0; i < count; ++i)
            text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
        return text + "}";
    };
    EXPECT_TRUE(read_flat_json(with(32)));
    EXPECT_FALSE(read_flat_json(with(33)));
}

TEST(FlatJson, ReachesTheEndsOfInt64) {
    const auto object = read_flat_json(R"({"a":9223372036854775807,"b":-9223372036854775808})");
    ASSERT_TRUE(object);
    EXPECT_EQ(*object->find<std::int64_t>("a"), INT64_MAX);
    EXPECT_EQ(*object->find<std::int64_t>("b"), INT64_MIN);
}

RC_GTEST_PROP(FlatJson, ComesBack, (std::int64_t number)) {
    const auto text = rc::gen::container<std::string>(rc::gen::inRange<char>(0, 0x7f));
    FlatObject object;
    object.add("text", *text);
    object.add("number", number);
    object.add("list", *rc::gen::container<std::vector<std::string>>(text));
    const auto read = read_flat_json(write_flat_json(object));
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->members() == object.members());
}

RC_GTEST_PROP(FlatJson, IsTotal, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("{}[]\"\\:,a01.-e \xc3\xa4")));
    const auto read = read_flat_json("{" + text + "}");
    RC_ASSERT((!read || read_flat_json(write_flat_json(*read)).has_value()));
}

}  // namespace
}  // namespace itn::identity
