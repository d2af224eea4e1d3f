#include "common/wire/json.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "common/base/limits.h"
#include "common/wire/json_text.h"
#include "tests/common/wire/arbitrary.h"

namespace itn::wire {
namespace {

using namespace std::string_literals;

struct Bad {
    std::string text;
    std::string pointer;
    std::string detail;
};

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += part;
    return text;
}

TEST(Json, RefusesWhatIsNotStrict) {
    const std::vector<Bad> table = {
        {"", "", "missing"},
        {"   ", "", "missing"},
        {"{", "", "a name is missing"},
        {"{\"a\":1", "", "a comma or }"},
        {"{\"a\":1,}", "", "a name is missing"},
        {"{\"a\" 1}", "/a", "colon"},
        {"{a:1}", "", "a name is missing"},
        {"[1,]", "/1", "no JSON value"},
        {"[1 2]", "", "a comma or ]"},
        {"{} x", "", "after the end"},
        {"{}{}", "", "after the end"},
        {"\xEF\xBB\xBF{}", "", "no JSON value"},
        {"{}\0"s, "", "after the end"},
        {"\"a\0b\""s, "", "control character"},
        {"\"a\\u0000b\"", "", "NUL"},
        {"\"a\nb\"", "", "control character"},
        {"\"\\x\"", "", "unknown escape"},
        {"\"\\u12G4\"", "", "hex digits"},
        {"\"\\uD800\"", "", "lone surrogate"},
        {"\"\\uDC00\"", "", "lone surrogate"},
        {"\"\\uD800\\u0041\"", "", "lone surrogate"},
        {"\"\xC0\xAF\"", "", "bad UTF-8"},
        {"\"\xED\xA0\x80\"", "", "bad UTF-8"},
        {"\"\xF5\x80\x80\x80\"", "", "bad UTF-8"},
        {"\"\xE2\x82\"", "", "bad UTF-8"},
        {"\"\xFF\"", "", "bad UTF-8"},
        {"\"abc", "", "does not end"},
        {"\"abc\\\"", "", "does not end"},
        {"tru", "", "unknown word"},
        {"NaN", "", "no JSON value"},
        {"+1", "", "no JSON value"},
        {".5", "", "no JSON value"},
        {"1.", "", "digits"},
        {"1e", "", "digits"},
        {"01", "", "after the end"},
        {"{\"a\":{\"b\":1,\"c\":2,\"b\":3}}", "/a/b", "again"},
        {"{\"a/b\":1,\"a\\u002fb\":2}", "/a~1b", "again"},
        {"[" + repeated("1,", limits::max_json_array) + "1]", "", "too many elements"},
        {repeated("[", 1000), repeated("/0", limits::max_json_depth), "nested too deeply"},
        {repeated("{\"a\":", 1000), repeated("/a", limits::max_json_depth), "nested too deeply"},
    };
    for (const Bad& row : table) {
        SCOPED_TRACE(row.text.substr(0, 60));
        const auto document = read_json(row.text);
        ASSERT_FALSE(document.ok());
        EXPECT_EQ(document.problem().slug, "invalid_json");
        ASSERT_EQ(document.problem().faults.size(), 1U);
        EXPECT_EQ(document.problem().faults[0].pointer, row.pointer);
        EXPECT_NE(document.problem().detail.find(row.detail), std::string::npos)
            << document.problem().detail;
    }
}

TEST(Json, RefusesMoreThanItsBounds) {
    const std::string large = '"' + std::string(limits::max_body, 'a') + '"';
    EXPECT_EQ(read_json(large).problem().slug, "payload_too_large");
    std::string wide = "{\"n0\":0";
    for (std::size_t i = 1; i <= limits::max_json_members; ++i)
        wide += ",\"n" + std::to_string(i) + "\":0";
    EXPECT_EQ(read_json(wide + "}").problem().slug, "invalid_json");
}

TEST(Json, AcceptsTheDeepestAndTheLongest) {
    const auto depth = limits::max_json_depth;
    EXPECT_TRUE(read_json(repeated("[", depth) + repeated("]", depth)).ok());
    EXPECT_TRUE(read_json("[" + repeated("1,", limits::max_json_array - 1) + "1]").ok());
}

TEST(Json, TellsWholeNumbersFromOthers) {
    const auto type_of = [](std::string_view text) { return read_json(text)->root().type; };
    for (const auto* text : {"0", "-0", "7", "9223372036854775807", "-9223372036854775808"})
        EXPECT_EQ(type_of(text), JsonType::integer) << text;
    for (const auto* text : {"1.0", "1e3", "9223372036854775808", "-9223372036854775809", "0.5"})
        EXPECT_EQ(type_of(text), JsonType::number) << text;
    EXPECT_EQ(read_json("-9223372036854775808")->root().integer,
              std::numeric_limits<std::int64_t>::min());
}

TEST(Json, ResolvesEscapes) {
    const std::string text = R"("q\"b\\s\/ \b\f\n\r\t \u00e9 \ud83d\ude80 ü")";
    const auto document = read_json(text);
    ASSERT_TRUE(document.ok());
    EXPECT_EQ(document->root().text, "q\"b\\s/ \b\f\n\r\t \xC3\xA9 \xF0\x9F\x9A\x80 ü");
}

