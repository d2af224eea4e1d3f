// The front as a well-behaved client sees it.

#include "api/front/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/api/front/fixture.h"

namespace itn::api::front {
namespace {

using testing::HasSubstr;
using tests::request_text;

class Front : public testing::Test {
protected:
    Running running_;
};

TEST_F(Front, AnswersAtOnceAndFromOtherThreads) {
    auto client = running_.client();
    EXPECT_EQ(client.request("GET", "/echo/a%20b%2Fc?a=x+y&a=2")->body, "a b/c|x y");
    EXPECT_EQ(client.request("GET", "/later/token")->body, "token");
    EXPECT_EQ(client.request("POST", "/echo", "some body")->body, "some body");
    EXPECT_EQ(client.request("POST", "/echo")->body, "");
    EXPECT_TRUE(eventually([&] { return running_.server.counters().pending == 0; }));
    const auto counters = running_.server.counters();
    EXPECT_EQ(counters.accepted, 1U);
    EXPECT_EQ(counters.requests, 4U);
    EXPECT_EQ(counters.replies, 4U);
}

TEST_F(Front, GivesTheHandlerTheWholeRequest) {
    const auto reply = ask(running_, "GET", "/mirror?b=1&a=%C3%A4", {},
                           {{"Accept", "text/html,"},
                            {"Cache-Control", "stale-while-revalidate=5"},
                            {"Cookie", "junk"},
                            {"Authorization", "no scheme"},
                            {"Content-Type", "x"},
                            {"X-Twice", "1"},
                            {"X-Twice", "2"}});
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body,
              "GET /mirror at /mirror from 127.0.0.1\nquery b=1\nquery a=\xc3\xa4\nHost: test\n"
              "Accept: text/html,\nCache-Control: stale-while-revalidate=5\nCookie: junk\n"
              "Authorization: no scheme\nContent-Type: x\nX-Twice: 1\nX-Twice: 2\n");
}

TEST(Request, FindsItsParts) {
    Request request;
    request.params = {{"id", "7"}};
    request.query = {{"a", "1"}, {"a", "2"}, {"b", ""}};
    request.headers = {{"Content-Type", "x"}, {"content-type", "y"}};
    EXPECT_EQ(request.param("id"), "7");
    EXPECT_EQ(request.param(":id"), "7");
    EXPECT_EQ(request.param("other"), "");
    EXPECT_EQ(request.query_value("a"), "1");
    EXPECT_EQ(request.query_value("b"), "");
    EXPECT_EQ(request.query_value("c"), std::nullopt);
    EXPECT_EQ(request.header("CONTENT-TYPE"), "x");
    EXPECT_EQ(request.header("content"), std::nullopt);
}

TEST_F(Front, SendsDateAndNoServer) {
    const auto reply = ask(running_, "GET", "/echo/1");
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->header("Date")->ends_with(" GMT"));
    EXPECT_FALSE(reply->header("Server"));
    EXPECT_FALSE(reply->header("Connection"));
    EXPECT_EQ(reply->header("Content-Type"), "text/plain");
}

TEST_F(Front, LetsNoHeaderBreakOut) {
    const auto reply = ask(running_, "GET", "/header/a%0d%0aSet-Cookie:%20b");
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->header("X-Value"), "a  Set-Cookie: b");
    EXPECT_FALSE(reply->header("Set-Cookie"));
}

TEST_F(Front, KnowsItsPathsAndMethods) {
    auto client = running_.client();
    for (const auto* path : {"/", "/nope", "/echo", "/%2e%2e/echo/1", "/../echo/1"}) {
        const auto reply = client.request("GET", path);
        ASSERT_TRUE(reply) << path;
        EXPECT_EQ(reply->status, path == std::string_view("/echo") ? 405 : 404) << path;
        EXPECT_EQ(reply->header("Content-Type"), "application/problem+json");
    }
    for (const auto* method : {"POST", "DELETE", "TRACE", "CONNECT", "BREW"}) {
        const auto reply = client.request(method, "/echo/1", {});
        ASSERT_TRUE(reply) << method;
        EXPECT_EQ(reply->status, 405) << method;
        EXPECT_EQ(reply->header("Allow"), "GET, HEAD, OPTIONS") << method;
    }
    EXPECT_EQ(client.request("PUT", "/nope", "the body is read all the same")->status, 404);
    const auto options = client.request("OPTIONS", "/echo");
    EXPECT_EQ(options->status, 204);
    EXPECT_EQ(options->header("Allow"), "POST, OPTIONS");
    EXPECT_EQ(client.request("GET", "/echo/still-open")->body, "still-open|none");
}

TEST_F(Front, AnswersHeadWithoutABody) {
    auto client = running_.client();
    for (const auto* target : {"/echo/1", "/later/1", "/nope"}) {
        const auto reply = client.request("HEAD", target);
        ASSERT_TRUE(reply) << target;
        EXPECT_NE(reply->header("Content-Length"), "0") << target;
    }
    EXPECT_EQ(client.request("GET", "/echo/2")->body, "2|none") << "nothing came after the heads";
}

