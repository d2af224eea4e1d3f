#include "common/wire/wish.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "common/base/limits.h"
#include "tests/common/wire/arbitrary.h"

namespace itn::wire {
namespace {

using enum domain::CommandKind;

constexpr std::string_view uuid = "3f8a018f-4e3a-87c1-ac3d-0123456789ab";

std::string trade_with(std::string_view items, std::string_view more = "") {
    return R"({"tradeType":"buy","seller":"ceres","buyer":"mars","items":)" + std::string(items) +
           std::string(more) + "}";
}

std::string trade_of(std::string_view quantity) {
    return trade_with(R"([{"productId":"ice","quantity":)" + std::string(quantity) + "}]");
}

struct Bad {
    std::string body;
    std::string_view slug;
    std::vector<std::string> pointers;
};

template <class Parse>
void expect_problems(const std::vector<Bad>& table, Parse parse) {
    for (const Bad& row : table) {
        SCOPED_TRACE(row.body.substr(0, 200));
        const auto wish = parse(row.body);
        ASSERT_FALSE(wish.ok());
        EXPECT_EQ(wish.problem().slug, row.slug) << wish.problem().detail;
        std::vector<std::string> pointers;
        for (const Fault& fault : wish.problem().faults)
            pointers.push_back(fault.pointer);
        EXPECT_EQ(pointers, row.pointers) << wish.problem().detail;
    }
}

TEST(TradeWish, SaysWhatTheClientSaid) {
    const auto wish = parse_trade_wish(trade_of("12"));
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->kind, trade_create);
    EXPECT_EQ(wish->subject, "");
    const domain::CreateTrade expected{
        .type = domain::TradeType::buy,
        .seller = StationId("ceres"),
        .buyer = StationId("mars"),
        .destination = StationId("mars"),
        .lines = {{.product = ProductId("ice"), .quantity = Quantity(12)}}};
    EXPECT_EQ(std::get<domain::CreateTrade>(wish->body), expected);
    const auto other = parse_trade_wish(trade_with(
        R"([{"productId":"ice","quantity":1}])", R"(,"destination":"ceres","expectedVersion":3)"));
    ASSERT_TRUE(other.ok());
    EXPECT_EQ(std::get<domain::CreateTrade>(other->body).destination, StationId("ceres"));
    EXPECT_EQ(other->expected_version, 3);
}

TEST(TradeWish, RefusesBadInputWithItsPlace) {
    const std::string quantity = "/items/0/quantity";
    std::string many = "[";
    for (std::size_t i = 0; i <= limits::max_lines; ++i)
        many += std::string(i == 0 ? "" : ",") + R"({"productId":"ice","quantity":1})";
    expect_problems(
        {
            {"", "invalid_json", {""}},
            {"{\"tradeType\":", "invalid_json", {"/tradeType"}},
            {"[]", "invalid_request", {""}},
            {"{}", "invalid_request", {"/tradeType", "/seller", "/buyer", "/items"}},
            {trade_of("0"), "out_of_range", {quantity}},
            {trade_of("-1"), "out_of_range", {quantity}},
            {trade_of("1000000000001"), "out_of_range", {quantity}},
            {trade_of("9223372036854775808"), "invalid_request", {quantity}},
            {trade_of("1e3"), "invalid_request", {quantity}},
            {trade_of("1.0"), "invalid_request", {quantity}},
            {trade_of("1.5"), "invalid_request", {quantity}},
            {trade_of("\"5\""), "invalid_request", {quantity}},
            {trade_of("null"), "invalid_request", {quantity}},
            {trade_of("true"), "invalid_request", {quantity}},
            {trade_of("[1]"), "invalid_request", {quantity}},
            {trade_with("[]"), "invalid_request", {"/items"}},
            {trade_with("{}"), "invalid_request", {"/items"}},
            {trade_with("null"), "invalid_request", {"/items"}},
            {trade_with(many + "]"), "invalid_json", {"/items"}},
            {trade_with(R"([{"productId":"ice","quantity":1,"unitPrice":1}])"),
             "invalid_request",
             {"/items/0/unitPrice"}},
            {trade_with(R"([{"productId":"Ice; DROP","quantity":1}])"),
             "invalid_request",
             {"/items/0/productId"}},
            {trade_with(R"([{"productId":"ice","quantity":1}])", R"(,"principal":"root")"),
             "invalid_request",
             {"/principal"}},
            {trade_with(R"([{"productId":"ice","quantity":1}])", R"(,"price":1,"role":"admin")"),
             "invalid_request",
             {"/price", "/role"}},
            {R"({"tradeType":"steal","seller":7,"buyer":"mars","items":[{"productId":"ice",)"
             R"("quantity":0}]})",
             "invalid_request",
             {"/tradeType", "/seller", "/items/0/quantity"}},
            {R"({"tradeType":"buy","tradeType":"buy"})", "invalid_json", {"/tradeType"}},
        },
        parse_trade_wish);
}

TEST(TradeStatusWish, KnowsItsTwoWishes) {
    for (const auto* text : {R"({"status":"cancelled"})", R"({"status":"canceled"})"})
        EXPECT_EQ(parse_trade_status_wish(uuid, text)->kind, trade_cancel);
    const auto cancel = parse_trade_status_wish(
        uuid, R"({"status":"cancelled","reason":"late","expectedVersion":2})");
    ASSERT_TRUE(cancel.ok());
    EXPECT_EQ(cancel->subject, uuid);
    EXPECT_EQ(cancel->expected_version, 2);
    EXPECT_EQ(std::get<domain::CancelTrade>(cancel->body).reason, "late");
    EXPECT_EQ(parse_trade_status_wish(uuid, R"({"status":"completed"})")->kind, trade_collect);
}

TEST(TradeStatusWish, RefusesTheRest) {
    expect_problems(
        {
            {R"({})", "invalid_request", {"/status"}},
            {R"({"status":null})", "invalid_request", {"/status"}},
            {R"({"status":"burnt"})", "invalid_request", {"/status"}},
            {R"({"status":"confirmed"})", "out_of_range", {"/status"}},
            {R"({"status":"completed","reason":"x"})", "invalid_request", {"/reason"}},
            {R"({"status":"cancelled","reason":"a\u0007b"})", "invalid_request", {"/reason"}},
            {R"({"status":"cancelled","expectedVersion":-1})",
             "out_of_range",
             {"/expectedVersion"}},
        },
        [](std::string_view body) { return parse_trade_status_wish(uuid, body); });
    EXPECT_FALSE(parse_trade_status_wish("ceres", R"({"status":"cancelled"})").ok());
}

TEST(CargoWish, SaysWhatTheClientSaid) {
    const auto generated = parse_cargo_wish(R"({"origin":"ceres","destination":"mars"})");
    ASSERT_TRUE(generated.ok());
    EXPECT_EQ(generated->kind, cargo_create);
    EXPECT_EQ(generated->subject, "");
    EXPECT_TRUE(std::get<domain::CreateCargo>(generated->body).generated);
    const auto chosen = parse_cargo_wish(
        R"({"origin":"ceres","destination":"mars","items":[{"productId":"ice","quantity":2}],)"
        R"("shipmentId":"ship-7","capacity":90,"eta":"2031-01-02T03:04:05Z"})");
    ASSERT_TRUE(chosen.ok());
    EXPECT_EQ(chosen->subject, "ship-7");
    const auto& cargo = std::get<domain::CreateCargo>(chosen->body);
    EXPECT_FALSE(cargo.generated);
    EXPECT_EQ(cargo.own.size(), 1U);
    EXPECT_EQ(cargo.capacity, Volume(90));
    EXPECT_EQ(to_rfc3339(*cargo.eta), "2031-01-02T03:04:05.000000Z");
}

TEST(CargoWish, RefusesBadInput) {
    const auto with = [](std::string_view more) {
        return R"({"origin":"ceres","destination":"mars",)" + std::string(more) + "}";
    };
    expect_problems(
        {
            {with(R"("shipmentId":"3f8a018f-4e3a-87c1-ac3d-0123456789ab")"),
             "invalid_request",
             {"/shipmentId"}},
            {with(R"("capacity":0)"), "out_of_range", {"/capacity"}},
            {with(R"("eta":"tomorrow")"), "invalid_request", {"/eta"}},
            {with(R"("eta":"1969-12-31T23:59:59Z")"), "out_of_range", {"/eta"}},
            {with(R"("eta":"9999-12-31T23:59:59-01:00")"), "out_of_range", {"/eta"}},
            {with(R"("status":"pending")"), "invalid_request", {"/status"}},
        },
        parse_cargo_wish);
}

TEST(CargoStatusWish, KnowsEveryNameOfAStatus) {
    const std::vector<std::pair<std::string, domain::CommandKind>> table = {
        {"in_transit", cargo_depart}, {"in transit", cargo_depart}, {"inTransit", cargo_depart},
        {"in-transit", cargo_depart}, {"enroute", cargo_depart},    {"delayed", cargo_delay},
        {"delivered", cargo_deliver}, {"lost", cargo_lose},         {"cancelled", cargo_cancel},
        {"canceled", cargo_cancel},
    };
    for (const auto& [status, kind] : table) {
        const auto wish = parse_cargo_status_wish("ship-7", R"({"status":")" + status + "\"}");
        ASSERT_TRUE(wish.ok()) << status;
        EXPECT_EQ(wish->kind, kind) << status;
        EXPECT_EQ(wish->subject, "ship-7");
    }
}

