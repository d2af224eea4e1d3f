#include "common/wire/partner_message.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "common/base/limits.h"
#include "tests/common/wire/arbitrary.h"

namespace itn::wire {
namespace {

using enum domain::CommandKind;

constexpr const char* uuid = "3f8a018f-4e3a-87c1-ac3d-0123456789ab";
const std::string trade_body = R"({"tradeType":"buy","seller":"ceres","buyer":"mars",)"
                               R"("items":[{"productId":"ice","quantity":12}]})";
const std::string cargo_body =
    R"({"origin":"ceres","destination":"mars","items":[{"productId":"ice","quantity":2}]})";

std::string envelope(const std::string& kind, const std::string& body,
                     const std::string& more = "") {
    return R"({"id":"k1","kind":")" + kind + R"(","body":)" + body + more + "}";
}

std::string about(const std::string& subject) {
    return R"(,"subject":")" + subject + "\"";
}

Result<PartnerCommand> only(const std::string& element) {
    auto parsed = parse_partner_message("[" + element + "]");
    if (!parsed) return parsed.problem();
    EXPECT_EQ(parsed->size(), 1U);
    return std::move(parsed->front().command);
}

std::vector<std::string> pointers(const Problem& problem) {
    std::vector<std::string> found;
    for (const auto& fault : problem.faults)
        found.push_back(fault.pointer);
    return found;
}

TEST(PartnerMessage, saysAllThatAnEnvelopeMaySay) {
    const auto parsed = parse_partner_message(
        "[" +
        envelope("trade.create", trade_body,
                 R"(,"issuedAt":"2026-11-20T10:00:00Z","expectedVersion":3,"principal":)"
                 R"("partner:acme","traceparent":"00-x","replyTo":"itn.reply.acme.1")") +
        "]");
    ASSERT_TRUE(parsed.ok()) << parsed.problem().detail;
    const auto& element = parsed->front();
    EXPECT_EQ(element.id, "k1");
    EXPECT_EQ(element.reply_to, "itn.reply.acme.1");
    ASSERT_TRUE(element.command.ok()) << element.command.problem().detail;
    EXPECT_EQ(element.command->principal, "partner:acme");
    EXPECT_EQ(element.command->traceparent, "00-x");
    EXPECT_EQ(to_rfc3339(element.command->issued_at.value()), "2026-11-20T10:00:00.000000Z");
    EXPECT_EQ(element.command->wish.expected_version, 3);
    EXPECT_EQ(element.command->wish.id, CommandId("k1"));
}

/// The same wish through both doors.
struct Pair {
    std::string envelope;
    Result<Wish> rest;
};

TEST(PartnerMessage, meansWhatRestMeans) {
    const std::vector<Pair> pairs = {
        {envelope("trade.create", trade_body), parse_trade_wish(trade_body)},
        {envelope("trade.cancel", R"({"reason":"late"})", about(uuid) + R"(,"expectedVersion":2)"),
         parse_trade_status_wish(uuid,
                                 R"({"status":"canceled","reason":"late","expectedVersion":2})")},
        {envelope("trade.collect", "{}", about(uuid)),
         parse_trade_status_wish(uuid, R"({"status":"completed"})")},
        {envelope("cargo.create", cargo_body), parse_cargo_wish(cargo_body)},
        {envelope("cargo.depart", "{}", about("voyage")),
         parse_cargo_status_wish("voyage", R"({"status":"inTransit"})")},
        {envelope("cargo.delay", R"({"note":"storm"})", about("voyage")),
         parse_cargo_status_wish("voyage", R"({"status":"delayed","note":"storm"})")},
        {envelope("cargo.locate", R"({"location":"belt"})", about("voyage")),
         parse_cargo_status_wish("voyage", R"({"location":"belt"})")},
        {envelope("cargo.deliver", "{}", about("voyage")),
         parse_cargo_status_wish("voyage", R"({"status":"delivered"})")},
        {envelope("cargo.lose", "{}", about("voyage")),
         parse_cargo_status_wish("voyage", R"({"status":"lost"})")},
        {envelope("cargo.cancel", "{}", about("voyage")),
         parse_cargo_status_wish("voyage", R"({"status":"cancelled"})")},
        {envelope("inventory.adjust", R"({"productId":"ice","delta":5,"reason":"restock"})",
                  about("ceres/ice")),
         parse_adjustment_wish("ceres", R"({"productId":"ice","delta":5,"reason":"restock"})")},
        {envelope("inventory.adjust", R"({"productId":"ice","delta":5,"reason":"restock"})",
                  about("ceres")),
         parse_adjustment_wish("ceres", R"({"productId":"ice","delta":5,"reason":"restock"})")},
    };
    for (const auto& [text, rest] : pairs) {
        auto command = only(text);
        ASSERT_TRUE(command.ok()) << text << command.problem().detail;
        ASSERT_TRUE(rest.ok()) << text << rest.problem().detail;
        EXPECT_EQ(payload_hash(command->wish), payload_hash(rest.value())) << text;
        command->wish.id = rest.value().id;
        EXPECT_EQ(command->wish, rest.value()) << text;
    }
}

TEST(PartnerMessage, hasKindsThatRestHasNot) {
    const auto load = only(envelope(
        "cargo.load", R"({"transactionId":")" + std::string(uuid) + "\"}", about("voyage")));
    ASSERT_TRUE(load.ok()) << load.problem().detail;
    EXPECT_EQ(load.value().wish.kind, cargo_load);
    EXPECT_EQ(std::get<domain::LoadCargo>(load.value().wish.body).shipment, ShipmentId("voyage"));
    const auto transfer = only(envelope("inventory.transfer", cargo_body));
    ASSERT_TRUE(transfer.ok()) << transfer.problem().detail;
    EXPECT_EQ(transfer.value().wish.kind, inventory_transfer);
}

