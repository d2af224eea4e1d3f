#include "common/wire/scan.h"

#include <gtest/gtest.h>

#include <string>

namespace itn::wire {
namespace {

std::string strings_of(std::string_view object) {
    std::string text;
    NamedStrings strings(object);
    while (const auto one = strings.next())
        text += std::string(one->name) + "=" + std::string(one->text) + ";";
    return text;
}

TEST(NamedStrings, StandUnderTheirNames) {
    EXPECT_EQ(strings_of(R"({"a":"1","b":[ "2" , "3"],"c":{"d" : "4"},"e":5,"f":""})"),
              "a=1;b=2;b=3;d=4;f=;");
    EXPECT_EQ(strings_of(R"({"a":"\"b\":\"c\"","b":"\\"})"), R"(a=\"b\":\"c\";b=\\;)");
    EXPECT_EQ(strings_of("{}"), "");
}

TEST(NamedStrings, OfWhatIsNoObjectAreNone) {
    const std::string whole = R"({"a":"1","b":["2"]})";
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(strings_of(whole.substr(0, size)), "") << size;
    for (const auto* text : {R"(["a"])", R"("a")", "1", R"({"a":"1"]})"})
        EXPECT_EQ(strings_of(text), "") << text;
}

TEST(Scan, StaysWhereItFailed) {
    Scan scan(R"( {"a":[1,2]} )");
    EXPECT_FALSE(scan.take('['));
    EXPECT_FALSE(scan.string());
    EXPECT_FALSE(scan.integer());
    EXPECT_TRUE(scan.take('{'));
    EXPECT_EQ(scan.string(), "a");
    EXPECT_TRUE(scan.take(':'));
    EXPECT_EQ(scan.value(), "[1,2]");
    EXPECT_TRUE(scan.take('}'));
    EXPECT_FALSE(scan.value());
}

}  // namespace
}  // namespace itn::wire
