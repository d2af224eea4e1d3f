#include "common/wire/representation.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/common/wire/arbitrary.h"
#include "tests/common/wire/examples.h"

namespace itn::wire {
namespace {

using nlohmann::json;

TEST(Representations, OfATrade) {
    domain::Trade trade = examples::trade();
    const json value = json::parse(render(trade));
    EXPECT_EQ(value["items"][0]["lineTotal"], 3000);
    EXPECT_EQ(value["shipmentId"], trade.shipment->text());
    EXPECT_EQ(value["createdAt"], to_rfc3339(trade.created_at));
    EXPECT_FALSE(value.contains("reason"));
    trade.shipment.reset();
    trade.reason = "cancelled";
    const json other = json::parse(render(trade));
    EXPECT_FALSE(other.contains("shipmentId"));
    EXPECT_EQ(other["reason"], "cancelled");
}

TEST(Representations, OfAShipmentAddUpWhatIsAboard) {
    const domain::Goods ice{
        .product = ProductId("ice"), .quantity = Quantity(5), .unit_volume = Volume(1)};
    const domain::Goods ore{
        .product = ProductId("ore"), .quantity = Quantity(2), .unit_volume = Volume(4)};
    const TransactionId trade = examples::trade().id;
    const json value =
        json::parse(render(examples::cargo(), {.own = {ice}, .trades = {trade}}, {ore, ice}));
    EXPECT_EQ(value["items"].size(), 2U);
    EXPECT_EQ(value["items"][0]["quantity"], 10);
    EXPECT_EQ(value["items"][1]["productId"], "ore");
    EXPECT_EQ(value["own"].size(), 1U);
    EXPECT_EQ(value["trades"], json::array({trade.text()}));
    EXPECT_EQ(value["tradeCount"], 1);
    EXPECT_EQ(value["volume"], 51);
}

TEST(Representations, OfAStockRow) {
    const json value = json::parse(render(examples::stock()));
    EXPECT_EQ(value["onHand"], 100);
    EXPECT_EQ(value["reserved"], 12);
    EXPECT_EQ(value["available"], 88);
    EXPECT_EQ(value["version"], 9);
}

TEST(Representations, ListsThatWeDidNotMakeAreRefused) {
    for (const auto* text : {"", "{}", "[1]", R"([{"productId":"ice"}])"}) {
        EXPECT_FALSE(parse_lines(text).ok()) << text;
        EXPECT_FALSE(parse_goods(text).ok()) << text;
    }
    // As jsonb gives it back: other order, other spaces.
    EXPECT_TRUE(parse_goods(R"([{"quantity": 1, "productId": "ice", "unitVolume": 2}])").ok());
}

RC_GTEST_PROP(RepresentationLaws, LinesAndGoodsParseWhatWasRendered, ()) {
    const auto lines = *arbitrary::lines();
    RC_ASSERT(parse_lines(render_lines(lines)).value() == lines);
    const auto goods = *arbitrary::goods();
    RC_ASSERT(parse_goods(render_goods(goods)).value() == goods);
}

RC_GTEST_PROP(RepresentationLaws, AreJsonWhateverTheTextsSay, ()) {
    RC_ASSERT(json::accept(render(*arbitrary::trade())));
    RC_ASSERT(json::accept(render(*arbitrary::cargo(), {}, *arbitrary::goods())));
    RC_ASSERT(json::accept(render(*arbitrary::stock())));
    Product product = *arbitrary::product();
    product.description = *arbitrary::prose();
    RC_ASSERT(json::parse(render(product))["description"] == product.description);
}

}  // namespace
}  // namespace itn::wire
