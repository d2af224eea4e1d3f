#include "common/wire/notice.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

#include "common/wire/envelope.h"
#include "tests/common/wire/arbitrary.h"
#include "tests/common/wire/examples.h"
#include "tests/common/wire/golden.h"

namespace itn::wire {
namespace {

using domain::EventKind;

std::vector<EventKind> domain_kinds() {
    std::vector<EventKind> kinds;
    for (auto i = 0; i <= static_cast<int>(EventKind::inventory_changed); ++i)
        kinds.push_back(static_cast<EventKind>(i));
    kinds.push_back(EventKind::critical);
    return kinds;
}

JournalEntry entry_of(const domain::Event& event) {
    return {.lane = Lane{Family::trade, 7},
            .seq = 42,
            .kind = event.kind,
            .subject = domain::subject_of(event),
            .version = domain::version_of(event),
            .caused_by = "018f4e3a-7c1b-7a2b-8c3d-0123456789ab",
            .traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            .at = examples::trade().updated_at,
            .body = render_body(event)};
}

TEST(Events, LookAsTheyAlwaysDid) {
    for (const EventKind kind : domain_kinds()) {
        const domain::Event event = examples::event(kind);
        const JournalEntry entry = entry_of(event);
        const std::string text = render(entry, "e1");
        expect_golden("event." + std::string(name(kind)), text);
        EXPECT_EQ(nlohmann::json::parse(text)["id"], "e1:trade.07:42");
        const auto notices = parse_notices("[" + text + "]");
        ASSERT_EQ(notices.size(), 1U) << name(kind);
        EXPECT_EQ(notices[0], (Notice{.entry = entry, .epoch = "e1"}));
        const auto parsed = parse_body(kind, entry.body);
        ASSERT_TRUE(parsed.ok()) << parsed.problem().detail;
        EXPECT_EQ(*parsed, event);
    }
}

TEST(Events, OfTheCatalogueHaveNoDomainBody) {
    EXPECT_FALSE(parse_body(EventKind::product_created, "{}").ok());
    EXPECT_FALSE(parse_body(EventKind::user_updated, "{}").ok());
}

TEST(Events, OfAnotherKindAreRefused) {
    const std::string body = render_body(examples::event(EventKind::trade_confirmed));
    EXPECT_TRUE(parse_body(EventKind::trade_completed, body).ok());
    EXPECT_FALSE(parse_body(EventKind::cargo_created, body).ok());
    EXPECT_FALSE(parse_body(EventKind::inventory_changed, body).ok());
    EXPECT_FALSE(parse_body(EventKind::trade_confirmed, "{}").ok());
    EXPECT_FALSE(parse_body(EventKind::trade_confirmed, "[]").ok());
}

TEST(Notices, LeaveOutWhatIsNoEvent) {
    const JournalEntry entry = entry_of(examples::event(EventKind::trade_confirmed));
    const std::string good = render(entry, "e1");
    std::string forged = good;
    forged.replace(forged.find("e1:trade.07:42"), 14, "e1:trade.07:43");
    std::string early = good;
    early.replace(early.find("\"seq\":42"), 8, "\"seq\":0");
    const auto notices = parse_notices("[1," + forged + "," + early + "," + good + ",{}]");
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices[0].entry, entry);
    EXPECT_TRUE(parse_notices("").empty());
    EXPECT_TRUE(parse_notices("{}").empty());
    EXPECT_TRUE(parse_notices("[" + good).empty());
}

TEST(Outcomes, LookAsTheyAlwaysDid) {
    const Outcome rejected{.principal = Principal("user:42"),
                           .id = CommandId("018f4e3a-7c1b-7a2b-8c3d-0123456789ab"),
                           .payload_hash = "",
                           .kind = OutcomeKind::rejected,
                           .code = "insufficient_stock",
                           .detail = "line 0 wants 12, available are 3",
                           .subject = examples::trade().id.text(),
                           .lane = Lane{Family::trade, 7},
                           .seq = 42,
                           .at = examples::trade().updated_at};
    expect_golden("outcome.rejected", render(rejected, "e1"));
}

RC_GTEST_PROP(NoticeLaws, ParseWhatWasRendered, ()) {
    const JournalEntry entry = *arbitrary::entry();
    const std::string epoch = *arbitrary::slug();
    const auto notices = parse_notices("[" + render(entry, epoch) + "]");
    RC_ASSERT(notices == (std::vector{Notice{.entry = entry, .epoch = epoch}}));
}

RC_GTEST_PROP(NoticeLaws, BodiesParseWhatWasRendered, ()) {
    const domain::Event event = *arbitrary::event(*arbitrary::event_kind());
    const auto parsed = parse_body(event.kind, render_body(event));
    if (!parsed.ok()) RC_FAIL(parsed.problem().detail);
    RC_ASSERT(*parsed == event);
}

RC_GTEST_PROP(NoticeLaws, OutcomesParseWhatWasRendered, ()) {
    const Outcome outcome = *arbitrary::outcome();
    const auto parsed = parse_outcomes("[" + render(outcome, "e1") + "]");
    RC_ASSERT(parsed == std::vector{outcome});
}

RC_GTEST_PROP(NoticeLaws, AreTotal, ()) {
    const JournalEntry entry = *arbitrary::entry();
    const auto notices = parse_notices(*arbitrary::mutated("[" + render(entry, "e1") + "]"));
    RC_ASSERT(notices.size() <= 1U);
    const std::string outcome = "[" + render(*arbitrary::outcome(), "e1") + "]";
    RC_ASSERT(parse_outcomes(*arbitrary::mutated(outcome)).size() <= 1U);
    const auto body = parse_body(entry.kind, *arbitrary::mutated(entry.body));
    if (body.ok()) RC_ASSERT(parse_body(entry.kind, render_body(*body)).ok());
}

}  // namespace
}  // namespace itn::wire