TEST(CargoStatusWish, NewsWithoutAStatusIsALocation) {
    const auto wish = parse_cargo_status_wish(
        uuid, R"({"location":"belt","eta":"2031-01-02T03:04:05Z","note":"ok"})");
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->kind, cargo_locate);
    const auto& move = std::get<domain::MoveCargo>(wish->body);
    EXPECT_EQ(move.location, "belt");
    EXPECT_EQ(move.note, "ok");
    EXPECT_TRUE(move.eta.has_value());
}

TEST(CargoStatusWish, RefusesTheRest) {
    expect_problems(
        {
            {R"({})", "invalid_request", {"/status"}},
            {R"({"status":"pending"})", "out_of_range", {"/status"}},
            {R"({"status":"exploded"})", "invalid_request", {"/status"}},
            {R"({"status":["lost"]})", "invalid_request", {"/status"}},
            {R"({"status":"lost","location":5})", "invalid_request", {"/location"}},
            {R"({"status":"lost","capacity":5})", "invalid_request", {"/capacity"}},
        },
        [](std::string_view body) { return parse_cargo_status_wish("ship-7", body); });
    EXPECT_FALSE(parse_cargo_status_wish("Ship 7", R"({"status":"lost"})").ok());
}

TEST(CargoStatusWish, HasAnOldFormWithTheIdInside) {
    const auto wish = parse_cargo_status_alias(R"({"cargoId":"ship-7","status":"lost"})");
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->subject, "ship-7");
    EXPECT_EQ(wish->kind, cargo_lose);
    EXPECT_FALSE(parse_cargo_status_alias(R"({"status":"lost"})").ok());
}