TEST(PartnerMessage, refusesBadInputWithItsPlace) {
    struct Bad {
        std::string element;
        std::string slug;
        std::vector<std::string> pointers;
    };
    const std::string adjust = R"({"productId":"ice","delta":5,"reason":"restock"})";
    const std::vector<Bad> table = {
        {"7", "invalid_request", {"/0"}},
        {R"({"id":"a b","kind":"trade.create","body":)" + trade_body + "}",
         "invalid_request",
         {"/0/id"}},
        {envelope("trade.steal", "{}"), "invalid_request", {"/0/kind"}},
        {envelope("trade.depart", "{}", about(uuid)), "invalid_request", {"/0/kind"}},
        {envelope("trade.create", trade_body, R"(,"role":"admin")"),
         "invalid_request",
         {"/0/role"}},
        {envelope("trade.create", trade_body, about(uuid)), "invalid_request", {"/0/subject"}},
        {envelope("trade.create", R"({"tradeType":"buy","seller":"ceres","buyer":"mars",)"
                                  R"("items":[{"productId":"ice","quantity":0}]})"),
         "out_of_range",
         {"/0/body/items/0/quantity"}},
        {envelope("trade.create", R"({"tradeType":"buy","seller":"ceres","buyer":"mars",)"
                                  R"("items":[{"productId":"ice","quantity":1,"price":1}]})"),
         "invalid_request",
         {"/0/body/items/0/price"}},
        {envelope("trade.cancel", "{}"), "invalid_request", {"/0/subject"}},
        {envelope("trade.cancel", "{}", about("not-a-uuid")), "invalid_request", {"/0/subject"}},
        {envelope("trade.cancel", "[]", about(uuid)), "invalid_request", {"/0/body"}},
        {envelope("trade.cancel", "{}", about(uuid) + R"(,"issuedAt":"yesterday")"),
         "invalid_request",
         {"/0/issuedAt"}},
        {envelope("cargo.create", cargo_body, R"(,"expectedVersion":1)"),
         "invalid_request",
         {"/0/expectedVersion"}},
        {envelope("inventory.transfer", R"({"origin":"ceres","destination":"mars"})"),
         "invalid_request",
         {"/0/body/items"}},
        {envelope("cargo.locate", "{}", about("voyage")), "invalid_request", {"/0/body/location"}},
        {envelope("inventory.adjust", adjust, about("ceres/iron")),
         "invalid_request",
         {"/0/body/productId"}},
        {envelope("inventory.adjust", adjust, about("ceres/ice/x")),
         "invalid_request",
         {"/0/subject"}},
        {R"({"id":"k1","kind":"trade.collect","subject":")" + std::string(uuid) + "\"}",
         "invalid_request",
         {"/0/body"}},
    };
    for (const auto& row : table) {
        SCOPED_TRACE(row.element);
        const auto command = only(row.element);
        ASSERT_FALSE(command.ok());
        EXPECT_EQ(command.problem().slug, row.slug);
        EXPECT_EQ(pointers(command.problem()), row.pointers);
    }
}