TEST(Json, KeepsTheBytesOfEachValue) {
    const std::string text = R"( [ {"a" : [1, 2]} , "x\n" ] )";
    const auto document = read_json(text);
    ASSERT_TRUE(document.ok());
    std::vector<std::string> raw;
    document->each(document->root(),
                   [&](const JsonNode& node, std::uint32_t) { raw.emplace_back(node.raw); });
    EXPECT_EQ(raw, (std::vector<std::string>{R"({"a" : [1, 2]})", R"("x\n")"}));
}

/// Whether the other reader takes it for JSON; nullopt where it ends at a number beyond double,
/// which the grammar allows.
std::optional<bool> is_json_elsewhere(const std::string& text) {
    try {
        return !nlohmann::json::parse(text).is_discarded();
    } catch (const nlohmann::json::out_of_range&) {
        return std::nullopt;
    } catch (const nlohmann::json::parse_error&) {
        return false;
    }
}

// An independent reader agrees with ours on every text that has none of our extra rules in it.
RC_GTEST_PROP(JsonLaws, AcceptsOnlyWhatAnotherReaderAccepts, ()) {
    const auto kind = *arbitrary::command_kind();
    const std::string text = *arbitrary::mutated(render(*arbitrary::envelope(kind)));
    const auto document = read_json(text);
    const auto other = is_json_elsewhere(text);
    if (!other) return;
    if (document.ok()) {
        RC_ASSERT(*other);
    } else if (*other) {
        const std::string& why = document.problem().detail;
        const bool extra = why.find("the same name again") != why.npos ||
                           why.find("NUL") != why.npos || why.find("nested") != why.npos ||
                           text.starts_with("\xEF\xBB\xBF");
        RC_LOG() << why;
        RC_ASSERT(extra);
    }
}

RC_GTEST_PROP(JsonLaws, ReadsTheTextThatWasWritten, ()) {
    const std::string text = *arbitrary::prose();
    std::string json;
    append_text(json, text);
    const auto document = read_json(json);
    RC_ASSERT(document.ok());
    RC_ASSERT(document->root().text == text);
    RC_ASSERT(nlohmann::json::parse(json).get<std::string>() == text);
}

RC_GTEST_PROP(JsonLaws, WritesTimesAsBaseDoes, ()) {
    const Timestamp at = *arbitrary::moment();
    std::string text;
    append_time(text, at);
    RC_ASSERT(text == to_rfc3339(at));
}

}  // namespace
}  // namespace itn::wire
