#include "workers/notifier/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace itn::workers::notifier {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json body_of(const Refusal& refusal) {
    return json::parse(refusal.reply.substr(refusal.reply.find("\r\n\r\n") + 4));
}

TEST(Refusal, IsAProblemOfTheTable) {
    const auto refused = refusal("forbidden", "not this page",
                                 {.instance = "/ws/updates", .trace_id = "0af7651916cd43dd"});
    EXPECT_EQ(refused.status, 403);
    EXPECT_THAT(refused.reply, testing::StartsWith("HTTP/1.1 403 Forbidden\r\n"));
    EXPECT_THAT(refused.reply, HasSubstr("Content-Type: application/problem+json\r\n"));
    EXPECT_THAT(refused.reply, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(body_of(refused), json::parse(R"({"type":"/problems/forbidden",
        "title":"You may not do this","status":403,"detail":"not this page",
        "instance":"/ws/updates","traceId":"0af7651916cd43dd"})"));
}

TEST(Refusal, WithoutARequestHasATraceOfItsOwn) {
    const json body = body_of(refusal("request_timeout", "too slow"));
    EXPECT_FALSE(body.contains("instance"));
    EXPECT_EQ(body.at("traceId").get<std::string>().size(), 32u);
}

TEST(Refusal, OutsideBytesDoNotBreakIt) {
    EXPECT_EQ(body_of(refusal("not_found", "nothing", {.instance = "/\"\xff"})).at("instance"),
              "/\"\xef\xbf\xbd");
}

}  // namespace
}  // namespace itn::workers::notifier
