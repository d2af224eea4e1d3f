#include "api/headers.h"

#include <gtest/gtest.h>

namespace itn::api {

namespace {

front::Request with(std::vector<std::pair<std::string, std::string>> headers) {
    front::Request request;
    request.headers = std::move(headers);
    return request;
}

std::string key_of(const std::string& text) {
    const auto key = idempotency_key(with({{"Idempotency-Key", text}}));
    return key ? *key : "(" + key.problem().slug + ")";
}

std::optional<std::chrono::seconds> wait_of(const std::string& text) {
    return preferred_wait(with({{"Prefer", text}}));
}

constexpr const char* refused = "(invalid_idempotency_key)";

}  // namespace

TEST(ContentType, IsExact) {
    for (const auto* good :
         {"application/json", "Application/JSON", "application/json; charset=utf-8",
          "application/json;charset=\"UTF-8\"", "application/json ;"})
        EXPECT_TRUE(is_content_type(good, "application/json")) << good;
    for (const auto* bad :
         {"", "text/json", "application/jsonx", "application/json; charset=latin1",
          "application/json, text/plain", "application/json; charset=utf-8; q=1",
          "application/json; version=2", "application/problem+json"})
        EXPECT_FALSE(is_content_type(bad, "application/json")) << bad;
    EXPECT_FALSE(is_content_type(std::nullopt, "application/json"));
}

TEST(ContentType, EachSortOfBodyTakesItsOwn) {
    const auto json = with({{"content-type", "application/json"}});
    const auto lines = with({{"content-type", "application/x-ndjson"}});
    const auto patch = with({{"content-type", "application/merge-patch+json"}});
    EXPECT_FALSE(content_type_problem(json, Body::json));
    EXPECT_TRUE(content_type_problem(lines, Body::json));
    EXPECT_FALSE(content_type_problem(json, Body::json_or_ndjson));
    EXPECT_FALSE(content_type_problem(lines, Body::json_or_ndjson));
    EXPECT_TRUE(content_type_problem(json, Body::merge_patch));
    EXPECT_FALSE(content_type_problem(patch, Body::merge_patch));
    EXPECT_FALSE(content_type_problem(with({}), Body::none));
    const auto encoded = [](const char* encoding) {
        return with({{"content-type", "application/json"}, {"content-encoding", encoding}});
    };
    EXPECT_TRUE(content_type_problem(encoded("gzip"), Body::json));
    EXPECT_FALSE(content_type_problem(encoded("Identity"), Body::json));
    EXPECT_EQ(content_type_problem(with({}), Body::json)->slug, "unsupported_media_type");
}

TEST(IdempotencyKey, IsBareOrAString) {
    EXPECT_EQ(key_of("abc-1"), "abc-1");
    EXPECT_EQ(key_of(R"("abc-1")"), "abc-1");
    EXPECT_EQ(key_of(R"("a\"b\\c")"), R"(a"b\c)");
    EXPECT_EQ(*idempotency_key(with({})), "");
}

TEST(IdempotencyKey, IsBounded) {
    EXPECT_EQ(key_of(std::string(255, 'k')), std::string(255, 'k'));
    EXPECT_EQ(key_of(std::string(256, 'k')), refused);
    EXPECT_EQ(key_of("\"" + std::string(256, 'k') + "\""), refused);
}

TEST(IdempotencyKey, IsVisibleAscii) {
    for (const auto* bad : {"", "\"\"", "a b", "\xc3\xa9", "a\x01", "\"open", "\"a\"b\"", "\"a\\\"",
                            "\"a\\n\"", "\"", "a\x7f"})
        EXPECT_EQ(key_of(bad), refused) << bad;
}

TEST(IdempotencyKey, StandsThereOnce) {
    EXPECT_FALSE(idempotency_key(with({{"Idempotency-Key", "a"}, {"idempotency-key", "b"}})));
}

TEST(Prefer, NamesAWait) {
    using std::chrono::seconds;
    EXPECT_EQ(wait_of("wait=5"), seconds(5));
    EXPECT_EQ(wait_of("respond-async, Wait = 10"), seconds(10));
    EXPECT_EQ(wait_of("wait=5; foo=bar"), seconds(5));
    EXPECT_EQ(wait_of("wait=31"), seconds(30));
    EXPECT_EQ(wait_of("wait=99999999999999999999"), seconds(30));
}

TEST(Prefer, WhatIsMalformedIsNotHeard) {
    for (const auto* bad : {"", "wait", "wait=", "wait=0", "wait=-1", "wait=1.5", "wait=x",
                            "waiting=3", "respond-async"})
        EXPECT_EQ(wait_of(bad), std::nullopt) << bad;
    EXPECT_EQ(preferred_wait(with({})), std::nullopt);
}

TEST(Prefer, MayStandInSeveralHeaders) {
    EXPECT_EQ(preferred_wait(with({{"Prefer", "respond-async"}, {"prefer", "wait=3"}})),
              std::chrono::seconds(3));
}

}  // namespace itn::api