TEST(AdjustmentWish, HasTwoForms) {
    const auto wish = parse_adjustment_wish(
        "ceres", R"({"productId":"ice","delta":-5,"reason":"consume","note":"x"})");
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->kind, inventory_adjust);
    EXPECT_EQ(wish->subject, "ceres/ice");
    EXPECT_EQ(std::get<domain::AdjustStock>(wish->body).delta, Quantity(-5));
    const auto old =
        parse_inventory_update(R"({"itemId":"ice","quantityChange":5,"location":"ceres"})");
    ASSERT_TRUE(old.ok());
    EXPECT_EQ(old->subject, "ceres/ice");
    EXPECT_EQ(std::get<domain::AdjustStock>(old->body).reason, domain::StockReason::other);
}

TEST(AdjustmentWish, RefusesBadInput) {
    expect_problems(
        {
            {R"({"productId":"ice","delta":0,"reason":"other"})", "out_of_range", {"/delta"}},
            {R"({"productId":"ice","delta":1.0,"reason":"other"})", "invalid_request", {"/delta"}},
            {R"({"productId":"ice","delta":1,"reason":"theft"})", "invalid_request", {"/reason"}},
            {R"({"productId":"ice","delta":1,"reason":"cargo_delivered"})",
             "out_of_range",
             {"/reason"}},
            {R"({"productId":"ice","delta":1})", "invalid_request", {"/reason"}},
        },
        [](std::string_view body) { return parse_adjustment_wish("ceres", body); });
    EXPECT_FALSE(parse_adjustment_wish("%2e%2e", "{}").ok());
    expect_problems({{R"({"itemId":"ice","quantityChange":0,"location":"ceres"})",
                      "out_of_range",
                      {"/quantityChange"}}},
                    parse_inventory_update);
}

