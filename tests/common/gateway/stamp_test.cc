#include "common/gateway/stamp.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "common/wire/ids.h"

namespace itn::gateway {
namespace {

const Principal dev{"dev"};
const Timestamp now{std::chrono::microseconds(1'931'234'567'123'456)};
constexpr std::string_view key = "018f4e3a-7c1b-7a2b-8c3d-0123456789ab";

Catalogue catalogue() {
    Catalogue catalogue;
    for (const auto* id : {"ceres", "mars", "vesta"})
        catalogue.stations[StationId(id)] = {.id = StationId(id)};
    const auto add = [&](const char* id, std::int64_t price, std::int64_t volume) {
        catalogue.products[ProductId(id)] = {
            .id = ProductId(id), .unit_price = Credits(price), .unit_volume = Volume(volume)};
    };
    add("ice", 250, 3);
    add("ore", 10, 7);
    add("gem", limits::max_unit_price, 1);
    add("sun", 1, limits::max_quantity);
    return catalogue;
}

Result<Stamped> stamped(wire::Wish wish, std::string id = std::string(key)) {
    return stamp(std::move(wish), dev, std::move(id), catalogue(), now, "00-trace", 16);
}

wire::Wish trade(std::string_view seller, std::string_view buyer, std::string_view items,
                 std::string_view more = "") {
    const std::string body = R"({"tradeType":"buy","seller":")" + std::string(seller) +
                             R"(","buyer":")" + std::string(buyer) + R"(","items":)" +
                             std::string(items) + std::string(more) + "}";
    return wire::parse_trade_wish(body).value();
}

std::string line(std::string_view product, std::int64_t quantity) {
    return R"({"productId":")" + std::string(product) + R"(","quantity":)" +
           std::to_string(quantity) + "}";
}

TEST(Stamp, PutsEverythingTheClientMustNotSay) {
    const wire::Wish wish = trade("ceres", "mars", "[" + line("ice", 12) + "]");
    const auto result = stamped(wish);
    ASSERT_TRUE(result.ok()) << result.problem().detail;
    const wire::Envelope& envelope = result->envelope;
    EXPECT_EQ(envelope.command.id, CommandId(std::string(key)));
    EXPECT_EQ(envelope.command.principal, dev);
    EXPECT_EQ(envelope.command.issued_at, now);
    EXPECT_EQ(envelope.traceparent, "00-trace");
    EXPECT_EQ(envelope.payload_hash, wire::payload_hash(wish));
    EXPECT_EQ(envelope.command.subject, wire::derive_id(StationId("ceres"), dev, key));
    const auto& lines = std::get<domain::CreateTrade>(envelope.command.body).lines;
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].unit_price, Credits(250));
    EXPECT_EQ(lines[0].unit_volume, Volume(3));
    const std::uint16_t shard = wire::shard_hash("ceres") % 16;
    EXPECT_EQ(result->lane, (Lane{Family::trade, shard}));
    const auto travelled = wire::parse_envelopes("[" + wire::render(envelope) + "]");
    ASSERT_EQ(travelled.envelopes.size(), 1U);
    EXPECT_EQ(travelled.envelopes[0], envelope);
}

TEST(Stamp, ARetryIsTheSameCommand) {
    const wire::Wish wish = trade("ceres", "mars", "[" + line("ice", 12) + "]");
    EXPECT_EQ(stamped(wish)->envelope, stamped(wish)->envelope);
    EXPECT_NE(stamped(wish)->envelope.command.subject,
              stamped(wish, "other-key")->envelope.command.subject);
}

TEST(Stamp, AddsUpLinesOfOneProduct) {
    const auto twice = stamped(trade(
        "ceres", "mars", "[" + line("ice", 1) + "," + line("ore", 2) + "," + line("ice", 3) + "]"));
    ASSERT_TRUE(twice.ok());
    const auto& lines = std::get<domain::CreateTrade>(twice->envelope.command.body).lines;
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].product, ProductId("ice"));
    EXPECT_EQ(lines[0].quantity, Quantity(4));
    EXPECT_EQ(lines[1].quantity, Quantity(2));
    const auto once =
        stamped(trade("ceres", "mars", "[" + line("ice", 4) + "," + line("ore", 2) + "]"));
    EXPECT_EQ(twice->envelope.payload_hash, once->envelope.payload_hash);
}

