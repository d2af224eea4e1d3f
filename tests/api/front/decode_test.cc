#include "api/front/decode.h"

#include <gtest/gtest.h>

namespace itn::api::front {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(IsUtf8, RefusesWhatTheStandardRefuses) {
    for (const std::string_view good : {"", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x9a\x80",
                                        "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const std::string_view bad :
         {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80",
          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xff", "\xc3("})
        EXPECT_FALSE(is_utf8(bad)) << bad;
}

TEST(PercentDecoded, DecodesOrRefuses) {
    EXPECT_EQ(percent_decoded("a%20b%2Fc%2f+"), "a b/c/+");
    EXPECT_EQ(percent_decoded("%C3%a4"), "\xc3\xa4");
    for (const std::string_view bad : {"%", "%4", "a%zz", "%00", "%ff", "%C3", "%-1"})
        EXPECT_FALSE(percent_decoded(bad)) << bad;
}

TEST(ParseQuery, KeepsOrderAndDuplicates) {
    EXPECT_EQ(parse_query(""), Pairs{});
    EXPECT_EQ(parse_query("a=1&b=x%26y&a=2"), (Pairs{{"a", "1"}, {"b", "x&y"}, {"a", "2"}}));
    EXPECT_EQ(parse_query("a=b+c&d&e="), (Pairs{{"a", "b c"}, {"d", ""}, {"e", ""}}));
    EXPECT_EQ(parse_query("&a=1&&=x&"), (Pairs{{"a", "1"}, {"", "x"}}));
    EXPECT_EQ(parse_query("a=b=c"), (Pairs{{"a", "b=c"}}));
    EXPECT_EQ(parse_query("a=%00"), std::nullopt);
    EXPECT_EQ(parse_query("%xx=1"), std::nullopt);
}

}  // namespace
}  // namespace itn::api::front
