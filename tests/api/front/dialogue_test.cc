// The front against clients that break the rules: each is refused with the right status, told so
// before the connection ends, and leaves nothing behind.

#include "api/front/dialogue.h"

#include <gtest/gtest.h>

#include "tests/api/front/fixture.h"

namespace itn::api::front {
namespace {

class Dialogues : public testing::Test {
protected:
    void TearDown() override { EXPECT_TRUE(is_alive(running_)); }

    Running running_;
};

TEST_F(Dialogues, RefuseAnyTransferEncoding) {
    const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string body = "5\r\nhello\r\n0\r\n\r\n";
    for (std::size_t split = 0; split <= body.size(); ++split) {
        auto client = running_.client();
        client.send(head + body.substr(0, split));
        client.send(body.substr(split));
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply) << split;
        EXPECT_EQ(reply->status, 411);
        EXPECT_EQ(reply->header("Connection"), "close");
    }
}

TEST_F(Dialogues, RefuseAFloodOfSlashes) {
    EXPECT_EQ(status_of(running_, "GET " + std::string(15'000, '/') + " HTTP/1.1\r\n\r\n", true),
              414);
    EXPECT_EQ(status_of(running_, "GET " + std::string(1'500, '/') + " HTTP/1.1\r\n\r\n", true),
              400);
}

TEST_F(Dialogues, LetNothingBeSmuggled) {
    const std::string hidden = "GET /echo/smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
    const auto post = [&](const std::string& headers) {
        return "POST /echo HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n" + hidden;
    };
    const auto length = "Content-Length: " + std::to_string(hidden.size()) + "\r\n";
    EXPECT_EQ(status_of(running_, post(length + "Transfer-Encoding: chunked\r\n"), true), 400);
    EXPECT_EQ(status_of(running_, post(length + "Content-Length: 0\r\n"), true), 400);
    EXPECT_EQ(status_of(running_, post("Content-Length: 10000000\r\n"), true), 413);
    EXPECT_EQ(status_of(running_, post("Content-Length: -1\r\n"), true), 400);
    EXPECT_EQ(status_of(running_, post("Content-Length : 0\r\n"), true), 400);
    EXPECT_EQ(running_.server.counters().requests, 0U);
}

TEST_F(Dialogues, RefuseAHugeLengthBeforeTheBody) {
    for (const auto* length : {"10000000000", "99999999999999999999999"}) {
        auto client = running_.client();
        client.send("POST /big HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::string(length) +
                    "\r\nExpect: 100-continue\r\n\r\n");
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 413);
        EXPECT_TRUE(client.ended_by_server());
    }
}

TEST_F(Dialogues, TellAClientThatIsStillSending) {
    // The reply must not be lost to a reset because bytes came after it.
    auto client = running_.client();
    client.send("GET /echo/1 HTTP/1.1\r\nHost: h\r\nX: ");
    const std::string megabyte(1u << 20, 'x');
    for (int i = 0; i < 10; ++i)
        if (!client.send(megabyte)) break;
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 431);
}

TEST_F(Dialogues, RefuseManyHeaders) {
    std::string head = "GET /echo/1 HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 100; ++i)
        head += "X-" + std::to_string(i) + ": y\r\n";
    EXPECT_EQ(status_of(running_, head + "\r\n", true), 431);
    head = "GET /echo/1 HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 100; ++i)
        head += "X: " + std::string(8192, 'y') + "\r\n";
    EXPECT_EQ(status_of(running_, head + "\r\n", true), 431);
}

TEST_F(Dialogues, RefuseWhatIsNoHttp) {
    EXPECT_EQ(status_of(running_, "\x16\x03\x01\x02\n", true), 400);
    EXPECT_EQ(status_of(running_, "GET / HTTP/3.0\r\n\r\n", true), 505);
    EXPECT_EQ(status_of(running_, "hello\r\n\r\n", true), 400);
    EXPECT_EQ(status_of(running_, "GET /echo/1 HTTP/1.1\nHost: h\n\n", true), 400);
    EXPECT_EQ(running_.server.counters().bad_requests, 4U);
}

TEST_F(Dialogues, SkipAFewEmptyLinesAndNoMore) {
    const auto after = [](int lines) {
        std::string text;
        for (int i = 0; i < lines; ++i)
            text += "\r\n";
        return text + "GET /echo/1 HTTP/1.1\r\nHost: h\r\n\r\n";
    };
    EXPECT_EQ(status_of(running_, after(limits::max_empty_lines)), 200);
    EXPECT_EQ(status_of(running_, after(limits::max_empty_lines + 1), true), 400);
    auto client = running_.client();
    for (int i = 0; i < 3; ++i) {
        client.send(after(limits::max_empty_lines));
        EXPECT_EQ(client.read_reply()->status, 200) << "they are counted per request";
    }
}

TEST_F(Dialogues, EndQuietlyWithAClientThatLeavesHalfway) {
    for (const auto* part :
         {"GET /ec", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"}) {
        auto client = running_.client();
        client.send(part);
        client.finish_sending();
        EXPECT_TRUE(client.ended_by_server()) << part;
    }
    EXPECT_TRUE(eventually([&] { return running_.server.counters().open == 0; }));
}

}  // namespace
}  // namespace itn::api::front