TEST(Stamp, NamesAShipmentUnlessTheClientDid) {
    const auto cargo = [](std::string_view more) {
        return wire::parse_cargo_wish(R"({"origin":"ceres","destination":"mars","items":[)" +
                                      line("ice", 2) + "]" + std::string(more) + "}")
            .value();
    };
    const auto generated = stamped(cargo(""));
    ASSERT_TRUE(generated.ok());
    EXPECT_EQ(generated->envelope.command.subject, wire::derive_id(StationId("ceres"), dev, key));
    EXPECT_EQ(std::get<domain::CreateCargo>(generated->envelope.command.body).own[0].unit_volume,
              Volume(3));
    const auto chosen = stamped(cargo(R"(,"shipmentId":"ship-7")"));
    ASSERT_TRUE(chosen.ok());
    EXPECT_EQ(chosen->envelope.command.subject, "ship-7");
    const std::uint16_t shard = wire::shard_hash("ship-7") % 16;
    EXPECT_EQ(chosen->lane, (Lane{Family::cargo, shard}));
}

struct Bad {
    wire::Wish wish;
    std::string_view slug;
    std::vector<std::string> pointers;
};

TEST(Stamp, RefusesWhatTheCatalogueDoesNotKnow) {
    const std::string ice = "[" + line("ice", 1) + "]";
    const auto cargo = [](std::string_view body) { return wire::parse_cargo_wish(body).value(); };
    const auto adjust = [](std::string_view station, std::string_view product) {
        return wire::parse_adjustment_wish(station, R"({"productId":")" + std::string(product) +
                                                        R"(","delta":1,"reason":"restock"})")
            .value();
    };
    const std::int64_t most = limits::max_quantity;
    const std::vector<Bad> table = {
        {trade("ceres", "ceres", ice), "same_station", {"/buyer"}},
        {trade("pluto", "pluto", ice), "same_station", {"/buyer"}},
        {trade("pluto", "mars", ice), "unknown_station", {"/seller"}},
        {trade("pluto", "charon", ice), "unknown_station", {"/seller", "/buyer"}},
        {trade("ceres", "mars", ice, R"(,"destination":"pluto")"),
         "unknown_station",
         {"/destination"}},
        {trade("ceres", "mars", "[" + line("ice", 1) + "," + line("tea", 1) + "]"),
         "unknown_product",
         {"/items/1/productId"}},
        {trade("ceres", "mars", "[" + line("gem", most) + "]"),
         "out_of_range",
         {"/items/0/quantity"}},
        {trade("ceres", "mars", "[" + line("sun", most) + "]"),
         "out_of_range",
         {"/items/0/quantity"}},
        {trade("ceres", "mars", "[" + line("ore", most) + "," + line("ore", 1) + "]"),
         "out_of_range",
         {"/items/1/quantity"}},
        {cargo(R"({"origin":"mars","destination":"mars"})"), "same_station", {"/destination"}},
        {cargo(R"({"origin":"pluto","destination":"mars"})"), "unknown_station", {"/origin"}},
        {cargo(R"({"origin":"ceres","destination":"mars","items":[)" + line("tea", 1) + "]}"),
         "unknown_product",
         {"/items/0/productId"}},
        {cargo(R"({"origin":"ceres","destination":"mars","items":[)" + line("sun", most) + "]}"),
         "out_of_range",
         {"/items/0/quantity"}},
        {adjust("pluto", "ice"), "unknown_station", {""}},
        {adjust("ceres", "tea"), "unknown_product", {"/productId"}},
    };
    for (const Bad& row : table) {
        const auto result = stamped(row.wish);
        ASSERT_FALSE(result.ok()) << row.slug;
        EXPECT_EQ(result.problem().slug, row.slug) << result.problem().detail;
        std::vector<std::string> pointers;
        for (const Fault& fault : result.problem().faults)
            pointers.push_back(fault.pointer);
        EXPECT_EQ(pointers, row.pointers) << result.problem().detail;
    }
}

TEST(Stamp, RefusesKeysThatAreNone) {
    const wire::Wish wish = trade("ceres", "mars", "[" + line("ice", 1) + "]");
    for (const std::string& bad : {std::string(), std::string("a b"), std::string("é"),
                                   std::string(limits::max_command_id + 1, 'k')})
        EXPECT_EQ(stamped(wish, bad).problem().slug, "invalid_idempotency_key");
}

TEST(CatalogueCells, HoldTheNewestSnapshot) {
    CatalogueCell cell;
    EXPECT_TRUE(cell.get()->stations.empty());
    const auto before = cell.get();
    cell.set(std::make_shared<const Catalogue>(catalogue()));
    EXPECT_EQ(cell.get()->stations.size(), 3U);
    EXPECT_TRUE(before->stations.empty());
}

}  // namespace
}  // namespace itn::gateway
