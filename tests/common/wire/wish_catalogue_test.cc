#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "common/wire/wish.h"
#include "tests/common/wire/arbitrary.h"

namespace itn::wire {
namespace {

constexpr std::string_view station =
    R"({"stationId":"ceres","name":"Ceres","kind":"planet","position":{"x":1,"y":-2,"z":3}})";
constexpr std::string_view product =
    R"({"productId":"ice","name":"Ice","unitPrice":5,"unitVolume":2,"images":["https://a/b"]})";

std::string first_pointer(const Problem& problem) {
    return problem.faults.empty() ? "none" : problem.faults[0].pointer;
}

TEST(StationWish, IsTheRepresentation) {
    const auto wish = parse_station_wish(station, std::nullopt);
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->station.id, StationId("ceres"));
    EXPECT_EQ(wish->station.y, -2);
    EXPECT_FALSE(wish->version.has_value());
    EXPECT_TRUE(parse_station_wish(station, "ceres").ok());
    EXPECT_EQ(first_pointer(parse_station_wish(station, "mars").problem()), "/stationId");
    EXPECT_FALSE(parse_station_wish(station, "Mars").ok());
}

TEST(StationWish, RefusesBadInput) {
    const auto pointer = [](std::string_view body) {
        return first_pointer(parse_station_wish(body, "ceres").problem());
    };
    EXPECT_EQ(pointer(R"({"name":"","kind":"planet","position":{"x":1,"y":2,"z":3}})"), "/name");
    EXPECT_EQ(pointer(R"({"name":"a\u001bb","kind":"planet","position":{"x":1,"y":2,"z":3}})"),
              "/name");
    EXPECT_EQ(pointer(R"({"name":"a","kind":"moon","position":{"x":1,"y":2,"z":3}})"), "/kind");
    EXPECT_EQ(pointer(R"({"name":"a","kind":"planet","position":{"x":1,"y":2}})"), "/position/z");
    EXPECT_EQ(pointer(R"({"name":"a","kind":"planet","position":{"x":1.5,"y":2,"z":3}})"),
              "/position/x");
    EXPECT_EQ(pointer(R"({"name":"a","kind":"planet","position":[1,2,3]})"), "/position");
    EXPECT_EQ(
        pointer(R"({"name":"a","kind":"planet","position":{"x":1,"y":2,"z":3},"version":"1"})"),
        "/version");
}

TEST(StationWish, KeepsForeignScriptsAsTheyAre) {
    const std::string name = "محطة \xF0\x9F\x9A\x80 '; DROP TABLE--";
    const auto wish = parse_station_wish(
        R"({"name":")" + name + R"(","kind":"planet","position":{"x":1,"y":2,"z":3}})", "ceres");
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->station.name, name);
}

TEST(ProductWish, IsTheRepresentation) {
    const auto wish = parse_product_wish(product, std::nullopt);
    ASSERT_TRUE(wish.ok());
    EXPECT_EQ(wish->product.unit_price, Credits(5));
    EXPECT_EQ(wish->product.images, std::vector<std::string>{"https://a/b"});
    const auto pointer = [](std::string_view body) {
        return first_pointer(parse_product_wish(body, std::nullopt).problem());
    };
    EXPECT_EQ(pointer(R"({"productId":"ice","name":"I","unitPrice":-1,"unitVolume":2})"),
              "/unitPrice");
    EXPECT_EQ(pointer(R"({"productId":"ice","name":"I","unitPrice":1,"unitVolume":1e2})"),
              "/unitVolume");
    EXPECT_EQ(
        pointer(R"({"productId":"ice","name":"I","unitPrice":1,"unitVolume":2,"images":[1]})"),
        "/images/0");
}

TEST(Patches, ChangeWhatTheyName) {
    const Station current = parse_station_wish(station, std::nullopt)->station;
    const auto renamed = patch_station(current, R"({"name":"New","position":{"y":7}})");
    ASSERT_TRUE(renamed.ok());
    EXPECT_EQ(renamed->station.name, "New");
    EXPECT_EQ(renamed->station.x, 1);
    EXPECT_EQ(renamed->station.y, 7);
    EXPECT_FALSE(renamed->version.has_value());
    EXPECT_EQ(patch_station(current, R"({"version":4})")->version, 4);
    const Product ice = parse_product_wish(product, std::nullopt)->product;
    EXPECT_TRUE(patch_product(ice, R"({"images":null})")->product.images.empty());
    EXPECT_EQ(patch_product(ice, "{}")->product, ice);
}

TEST(Patches, AreCheckedLikeTheWhole) {
    const Station current = parse_station_wish(station, std::nullopt)->station;
    for (const auto* patch :
         {"", "[]", "7", R"({"name":null})", R"({"name":5})", R"({"stationId":"mars"})",
          R"({"role":"admin"})", R"({"position":{"x":1.0}})", R"({"name":"a","name":"b"})",
          R"({"position":{"x":1e999}})", R"({"position":null})"}) {
        EXPECT_FALSE(patch_station(current, patch).ok()) << patch;
    }
}

RC_GTEST_PROP(CatalogueLaws, ParseWhatWasRendered, ()) {
    const Station one = *arbitrary::station();
    const auto parsed = parse_station_wish(render(one), std::nullopt);
    RC_ASSERT(parsed.ok());
    RC_ASSERT(parsed->station == one);
    const Product other = *arbitrary::product();
    const auto read = parse_product_wish(render(other), std::nullopt);
    RC_ASSERT(read.ok());
    RC_ASSERT(read->product == other);
}

RC_GTEST_PROP(CatalogueLaws, AreTotal, ()) {
    const Product current = *arbitrary::product();
    const std::string text = *arbitrary::mutated(render(current));
    const auto patched = patch_product(current, text);
    if (patched.ok()) RC_ASSERT(patched->product.id == current.id);
    const auto whole = parse_product_wish(text, std::nullopt);
    if (whole.ok()) RC_ASSERT(parse_product_wish(render(whole->product), std::nullopt).ok());
}

}  // namespace
}  // namespace itn::wire
