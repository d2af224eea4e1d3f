#include "api/front/render.h"

#include <gtest/gtest.h>

namespace itn::api::front {
namespace {

constexpr std::string_view date = "Fri, 20 Nov 2026 08:00:00 GMT";

std::string rendered(const Reply& reply, Rendering rendering = {}) {
    rendering.date = date;
    std::string out;
    append_reply(out, reply, rendering);
    return out;
}

Reply sample(int status) {
    return {.status = status, .body = "{}", .content_type = "application/json", .headers = {}};
}

const std::string plain =
    "HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 08:00:00 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: 2\r\n";

TEST(AppendReply, WritesTheWholeReply) {
    EXPECT_EQ(rendered(sample(200)), plain + "\r\n{}");
    EXPECT_EQ(rendered(sample(200), {.to_head = true, .date = {}}), plain + "\r\n");
    EXPECT_EQ(rendered(sample(200), {.close = true, .date = {}}),
              plain + "Connection: close\r\n\r\n{}");
    EXPECT_EQ(rendered(sample(200), {.to_1_0 = true, .date = {}}),
              plain + "Connection: keep-alive\r\n\r\n{}");
}

TEST(AppendReply, GivesNoBodyWhereNoneMayBe) {
    for (const int status : {204, 304}) {
        const auto text = rendered(sample(status));
        EXPECT_EQ(text.find("Content-Length"), std::string::npos);
        EXPECT_TRUE(text.ends_with("GMT\r\n\r\n"));
    }
}

TEST(AppendReply, SendsA500ForAStatusThatIsNone) {
    EXPECT_TRUE(rendered(sample(0)).starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    EXPECT_TRUE(rendered(sample(1000)).starts_with("HTTP/1.1 500 "));
}

TEST(AppendReply, LetsNoHeaderBreakOut) {
    Reply reply = sample(200);
    reply.headers = {{"X-A", "a\r\nSet-Cookie: b"}, {"X B", "c"},        {"content-length", "9"},
                     {"X-Nul", {"a\0b", 3}},        {"Connection", "x"}, {"Location", "/ok"}};
    EXPECT_EQ(rendered(reply),
              plain + "X-A: a  Set-Cookie: b\r\nX-Nul: a b\r\nLocation: /ok\r\n\r\n{}");
}

TEST(DateLine, IsTheDateOfRfc9110) {
    DateLine line;
    EXPECT_EQ(line.at(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(line.at(784111778), "Sun, 06 Nov 1994 08:49:38 GMT");
}

}  // namespace
}  // namespace itn::api::front
