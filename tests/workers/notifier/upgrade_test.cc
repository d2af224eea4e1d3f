#include "workers/notifier/upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "tests/support/ws_client.h"

namespace itn::workers::notifier {
namespace {

using itn::tests::Headers;
using itn::tests::request_text;
using itn::tests::ws_headers;
using testing::HasSubstr;

constexpr const char* feed = "/api/updates/real-time";

Decision decide(const std::string& head) {
    EXPECT_EQ(head_size(head), head.size());
    return decide_upgrade(head, {"loopback", "https://trade.example"});
}

Headers without(Headers headers, std::string_view name) {
    std::erase_if(headers, [name](const auto& header) { return header.first == name; });
    return headers;
}
Headers with(Headers headers, const std::string& name, const std::string& value) {
    headers = without(std::move(headers), name);
    headers.emplace_back(name, value);
    return headers;
}

TEST(HeadSize, WaitsForTheEmptyLine) {
    EXPECT_EQ(head_size("GET / HTTP/1.1\r\nHost: x\r\n"), std::string::npos);
    EXPECT_EQ(head_size("GET / HTTP/1.1\r\n\r\nmore"), 18u);
}

TEST(DecideUpgrade, AcceptsAWebSocketOnBothPaths) {
    for (const char* path : {feed, "/api/updates/real-time/", "/ws/updates", "/ws/updates?x=1"}) {
        const Decision decision = decide(request_text("GET", path, {}, ws_headers()));
        EXPECT_EQ(decision.asked, Asked::websocket);
        EXPECT_EQ(decision.reply,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    }
    const auto browser =
        with(with(ws_headers(), "Connection", "keep-alive, Upgrade"), "Upgrade", "WebSocket");
    EXPECT_EQ(decide(request_text("GET", feed, {}, browser)).status, 101);
}

TEST(DecideUpgrade, TellsForWhomAProxySpeaks) {
    auto headers = ws_headers();
    EXPECT_EQ(decide(request_text("GET", feed, {}, headers)).forwarded_for, "");
    headers.emplace_back("X-Forwarded-For", "9.9.9.9");
    headers.emplace_back("x-forwarded-for", "192.0.2.7, 10.0.0.1");
    EXPECT_EQ(decide(request_text("GET", feed, {}, headers)).forwarded_for, "192.0.2.7, 10.0.0.1");
}

TEST(DecideUpgrade, AcceptsAnEventStream) {
    const Decision decision = decide(request_text(
        "GET", std::string(feed) + "?subscribe=trade%2Ccargo&since=v1.e.", {},
        {{"Accept", "text/html, text/event-stream;q=0.9"}, {"Last-Event-ID", " v1.e.AAE "}}));
    EXPECT_EQ(decision.asked, Asked::event_stream);
    EXPECT_THAT(decision.reply, HasSubstr("Content-Type: text/event-stream"));
    EXPECT_FALSE(decision.authorization);
    EXPECT_EQ(decide(request_text("GET", feed, {},
                                  {{"Accept", "text/event-stream"}, {"Authorization", "Bearer x"}}))
                  .authorization,
              "Bearer x");
    EXPECT_THAT(decision.query, testing::ElementsAre(
                                    std::pair<std::string, std::string>("subscribe", "trade,cargo"),
                                    std::pair<std::string, std::string>("since", "v1.e.")));
    EXPECT_EQ(decision.last_event_id, "v1.e.AAE");
}

TEST(DecideUpgrade, TellsThatItLives) {
    const Decision decision = decide(request_text("GET", "/livez"));
    EXPECT_EQ(decision.asked, Asked::live);
    EXPECT_THAT(decision.reply, HasSubstr("HTTP/1.1 200 OK"));
}

TEST(DecideUpgrade, RefusesByTheTable) {
    const auto ws = ws_headers();
    const auto get = [](const Headers& headers) { return request_text("GET", feed, {}, headers); };
    struct Row {
        std::string head;
        int status;
        const char* says;
    };
    for (const Row& one : std::initializer_list<Row>{
             {"POST " + get(ws).substr(4), 405, "Allow: GET"},
             {"GET /api/updates/real-time HTTP/1.0\r\nHost: x\r\n\r\n", 505, "HTTP/1.1"},
             {request_text("GET", "/api/other", {}, ws), 404, "no such page"},
             {get({}), 426, "/problems/upgrade_required"},
             {get({}), 426, "\r\nUpgrade: websocket\r\n"},
             {get({}), 426, "Connection: Upgrade, close"},
             {get({{"Accept", "application/json"}}), 426, "upgrade to WebSocket"},
             {get(with(ws, "Upgrade", "h2c")), 426, "Upgrade: websocket"},
             {get(without(ws, "Connection")), 426, "Connection: Upgrade"},
             {get(with(ws, "Sec-WebSocket-Version", "8")), 426, "Sec-WebSocket-Version: 13"},
             {get(without(ws, "Sec-WebSocket-Version")), 426, "Sec-WebSocket-Version: 13"},
             {get(without(ws, "Sec-WebSocket-Key")), 400, "Sec-WebSocket-Key"},
             {get(with(ws, "Sec-WebSocket-Key", "short")), 400, "Sec-WebSocket-Key"},
             {get(with(ws, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR==")), 400, "16 bytes"},
             {get(with(ws, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=x")), 400, "16 bytes"},
             {get(with(ws, "Content-Length", "5")), 400, "no body"},
             {get(with(ws, "Transfer-Encoding", "chunked")), 400, "no body"},
             {get(with(ws, "Host", "second")), 400, "one Host"},
             {get(with(ws, "Origin", "https://evil.example")), 403, "origin"},
             {get(with(ws, "Origin", "http://localhost.evil.example")), 403, "origin"},
             {get(with(ws, "Origin", "null")), 403, "/problems/forbidden"},
             {request_text("GET", std::string(feed) + "?access_token=x", {}, ws), 401, "token"},
             {request_text("GET", std::string(feed) + "?a=%2", {}, ws), 400, "query"},
             {request_text("GET", "/" + std::string(limits::max_target, 'a')), 414, "too long"},
             {"GET / HTTP/1.1\r\nHost: x\nBare: lf\r\n\r\n", 400, "well-formed"},
             {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400, "well-formed"},
             {"\x16\x03\x01 nonsense\r\n\r\n", 400, "well-formed"},
         }) {
        const Decision decision = decide(one.head);
        EXPECT_EQ(decision.asked, Asked::refused) << one.head;
        EXPECT_EQ(decision.status, one.status) << one.head;
        EXPECT_THAT(decision.reply, HasSubstr("HTTP/1.1 " + std::to_string(one.status)));
        EXPECT_THAT(decision.reply, HasSubstr(one.says)) << one.head;
        EXPECT_THAT(decision.reply, HasSubstr("application/problem+json"));
    }
    Headers many = ws;
    for (std::size_t i = 0; i < limits::max_headers; ++i)
        many.emplace_back("X-Many", "1");
    EXPECT_EQ(decide(get(many)).status, 400);
}

TEST(DecideUpgrade, OffersNoUpgradeToWhoMaySpeakHttp2) {
    const Decision decision =
        decide(request_text("GET", feed, {}, {{"X-Forwarded-Proto", "https"}}));
    EXPECT_EQ(decision.status, 426);
    EXPECT_THAT(decision.reply, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(decision.reply, testing::Not(HasSubstr("Upgrade: websocket\r\n")));
}

TEST(DecideUpgrade, RefusalsNameTheRequestAndItsTrace) {
    const std::string trace = "0af7651916cd43dd8448eb211c80319c";
    const Decision decision = decide(request_text(
        "GET", "/ws/updates?a=1", {}, {{"traceparent", "00-" + trace + "-b7ad6b7169203331-01"}}));
    EXPECT_THAT(decision.reply, HasSubstr(R"("instance":"/ws/updates")"));
    EXPECT_THAT(decision.reply, HasSubstr(R"("traceId":")" + trace));
    EXPECT_EQ(decision.occasion.trace_id, trace);
}

TEST(DecideUpgrade, LetsLoopbackAndListedOriginsIn) {
    for (const char* origin : {"http://localhost", "http://localhost:3000", "https://127.0.0.1:8",
                               "http://[::1]:65535", "https://trade.example"}) {
        const auto headers = with(ws_headers(), "Origin", origin);
        EXPECT_EQ(decide(request_text("GET", feed, {}, headers)).status, 101) << origin;
    }
    const Decision stream = decide(request_text(
        "GET", feed, {}, {{"Accept", "text/event-stream"}, {"Origin", "http://localhost:1"}}));
    EXPECT_THAT(stream.reply, HasSubstr("Access-Control-Allow-Origin: http://localhost:1\r\n"));
    const auto local = with(ws_headers(), "Origin", "http://localhost");
    EXPECT_EQ(
        decide_upgrade(request_text("GET", feed, {}, local), {"http://localhost:3000"}).status, 403)
        << "without the word the list is exact";
    for (const char* origin : {"http://localhost:", "http://localhost:1a", "localhost",
                               "ftp://localhost", "http://localhost:123456"})
        EXPECT_FALSE(is_loopback_origin(origin)) << origin;
}

}  // namespace
}  // namespace itn::workers::notifier
