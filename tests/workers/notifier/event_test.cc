#include "workers/notifier/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/wire/notice.h"
#include "tests/workers/notifier/rig.h"

namespace itn::workers::notifier {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<Event> scan(const std::string& text) {
    return scan_events(std::make_shared<const std::string>(text));
}

constexpr const char* whole =
    R"({"id":"e:trade.07:42","kind":"trade.confirmed","subject":"t1","version":3,)"
    R"("lane":"trade.07","seq":42,"epoch":"e","causedBy":"c","at":"2031-01-01T00:00:00.000000Z",)"
    R"("body":{"a":[1,{"b":"}]\""}]}})";

TEST(ScanEvents, ReadsEveryMember) {
    const auto events = scan("[" + std::string(whole) + "]");
    ASSERT_EQ(events.size(), 1u);
    const Event& event = events[0];
    EXPECT_EQ(event.kind, domain::EventKind::trade_confirmed);
    EXPECT_EQ(event.kind_text, "trade.confirmed");
    EXPECT_EQ(event.subject, "t1");
    EXPECT_EQ(event.version, 3);
    EXPECT_EQ(event.lane, (Lane{.family = Family::trade, .shard = 7}));
    EXPECT_EQ(event.seq, 42);
    EXPECT_EQ(event.epoch, "e");
    EXPECT_EQ(event.caused_by, "c");
    EXPECT_EQ(event.at, "2031-01-01T00:00:00.000000Z");
    EXPECT_EQ(event.body, R"({"a":[1,{"b":"}]\""}]})");
}

TEST(ScanEvents, ReadsWhatTheWireRenders) {
    auto first = tests::trade_entry("t1");
    first.seq = 7;
    auto second = tests::entry_of(domain::EventKind::critical, "a \"quoted\" subject",
                                  R"({"stations":["ceres"]})", tests::cargo_lane);
    second.seq = 8;
    const auto events =
        scan("[" + wire::render(first, "e-1") + "," + wire::render(second, "e-1") + "]");
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].subject, "t1");
    EXPECT_EQ(events[0].seq, 7);
    EXPECT_EQ(events[0].lane, tests::trade_lane);
    EXPECT_EQ(events[0].at, "2031-04-05T06:07:08.123456Z");
    EXPECT_EQ(events[0].caused_by, "cause-t1");
    EXPECT_EQ(events[0].body, first.body);
    EXPECT_EQ(events[1].subject, R"(a \"quoted\" subject)");
    EXPECT_EQ(events[1].epoch, "e-1");
}

TEST(ScanEvents, LeavesOutWhatIsNoEvent) {
    const std::string good = whole;
    const auto count = [](const std::string& text) { return scan(text).size(); };
    EXPECT_EQ(count(""), 0u);
    EXPECT_EQ(count("{}"), 0u);
    EXPECT_EQ(count("[]"), 0u);
    EXPECT_EQ(count("[{}," + good + ",1,\"x\",null,[[]]," + good + "]"), 2u);
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"trade.confirmed", "trade.unheard_of"},
                                                          {"\"seq\":42", "\"seq\":0"},
                                                          {"\"seq\":42", "\"sequence\":42"},
                                                          {"\"epoch\":\"e\"", "\"epoch\":\"\""},
                                                          {"\"trade.07\"", "\"trade.7\""},
                                                          {"\"lane\"", "\"lain\""},
                                                          {"\"body\":{", "\"content\":{"}}) {
        std::string bad = good;
        bad.replace(bad.find(from), from.size(), to);
        EXPECT_EQ(count("[" + bad + "," + good + "]"), 1u) << bad;
    }
}

TEST(ScanEvents, IsTotalOverEveryCut) {
    const std::string text = "[" + std::string(whole) + "," + whole + "]";
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto events = scan(text.substr(0, size));
        EXPECT_EQ(events.size(), size <= std::string(whole).size() ? 0u
                                 : size < text.size() - 1          ? 1u
                                                                   : 2u)
            << size;
    }
    EXPECT_THAT(scan("[{\"body\":" + std::string(100'000, '[') + "}]"), IsEmpty());
    EXPECT_THAT(scan("[{\"body\":{]}}]"), IsEmpty());
    EXPECT_THAT(scan("[{\"kind\":\"\\"), IsEmpty());
}

TEST(ConcernsOf, CollectsStationsAndProductsWhereverTheyStand) {
    const auto concerns = [](std::string_view body) { return concerns_of(Event{.body = body}); };
    const auto trade = concerns(
        R"({"seller":"ceres","buyer":"europa","destination":"europa","note":"titan",
            "items":[{"productId":"ice"},{"productId":"iron"},{"productId":"ice"}]})");
    EXPECT_THAT(trade.stations, ElementsAre("ceres", "europa"));
    EXPECT_THAT(trade.products, ElementsAre("ice", "iron"));
    EXPECT_THAT(concerns(R"({"stations":["a","b"],"x":"c"})").stations,
                UnorderedElementsAre("a", "b"));
    EXPECT_THAT(concerns(R"({"origin":"a","stationId":"b"})").stations, ElementsAre("a", "b"));
    EXPECT_EQ(concerns(R"({"seller":"ceres",)"), Concerns{});
}

}  // namespace
}  // namespace itn::workers::notifier
