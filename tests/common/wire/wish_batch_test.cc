#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "common/base/limits.h"
#include "common/wire/wish.h"
#include "tests/common/wire/arbitrary.h"

namespace itn::wire {
namespace {

std::string trade(std::string_view more = "") {
    return R"({"tradeType":"buy","seller":"ceres","buyer":"mars",)"
           R"("items":[{"productId":"ice","quantity":1}])" +
           std::string(more) + "}";
}

TEST(Batches, AreArraysOrLines) {
    const std::string keyed = trade(R"(,"idempotencyKey":"k-1")");
    for (const bool ndjson : {false, true}) {
        const std::string body =
            ndjson ? trade() + "\r\n\n" + keyed + "\n" : "[" + trade() + "," + keyed + "]";
        const auto batch = parse_trade_batch(body, ndjson);
        ASSERT_TRUE(batch.ok()) << batch.problem().detail;
        ASSERT_EQ(batch->size(), 2U);
        EXPECT_TRUE((*batch)[0].wish.ok());
        EXPECT_EQ((*batch)[0].key, "");
        EXPECT_TRUE((*batch)[1].wish.ok());
        EXPECT_EQ((*batch)[1].key, "k-1");
    }
}

TEST(Batches, ABadElementCostsItsNeighboursNothing) {
    const auto batch = parse_trade_batch(
        trade() + "\n{\"tradeType\":\n" + trade(R"(,"idempotencyKey":"a b")") + "\n" + trade(),
        true);
    ASSERT_TRUE(batch.ok());
    ASSERT_EQ(batch->size(), 4U);
    EXPECT_TRUE((*batch)[0].wish.ok());
    EXPECT_EQ((*batch)[1].wish.problem().slug, "invalid_json");
    EXPECT_EQ((*batch)[2].wish.problem().faults[0].pointer, "/idempotencyKey");
    EXPECT_TRUE((*batch)[3].wish.ok());
    const auto array = parse_trade_batch("[7," + trade() + "]", false);
    ASSERT_TRUE(array.ok());
    EXPECT_EQ((*array)[0].wish.problem().slug, "invalid_request");
    EXPECT_TRUE((*array)[1].wish.ok());
}

TEST(Batches, AreBounded) {
    std::string lines;
    std::string array = "[";
    for (std::size_t i = 0; i < limits::max_batch_commands; ++i) {
        lines += trade() + "\n";
        array += (i == 0 ? "" : ",") + trade();
    }
    EXPECT_EQ(parse_trade_batch(lines, true)->size(), limits::max_batch_commands);
    EXPECT_EQ(parse_trade_batch(array + "]", false)->size(), limits::max_batch_commands);
    EXPECT_EQ(parse_trade_batch(lines + trade(), true).problem().slug, "invalid_request");
    EXPECT_FALSE(parse_trade_batch(array + "," + trade() + "]", false).ok());
    const std::string large(limits::max_batch_body + 1, ' ');
    EXPECT_EQ(parse_trade_batch(large, true).problem().slug, "payload_too_large");
    EXPECT_EQ(parse_trade_batch(large, false).problem().slug, "payload_too_large");
    for (const auto* text : {"", " ", "[]", "{}", "\n\n"}) {
        EXPECT_FALSE(parse_trade_batch(text, false).ok()) << text;
    }
    EXPECT_FALSE(parse_trade_batch("\n \r\n", true).ok());
}

RC_GTEST_PROP(BatchLaws, AreTotal, ()) {
    const bool ndjson = *rc::gen::arbitrary<bool>();
    const std::string body =
        ndjson ? trade() + "\n" + trade() : "[" + trade() + "," + trade() + "]";
    const auto batch = parse_trade_batch(*arbitrary::mutated(body), ndjson);
    if (batch.ok()) RC_ASSERT(!batch.value().empty());
}

}  // namespace
}  // namespace itn::wire