TEST(PartnerMessage, aBadElementCostsItsNeighboursNothing) {
    const auto parsed = parse_partner_message("[" + envelope("trade.create", trade_body) +
                                              R"(,{"id":"k2","replyTo":"q"},)" +
                                              envelope("trade.create", trade_body) + "]");
    ASSERT_TRUE(parsed.ok());
    ASSERT_EQ(parsed->size(), 3U);
    EXPECT_TRUE((*parsed)[0].command.ok());
    EXPECT_TRUE((*parsed)[2].command.ok());
    EXPECT_EQ((*parsed)[1].id, "k2");
    EXPECT_EQ((*parsed)[1].reply_to, "q");
    EXPECT_EQ(pointers((*parsed)[1].command.problem()), std::vector<std::string>{"/1/kind"});
}

TEST(PartnerMessage, isOneArrayWithinItsBounds) {
    std::string many = "[";
    for (std::size_t i = 0; i <= limits::max_partner_batch; ++i)
        many += std::string(i == 0 ? "" : ",") + "{}";
    const std::string large(limits::max_partner_message + 1, ' ');
    const std::string deep(1'000, '[');
    for (const std::string& text :
         {std::string(), std::string("{}"), std::string("[]"), std::string("\x1f\x8b\x08\x00", 4),
          std::string("[{}] x"), std::string("\xef\xbb\xbf[]"), many + "]", large, deep})
        EXPECT_FALSE(parse_partner_message(text).ok()) << text.substr(0, 20);
    EXPECT_EQ(parse_partner_message(large).problem().slug, "payload_too_large");
    const auto too_many = parse_partner_message(many + "]").problem();
    EXPECT_EQ(too_many.slug, "invalid_request");
    EXPECT_EQ(too_many.detail, "must have at most 100 envelopes");
}

TEST(PartnerMessage, saysOfWhatIsNoObjectNothingMore) {
    const auto parsed =
        parse_partner_message(R"([{"id":"k1","kind":"trade.create","body":1},)"
                              R"({"id":"k2","kind":"cargo.create","body":[]},7,null])");
    ASSERT_TRUE(parsed.ok());
    const std::vector<std::string> places = {"/0/body", "/1/body", "/2", "/3"};
    ASSERT_EQ(parsed->size(), places.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        EXPECT_EQ(pointers((*parsed)[i].command.problem()), std::vector{places[i]});
}

TEST(PartnerMessage, placesWhatStampingFinds) {
    const auto placed = at_element({.slug = "unknown_product",
                                    .detail = "d",
                                    .faults = {{.pointer = "/items/0/productId", .detail = "d"},
                                               {.pointer = "", .detail = "d"}}},
                                   4);
    EXPECT_EQ(pointers(placed), (std::vector<std::string>{"/4/body/items/0/productId", "/4"}));
    EXPECT_EQ(pointers(at_element({.slug = "forbidden", .detail = "d", .faults = {}}, 2)),
              std::vector<std::string>{"/2"});
}

RC_GTEST_PROP(PartnerMessageLaws, isTotal, ()) {
    const std::string body = "[" + envelope("trade.create", trade_body) + "," +
                             envelope("cargo.delay", "{}", about("voyage")) + "]";
    const auto parsed = parse_partner_message(*arbitrary::mutated(body));
    if (parsed.ok()) RC_ASSERT(!parsed.value().empty());
}

}  // namespace
}  // namespace itn::wire