TEST(PayloadHash, SeesThroughAliasesAndDefaults) {
    const auto hash = [](const Result<Wish>& wish) { return payload_hash(wish.value()); };
    EXPECT_EQ(hash(parse_cargo_status_wish("s", R"({"status":"in transit"})")),
              hash(parse_cargo_status_alias(R"({"status":"enroute","cargoId":"s"})")));
    EXPECT_EQ(hash(parse_trade_wish(trade_of("1"))),
              hash(parse_trade_wish(trade_with(R"([{"quantity":1, "productId":"ice"}])",
                                               R"(,"destination":"mars")"))));
    EXPECT_NE(hash(parse_trade_wish(trade_of("1"))), hash(parse_trade_wish(trade_of("2"))));
    EXPECT_NE(hash(parse_cargo_status_wish("s", R"({"status":"lost"})")),
              hash(parse_cargo_status_wish("t", R"({"status":"lost"})")));
    EXPECT_NE(hash(parse_cargo_status_wish("s", R"({"note":"ab","location":"c"})")),
              hash(parse_cargo_status_wish("s", R"({"note":"b","location":"ca"})")));
}

TEST(PayloadHash, IgnoresWhatIsStamped) {
    Wish wish = *parse_trade_wish(trade_of("1"));
    const std::string before = payload_hash(wish);
    wish.id = CommandId("k");
    wish.subject = uuid;
    wish.principal = Principal("dev");
    wish.issued_at += std::chrono::hours(1);
    std::get<domain::CreateTrade>(wish.body).lines[0].unit_price = Credits(5);
    EXPECT_EQ(payload_hash(wish), before);
}

RC_GTEST_PROP(WishLaws, AreTotal, ()) {
    const std::string text = *arbitrary::mutated(
        *rc::gen::element(trade_of("1"), std::string(R"({"status":"lost","location":"x"})"),
                          std::string(R"({"origin":"a","destination":"b","eta":"2031-01-02T"})"),
                          std::string(R"({"productId":"ice","delta":1,"reason":"other"})")));
    const std::vector<Result<Wish>> wishes = {
        parse_trade_wish(text),         parse_trade_status_wish(uuid, text),
        parse_cargo_wish(text),         parse_cargo_status_wish("ship", text),
        parse_cargo_status_alias(text), parse_adjustment_wish("ceres", text),
        parse_inventory_update(text),
    };
    for (const auto& wish : wishes) {
        if (wish.ok()) {
            RC_ASSERT(payload_hash(*wish).size() == 64U);
        } else {
            RC_ASSERT(!wish.problem().detail.empty());
        }
    }
}

}  // namespace
}  // namespace itn::wire
