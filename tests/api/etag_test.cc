#include "api/etag.h"

#include <gtest/gtest.h>

namespace itn::api {

namespace {

front::Request with(const std::string& name, const std::string& value) {
    front::Request request;
    request.headers = {{name, value}};
    return request;
}

/// "3", "*", "3,4", "none" or the problem.
std::string expected(const std::string& header, std::optional<std::int64_t> of_body = {}) {
    const auto found = expected_version(with("If-Match", header), of_body);
    if (!found) return found.problem().slug;
    std::string out = found->any ? "*" : "";
    for (const auto version : found->versions)
        out += (out.empty() ? "" : ",") + std::to_string(version);
    return out.empty() ? "none" : out;
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
    EXPECT_EQ(expected("*", 3), "3");
    EXPECT_EQ(expected("\"v3\", \"v4\"", 4), "4");
    EXPECT_EQ(expected_version({}, 7)->only(), 7);
}

TEST(Etag, ExpectedVersionMustBeSaidWhereTheRouteTakesIt) {
    const auto either = expected_version({}, std::nullopt).problem();
    EXPECT_EQ(either.slug, "precondition_required");
    EXPECT_NE(either.detail.find("body"), std::string::npos);
    const auto header = expected_version({}, std::nullopt, VersionIn::header).problem();
    EXPECT_EQ(header.slug, "precondition_required");
    EXPECT_EQ(header.detail.find("body"), std::string::npos);
}

TEST(Etag, AListMatchesAnyAndAWeakTagNothing) {
    EXPECT_EQ(expected("*"), "*");
    EXPECT_EQ(expected("\"v3\" , \"v4\""), "3,4");
    EXPECT_EQ(expected("W/\"v3\""), "none");
    EXPECT_EQ(expected("W/\"v3\", \"v4\""), "4");
    EXPECT_TRUE(Expected{.any = true}.allows(9));
    EXPECT_TRUE((Expected{.versions = {3, 4}}.allows(4)));
    EXPECT_FALSE((Expected{.versions = {3, 4}}.allows(5)));
    front::Request twice;
    twice.headers = {{"If-Match", "\"v3\""}, {"if-match", "\"v4\""}};
    EXPECT_EQ(expected_version(twice, std::nullopt)->versions, (std::vector<std::int64_t>{3, 4}));
}

TEST(Etag, ExpectedVersionIsStrict) {
    for (const auto* bad : {"", "v3", "\"3\"", "\"v\"", "\"v-3\"", "\"v03\"", "\"v3", "*, \"v3\"",
                            "W/", "W/\"v3", "\"v3\",,\"v4\"", "\"v99999999999999999999\""})
        EXPECT_EQ(expected(bad), "invalid_if_match") << bad;
    EXPECT_EQ(expected("\"v3\"", 4), "invalid_if_match");
}

}  // namespace itn::api