TEST_F(Front, RefusesWhatIsNoUtf8) {
    auto client = running_.client();
    for (const auto* target :
         {"/echo/%ff", "/echo/%00", "/echo/%zz", "/echo/%", "/echo/1?a=%C3", "/echo/1?%00=a"}) {
        const auto reply = client.request("GET", target);
        ASSERT_TRUE(reply) << target;
        EXPECT_EQ(reply->status, 400) << target;
    }
    EXPECT_EQ(running_.server.counters().bad_requests, 6U);
}

TEST_F(Front, KeepsConnectionsAsAsked) {
    auto client = running_.client();
    const auto closing = client.request("GET", "/later/1", {}, {{"Connection", "close"}});
    EXPECT_EQ(closing->header("Connection"), "close");
    EXPECT_TRUE(client.ended_by_server());

    auto old = running_.client();
    old.send("GET /echo/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(old.read_reply()->header("Connection"), "keep-alive");
    old.send("GET /echo/2 HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.read_reply()->body, "2|none");
    EXPECT_TRUE(old.ended_by_server());
}

TEST_F(Front, AnswersAfterTheClientHasFinishedSending) {
    for (const auto* target : {"/echo/1", "/later/1"}) {
        auto client = running_.client();
        client.send(request_text("GET", target) + request_text("GET", target));
        client.finish_sending();
        EXPECT_TRUE(client.read_reply()) << target;
        EXPECT_TRUE(client.read_reply()) << target;
        EXPECT_TRUE(client.ended_by_server()) << target;
    }
    EXPECT_TRUE(eventually([&] { return running_.server.counters().open == 0; }));
}

TEST_F(Front, AnswersPipelinedRequestsInOrder) {
    auto client = running_.client();
    std::string bytes = "\r\n";
    for (int i = 0; i < 200; ++i)
        bytes += request_text("GET", (i % 3 ? "/echo/" : "/later/") + std::to_string(i)) +
                 (i % 7 ? "" : "\r\n");
    ASSERT_TRUE(client.send(bytes));
    for (int i = 0; i < 200; ++i) {
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply) << i;
        EXPECT_EQ(reply->body, std::to_string(i) + (i % 3 ? "|none" : ""));
    }
}

TEST_F(Front, PushesBackOnAPipelineBehindAPendingReply) {
    auto client = running_.client(std::chrono::seconds(1));
    const std::string one = request_text("POST", "/echo", std::string(60'000, 'b'));
    ASSERT_TRUE(client.send(request_text("GET", "/held")));
    int sent = 0;  // Without a bound the front would swallow them all.
    while (sent < 1'000 && client.send(one))
        ++sent;
    EXPECT_LT(sent, 1'000);
    running_.held(1).front().reply({});
    EXPECT_EQ(client.read_reply()->status, 200);
    for (int i = 0; i < std::min(sent, 20); ++i) {
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply) << i;
        ASSERT_EQ(reply->body.size(), 60'000U) << i;
    }
}

TEST_F(Front, TakesRequestsInAnyPieces) {
    const std::string bytes = request_text("POST", "/echo?x=1", "the body");
    for (std::size_t split = 1; split < bytes.size(); ++split) {
        auto client = running_.client();
        client.send(bytes.substr(0, split));
        client.send(bytes.substr(split));
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply) << split;
        EXPECT_EQ(reply->body, "the body");
    }
    auto client = running_.client();
    for (const char byte : bytes)
        client.send({&byte, 1});
    EXPECT_EQ(client.read_reply()->body, "the body");
}

TEST_F(Front, SendsContinueWhenTheBodyIsToCome) {
    auto client = running_.client();
    const std::string head =
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    client.send(head);
    EXPECT_EQ(client.read_reply()->status, 100);
    client.send("body");
    EXPECT_EQ(client.read_reply()->body, "body");
    client.send(head + "body");
    EXPECT_EQ(client.read_reply()->body, "body") << "the body is there, nothing is asked";
    client.send(
        "POST /nope HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
        "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_reply()->status, 404);
    EXPECT_TRUE(client.ended_by_server());
}

TEST_F(Front, BoundsTheBodyByTheRoute) {
    const std::string fits(limits::max_body, 'b');
    EXPECT_EQ(ask(running_, "POST", "/echo", fits)->body.size(), fits.size());
    EXPECT_EQ(ask(running_, "POST", "/echo", fits + "b")->status, 413);
    EXPECT_EQ(ask(running_, "POST", "/nope", fits + "b")->status, 413);
    const std::string batch(limits::max_batch_body, 'b');
    EXPECT_EQ(ask(running_, "POST", "/big", batch)->body.size(), batch.size());
}

TEST_F(Front, AnswersForHandlersThatDoNot) {
    auto client = running_.client();
    for (const auto* target : {"/throw", "/throw-int", "/forget"}) {
        const auto reply = client.request("GET", target);
        ASSERT_TRUE(reply) << target;
        EXPECT_EQ(reply->status, 500) << target;
        EXPECT_THAT(reply->body, testing::Not(HasSubstr("secret")));
    }
    EXPECT_EQ(running_.server.counters().faults, 3U);
    EXPECT_EQ(client.request("GET", "/echo/1")->status, 200);
}

}  // namespace
}  // namespace itn::api::front
