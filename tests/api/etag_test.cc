#include "api/etag.h"

#include <gtest/gtest.h>

namespace itn::api {

namespace {

front::Request with(const std::string& name, const std::string& value) {
    front::Request request;
    request.headers = {{name, value}};
    return request;
}

std::string expected(const std::string& if_match, std::optional<std::int64_t> of_body = {}) {
    const auto version = expected_version(with("If-Match", if_match), of_body);
    return version ? std::to_string(*version) : version.problem().slug;
}

}  // namespace

TEST(Etag, NamesVersionsAndBodies) {
    EXPECT_EQ(version_etag(3), "\"v3\"");
    EXPECT_EQ(body_etag("a"), body_etag("a"));
    EXPECT_NE(body_etag("a"), body_etag("b"));
}

TEST(Etag, IsFoundInIfNoneMatch) {
    EXPECT_TRUE(is_not_modified(with("If-None-Match", "\"v3\""), "\"v3\""));
    EXPECT_TRUE(is_not_modified(with("If-None-Match", "W/\"v3\""), "\"v3\""));
    EXPECT_TRUE(is_not_modified(with("If-None-Match", "\"v1\", \"v3\""), "\"v3\""));
    EXPECT_TRUE(is_not_modified(with("If-None-Match", "*"), "\"v3\""));
    EXPECT_FALSE(is_not_modified(with("If-None-Match", "\"v33\""), "\"v3\""));
    EXPECT_FALSE(is_not_modified(with("If-None-Match", "v3"), "\"v3\""));
    EXPECT_FALSE(is_not_modified({}, "\"v3\""));
}

TEST(Etag, ExpectedVersionComesFromHeaderOrBody) {
    EXPECT_EQ(expected("\"v3\""), "3");
    EXPECT_EQ(expected("\"v3\"", 3), "3");
    EXPECT_EQ(*expected_version({}, 7), 7);
}

TEST(Etag, ExpectedVersionMustBeSaid) {
    EXPECT_EQ(expected_version({}, std::nullopt).problem().slug, "precondition_required");
}

TEST(Etag, ExpectedVersionIsStrict) {
    for (const auto* bad : {"", "*", "v3", "\"3\"", "\"v\"", "\"v-3\"", "\"v03\"", "\"v3",
                            "W/\"v3\"", "\"v3\", \"v4\"", "\"v99999999999999999999\""})
        EXPECT_EQ(expected(bad), "invalid_if_match") << bad;
    EXPECT_EQ(expected("\"v3\"", 4), "invalid_if_match");
}

}  // namespace itn::api
