#include "common/wire/ids.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "common/base/limits.h"
#include "tests/common/wire/arbitrary.h"

namespace itn::wire {
namespace {

constexpr std::string_view uuid_v7 = "018f4e3a-7c1b-7a2b-8c3d-0123456789ab";

TEST(Ids, KnowsSlugs) {
    for (const auto* text : {"a", "0", "ceres", "mars-2_b", "9-"})
        EXPECT_TRUE(is_slug(text)) << text;
    EXPECT_TRUE(is_slug(std::string(limits::max_slug, 'a')));
    for (const auto* text : {"", "-a", "_a", "A", "a b", "a/b", "a.b", "é", "a\n",
                             "'; DROP TABLE--", "018f4e3a-7c1b-7a2b-8c3d-0123456789ab"})
        EXPECT_FALSE(is_slug(text)) << text;
    EXPECT_FALSE(is_slug(std::string(limits::max_slug + 1, 'a')));
}

TEST(Ids, KnowsUuids) {
    EXPECT_TRUE(is_uuid(uuid_v7));
    for (const auto* text :
         {"", "018F4e3a-7c1b-7a2b-8c3d-0123456789ab", "018f4e3a07c1b-7a2b-8c3d-0123456789ab",
          "018f4e3a-7c1b-7a2b-8c3d-0123456789a", "g18f4e3a-7c1b-7a2b-8c3d-0123456789ab"})
        EXPECT_FALSE(is_uuid(text)) << text;
}

TEST(Ids, KnowsCommandIds) {
    EXPECT_TRUE(is_command_id("!~aZ09"));
    EXPECT_TRUE(is_command_id(std::string(limits::max_command_id, 'k')));
    EXPECT_FALSE(is_command_id(""));
    EXPECT_FALSE(is_command_id("a b"));
    EXPECT_FALSE(is_command_id("a\x7f"));
    EXPECT_FALSE(is_command_id("é"));
    EXPECT_FALSE(is_command_id(std::string(limits::max_command_id + 1, 'k')));
}

TEST(Ids, HashesAsPublished) {
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(shard_hash("abc"), 0xBA78);
}

TEST(Ids, DerivedIdsStartWithTheShardOfTheirStation) {
    const std::string id = derive_id(StationId("abc"), Principal("dev"), "key");
    EXPECT_TRUE(is_uuid(id));
    EXPECT_EQ(id.substr(0, 4), "ba78");
    EXPECT_EQ(id[14], '8');
    EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos);
    EXPECT_EQ(shard_hash_of_subject(id), shard_hash("abc"));
}

TEST(Ids, DerivedIdsCarryTheTimeOfTheKey) {
    const std::string id = derive_id(StationId("abc"), Principal("dev"), uuid_v7);
    EXPECT_EQ(id.substr(4, 9), "018f-4e3a");
    // 0x7c1b: twelve bits behind the version, four behind the variant.
    EXPECT_EQ(id.substr(14, 4), "87c1");
    const char variant = id[19];
    const int nibble = variant <= '9' ? variant - '0' : variant - 'a' + 10;
    const char next = id[20];
    const int rest = next <= '9' ? next - '0' : next - 'a' + 10;
    EXPECT_EQ((nibble & 3) << 2 | rest >> 2, 0xb);
}

TEST(Ids, DerivedIdsDependOnEveryPart) {
    const std::string id = derive_id(StationId("abc"), Principal("dev"), "key");
    EXPECT_EQ(id, derive_id(StationId("abc"), Principal("dev"), "key"));
    EXPECT_NE(id, derive_id(StationId("abd"), Principal("dev"), "key"));
    EXPECT_NE(id, derive_id(StationId("abc"), Principal("dew"), "key"));
    EXPECT_NE(id, derive_id(StationId("abc"), Principal("dev"), "kez"));
    const std::string beside = derive_id_beside(id, "key");
    EXPECT_NE(beside, id);
    EXPECT_EQ(shard_hash_of_subject(beside), shard_hash_of_subject(id));
}

struct Routed {
    domain::CommandKind kind;
    std::string subject;
    domain::CommandBody body;
    Family family;
    std::uint16_t hash;
};

TEST(Ids, RoutesByTheSubjectAlone) {
    using enum domain::CommandKind;
    const std::string uuid = "00110000-0000-8000-8000-000000000000";
    const std::string other = "00220000-0000-8000-8000-000000000000";
    const TransactionId trade{uuid};
    const std::vector<Routed> table = {
        {trade_create, uuid, domain::CreateTrade{}, Family::trade, 0x11},
        {trade_complete, uuid, domain::FollowShipment{}, Family::trade, 0x11},
        {cargo_depart, "abc", domain::MoveCargo{}, Family::cargo, 0xBA78},
        {inventory_transfer, uuid, domain::CreateCargo{}, Family::cargo, 0x11},
        {inventory_adjust, "abc/ice", domain::AdjustStock{}, Family::inventory, 0xBA78},
        {cargo_load, uuid, domain::LoadCargo{.trade = trade}, Family::cargo, 0x11},
        {cargo_load, uuid, domain::LoadCargo{.trade = trade, .shipment = ShipmentId("abc")},
         Family::cargo, 0xBA78},
        {cargo_unload, uuid, domain::UnloadCargo{.trade = trade, .shipment = ShipmentId(other)},
         Family::cargo, 0x22},
    };
    for (const Routed& row : table) {
        domain::Command command;
        command.kind = row.kind;
        command.subject = row.subject;
        command.body = row.body;
        const Lane expected{.family = row.family,
                            .shard = static_cast<std::uint16_t>(row.hash % 16)};
        EXPECT_EQ(lane_of(command, 16), expected) << name(row.kind);
    }
}

RC_GTEST_PROP(IdLaws, TheLaneOfATradeIsThatOfItsSeller, ()) {
    const StationId seller(*arbitrary::slug());
    const std::string id =
        derive_id(seller, Principal(*arbitrary::visible()), *arbitrary::visible());
    RC_ASSERT(is_uuid(id));
    RC_ASSERT(shard_hash_of_subject(id) == shard_hash(seller.text()));
}

}  // namespace
}  // namespace itn::wire
