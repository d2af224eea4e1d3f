#include "common/wire/envelope.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "tests/common/wire/arbitrary.h"
#include "tests/common/wire/examples.h"
#include "tests/common/wire/golden.h"

namespace itn::wire {
namespace {

using enum domain::CommandKind;

constexpr int command_kinds = 18;

/// The example of a kind with `from` replaced by `to`, once.
std::string broken(domain::CommandKind kind, std::string_view from, std::string_view to) {
    std::string text = render(examples::envelope(kind));
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
}

TEST(Envelopes, LookAsTheyAlwaysDid) {
    for (int i = 0; i < command_kinds; ++i) {
        const auto kind = static_cast<domain::CommandKind>(i);
        const Envelope example = examples::envelope(kind);
        expect_golden("command." + std::string(name(kind)), render(example));
        const auto parsed = parse_envelopes(pack(std::vector{render(example)}));
        ASSERT_EQ(parsed.envelopes.size(), 1U) << name(kind);
        EXPECT_EQ(parsed.envelopes[0], example) << name(kind);
    }
}

struct Bad {
    domain::CommandKind kind;
    std::string_view from;
    std::string_view to;
    std::string_view slug;
    std::string_view pointer;
};

TEST(Envelopes, AreCheckedLikeWishes) {
    const std::vector<Bad> table = {
        {trade_create, R"("kind":"trade.create")", R"("kind":"trade.make")", "invalid_request",
         "/kind"},
        {trade_create, R"("quantity":12)", R"("quantity":0)", "out_of_range",
         "/body/items/0/quantity"},
        {trade_create, R"("quantity":12)", R"("quantity":1.5)", "invalid_request",
         "/body/items/0/quantity"},
        {trade_create, R"("unitPrice":250,)", "", "invalid_request", "/body/items/0/unitPrice"},
        {trade_create, R"("unitPrice":250)", R"("unitPrice":1000000000001)", "out_of_range",
         "/body/items/0/unitPrice"},
        {trade_create, R"("quantity":12,"unitPrice":250)",
         R"("quantity":1000000000000,"unitPrice":1000000000000)", "out_of_range", "/body/items"},
        {trade_create, R"("seller":"ceres")", R"("seller":"Ceres!")", "invalid_request",
         "/body/seller"},
        {trade_create, R"("body":{)", R"("body":{"price":1,)", "invalid_request", "/body/price"},
        {trade_create, R"("id":)", R"("admin":true,"id":)", "invalid_request", "/admin"},
        {trade_create, R"("principal":"user:42",)", "", "invalid_request", "/principal"},
        {trade_create, R"("subject":"3f8a)", R"("subject":"3F8A)", "invalid_request", "/subject"},
        {inventory_adjust, R"("subject":"ceres/ice")", R"("subject":"mars/ice")", "invalid_request",
         "/subject"},
        {inventory_adjust, R"("delta":-7)", R"("delta":0)", "out_of_range", "/body/delta"},
        {inventory_adjust, R"("reason":"consume")", R"("reason":"cargo_departed")", "out_of_range",
         "/body/reason"},
        {trade_cancel, R"("expectedVersion":3)", R"("expectedVersion":"3")", "invalid_request",
         "/expectedVersion"},
        {trade_cancel, R"("issuedAt":"2031)", R"("issuedAt":"x031)", "invalid_request",
         "/issuedAt"},
    };
    for (const Bad& row : table) {
        SCOPED_TRACE(row.to);
        const std::string bad = broken(row.kind, row.from, row.to);
        const auto parsed = parse_envelopes("[" + bad + "]");
        ASSERT_EQ(parsed.unreadable.size(), 1U);
        EXPECT_TRUE(parsed.envelopes.empty());
        EXPECT_EQ(parsed.unreadable[0].raw, bad);
        const Problem& problem = parsed.unreadable[0].problem;
        EXPECT_EQ(problem.slug, row.slug) << problem.detail;
        ASSERT_EQ(problem.faults.size(), 1U) << problem.detail;
        EXPECT_EQ(problem.faults[0].pointer, row.pointer);
    }
}

TEST(Envelopes, ABadOneCostsItsNeighboursNothing) {
    const Envelope good = examples::envelope(trade_cancel);
    const auto parsed =
        parse_envelopes("[" + render(good) + ",42,{\"id\":1}," + render(good) + "]");
    EXPECT_EQ(parsed.envelopes, (std::vector{good, good}));
    ASSERT_EQ(parsed.unreadable.size(), 2U);
    EXPECT_EQ(parsed.unreadable[0].raw, "42");
    EXPECT_EQ(parsed.unreadable[1].raw, "{\"id\":1}");
}

TEST(Envelopes, BytesThatAreNoArrayAreOneUnreadable) {
    for (const auto* text : {"", "garbage", "{}", "[1", "\x1f\x8b\x08"}) {
        const auto parsed = parse_envelopes(text);
        EXPECT_TRUE(parsed.envelopes.empty());
        ASSERT_EQ(parsed.unreadable.size(), 1U);
        EXPECT_EQ(parsed.unreadable[0].raw, text);
    }
    EXPECT_EQ(parse_envelopes("[]").unreadable.size(), 0U);
}

RC_GTEST_PROP(EnvelopeLaws, ParseWhatWasRendered, ()) {
    const auto kinds = *rc::gen::container<std::vector<domain::CommandKind>>(
        *rc::gen::inRange<std::size_t>(0, 6), arbitrary::command_kind());
    std::vector<Envelope> envelopes;
    std::vector<std::string> rendered;
    for (const auto kind : kinds) {
        envelopes.push_back(*arbitrary::envelope(kind));
        rendered.push_back(render(envelopes.back()));
    }
    const auto parsed = parse_envelopes(pack(rendered));
    for (const auto& unreadable : parsed.unreadable)
        RC_LOG() << unreadable.problem.detail << '\n';
    RC_ASSERT(parsed.unreadable.empty());
    RC_ASSERT(parsed.envelopes == envelopes);
}

RC_GTEST_PROP(EnvelopeLaws, AreTotal, ()) {
    const auto kind = *arbitrary::command_kind();
    const std::string text = *arbitrary::mutated("[" + render(*arbitrary::envelope(kind)) + "]");
    const auto parsed = parse_envelopes(text);
    for (const Envelope& envelope : parsed.envelopes) {
        const auto again = parse_envelopes(pack(std::vector{render(envelope)}));
        RC_ASSERT(again.envelopes == std::vector{envelope});
    }
}

}  // namespace
}  // namespace itn::wire
