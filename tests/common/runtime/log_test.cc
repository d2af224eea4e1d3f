#include "common/runtime/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "common/base/limits.h"

namespace itn::runtime {
namespace {

using namespace std::chrono_literals;

const Timestamp noon = from_rfc3339("2031-04-05T12:00:00.123456Z").value();

std::string json(std::string_view message, Fields fields, std::uint64_t suppressed = 0) {
    return json_line("itn-test", noon, Level::info, message, fields, suppressed);
}

TEST(JsonLine, HasTimeLevelServiceMessageAndTypedFields) {
    EXPECT_EQ(json("batch committed", {{"lane", "trade.07"},
                                       {"commands", 12},
                                       {"largest", std::numeric_limits<std::uint64_t>::max()},
                                       {"took_s", 1500us},
                                       {"full", true},
                                       {"ratio", 0.5}}),
              R"({"ts":"2031-04-05T12:00:00.123Z","level":"info","service":"itn-test",)"
              R"("msg":"batch committed","lane":"trade.07","commands":12,)"
              R"("largest":18446744073709551615,"took_s":0.0015,"full":true,"ratio":0.5})");
}

TEST(JsonLine, SaysHowManyWereSuppressed) {
    const auto line = nlohmann::json::parse(json("bad frame", {}, 41));
    EXPECT_EQ(line.at("suppressed"), 41);
}

TEST(JsonLine, HostileTextStaysOneStringOnOneLine) {
    std::string hostile("a\"b\\c\nd\re\tf\0g\x1b[31m\x7f", 20);
    const auto line = json(hostile, {{"path", hostile}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    const auto parsed = nlohmann::json::parse(line);
    EXPECT_EQ(parsed.at("msg"), hostile);
    EXPECT_EQ(parsed.at("path"), hostile);
}

TEST(JsonLine, KeepsUtf8AndReplacesWhatIsNone) {
    const std::string good = "Ganymed \xE2\x86\x92 \xC3\x9C \xF0\x9F\x9A\x80";
    EXPECT_EQ(nlohmann::json::parse(json(good, {})).at("msg"), good);
    const std::string replaced = "\xEF\xBF\xBD";
    for (const std::string bad : {"\xff", "\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                                  "\xF4\x90\x80\x80", "\xE2\x86", "\xF5\x80\x80\x80"}) {
        const auto message =
            nlohmann::json::parse(json("x" + bad + "y", {})).at("msg").get<std::string>();
        EXPECT_TRUE(message.starts_with("x" + replaced)) << message;
        EXPECT_TRUE(message.ends_with("y")) << message;
    }
}

TEST(JsonLine, NumbersThatJsonLacksBecomeNull) {
    const auto line = nlohmann::json::parse(
        json("m", {{"rate", std::numeric_limits<double>::infinity()}, {"x", std::nan("")}}));
    EXPECT_TRUE(line.at("rate").is_null());
    EXPECT_TRUE(line.at("x").is_null());
}

TEST(TextLine, IsShortAndQuotesOnlyWhatNeedsIt) {
    EXPECT_EQ(text_line(noon, Level::warning, "slow batch",
                        {{"lane", "trade.07"}, {"why", "a b"}, {"n", 3}}),
              "12:00:00.123 warning slow batch lane=trade.07 why=\"a b\" n=3");
    EXPECT_EQ(text_line(noon, Level::info, "up", {}), "12:00:00.123 info    up");
}

TEST(RateLimit, AllowsOncePerIntervalAndCountsTheRest) {
    RateLimit limit;
    const std::chrono::steady_clock::time_point start{};
    EXPECT_EQ(limit.allow("a", start), 0U);
    EXPECT_EQ(limit.allow("b", start), 0U);
    EXPECT_EQ(limit.allow("a", start + limits::log_interval - 1ns), std::nullopt);
    EXPECT_EQ(limit.allow("a", start + limits::log_interval - 1ns), std::nullopt);
    EXPECT_EQ(limit.allow("a", start + limits::log_interval), 2U);
    EXPECT_EQ(limit.allow("a", start + 2 * limits::log_interval), 0U);
}

TEST(RateLimit, ForgetsRatherThanGrow) {
    RateLimit limit;
    const std::chrono::steady_clock::time_point start{};
    for (std::size_t i = 0; i <= limits::max_limited_messages; ++i)
        EXPECT_EQ(limit.allow(std::to_string(i), start), 0U);
    EXPECT_EQ(limit.allow("0", start), 0U);
}

std::vector<nlohmann::json> captured_lines() {
    std::vector<nlohmann::json> lines;
    std::istringstream text(testing::internal::GetCapturedStderr());
    for (std::string line; std::getline(text, line);)
        lines.push_back(nlohmann::json::parse(line));
    return lines;
}

TEST(Log, WritesFromTheLevelUpwards) {
    testing::internal::CaptureStderr();
    start_logging({.service = "itn-test", .level = Level::warning, .format = LogFormat::json});
    EXPECT_FALSE(is_logged(Level::info));
    log_info("not this", {{"n", 1}});
    log_warning("but this", {{"n", 2}});
    log_error("and this");
    const auto lines = captured_lines();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("msg"), "but this");
    EXPECT_EQ(lines[0].at("service"), "itn-test");
    EXPECT_EQ(lines[0].at("n"), 2);
    EXPECT_EQ(lines[1].at("level"), "error");
}

TEST(Log, LinesOfManyThreadsDoNotMix) {
    testing::internal::CaptureStderr();
    start_logging({.service = "itn-test", .level = Level::info, .format = LogFormat::json});
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([thread] {
                for (int i = 0; i < 250; ++i)
                    log_info("turn", {{"thread", thread}, {"i", i}});
            });
    }
    EXPECT_EQ(captured_lines().size(), 1000U);
}

TEST(Log, LimitedMessagesAreWrittenOnceASecond) {
    testing::internal::CaptureStderr();
    start_logging({.service = "itn-test", .level = Level::info, .format = LogFormat::json});
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i)
        log_limited(Level::warning, "malformed message", {{"i", i}});
    const auto seconds = (std::chrono::steady_clock::now() - started) / 1s;
    const auto lines = captured_lines().size();
    EXPECT_GE(lines, 1U);
    EXPECT_LE(lines, 1U + static_cast<std::size_t>(seconds));
}

}  // namespace
}  // namespace itn::runtime
