#include "api/front/framing.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/limits.h"

namespace itn::api::front {
namespace {

/// "200" for a head that is taken, else the status it is refused with; 0 while it is incomplete.
int verdict(std::string_view bytes) {
    HeadScanner scanner;
    const auto end = scanner.find_end(bytes);
    if (const auto* fault = std::get_if<FramingFault>(&end)) return fault->status;
    if (std::get<std::size_t>(end) == 0) return 0;
    const auto head = parse_head(bytes.substr(0, std::get<std::size_t>(end)));
    if (const auto* fault = std::get_if<FramingFault>(&head)) return fault->status;
    return 200;
}

std::string with(const std::string& headers) {
    return "POST /x HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

struct Row {
    std::string bytes;
    int status;
};

class Framing : public testing::TestWithParam<Row> {};

TEST_P(Framing, IsStrict) {
    EXPECT_EQ(verdict(GetParam().bytes), GetParam().status) << GetParam().bytes;
}

INSTANTIATE_TEST_SUITE_P(
    RequestLine, Framing,
    testing::Values(
        Row{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", 200},
        Row{"GET /a/b?c=//d HTTP/1.1\r\nHost: h\r\n\r\n", 200}, Row{"GET / HTTP/1.0\r\n\r\n", 200},
        Row{"GET / HTTP/1.0\r\nAuthorization: a\r\n\r\n", 200},
        Row{"GET / HTTP/1.0\r\nAuthorization: a\r\nauthorization: a\r\n\r\n", 400},
        Row{"GET / HTTP/1.1\r\nHost: h\r\n", 0}, Row{"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
        Row{"PRI * HTTP/2.0\r\n\r\n", 505}, Row{"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
        Row{"GET / http/1.1\r\nHost: h\r\n\r\n", 400}, Row{"GET /\r\n\r\n", 400},
        Row{"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{"GET x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{"GET http://h/x HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{"GET /a//b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{"GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{"GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{"GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{std::string("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 28), 400},
        Row{"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{"ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        Row{" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400}));

INSTANTIATE_TEST_SUITE_P(
    Lines, Framing,
    testing::Values(Row{"GET / HTTP/1.1\nHost: h\n\n", 400}, Row{"\n", 400},
                    Row{"GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
                    Row{"GET / HTTP/1.1\r\nHost: h\r\n\n", 400}, Row{with("X: a\r\n b\r\n"), 400},
                    Row{with("X: a\rb\r\n"), 400}, Row{with("X: \x7f\r\n"), 400},
                    Row{with("X: a\x01"
                             "b\r\n"),
                        400},
                    Row{with("X: a\tb \xc3\xa4\r\n"), 200}, Row{with("X:\r\n"), 200},
                    Row{with("X\r\n"), 400}, Row{with(": x\r\n"), 400}, Row{with("X : y\r\n"), 400},
                    Row{with("X(: y\r\n"), 400}));

INSTANTIATE_TEST_SUITE_P(Host, Framing,
                         testing::Values(Row{"GET / HTTP/1.1\r\n\r\n", 400},
                                         Row{with("host: other\r\n"), 400},
                                         Row{"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400}));

INSTANTIATE_TEST_SUITE_P(
    Length, Framing,
    testing::Values(
        Row{with("Content-Length: 5\r\n"), 200}, Row{with("content-length:0\r\n"), 200},
        Row{with("Content-Length: 10000000000\r\n"), 200}, Row{with("Content-Length: \r\n"), 400},
        Row{with("Content-Length: +5\r\n"), 400}, Row{with("Content-Length: -1\r\n"), 400},
        Row{with("Content-Length: 0x5\r\n"), 400}, Row{with("Content-Length: 5, 5\r\n"), 400},
        Row{with("Content-Length: 99999999999999999999999x\r\n"), 400},
        Row{with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        Row{with("Transfer-Encoding: chunked\r\n"), 411},
        Row{with("Transfer-Encoding: identity\r\n"), 411},
        Row{with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
        Row{with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400}));

Head taken(std::string_view bytes) {
    return std::get<Head>(parse_head(bytes));
}

TEST(ParseHead, GivesTheParts) {
    const auto head = taken("PUT /a%20b?x=1?2 HTTP/1.1\r\nHost: h\r\nX-A: \t one two \r\n\r\n");
    EXPECT_EQ(head.method, "PUT");
    EXPECT_EQ(head.path, "/a%20b");
    EXPECT_EQ(head.query, "x=1?2");
    ASSERT_EQ(head.headers.size(), 2U);
    EXPECT_EQ(head.headers[1].first, "X-A");
    EXPECT_EQ(head.headers[1].second, "one two");
}

TEST(ParseHead, TakesALengthThatOverflowsForTheLargest) {
    EXPECT_EQ(taken(with("Content-Length: 10000000000\r\n")).body_size, 10'000'000'000U);
    EXPECT_EQ(taken(with("Content-Length: 99999999999999999999999\r\n")).body_size, UINT64_MAX);
    EXPECT_EQ(taken(with("Content-Length: 0007\r\n")).body_size, 7U);
}

TEST(ParseHead, KnowsWhenAConnectionStaysOpen) {
    const std::string old = "GET / HTTP/1.0\r\n";
    EXPECT_TRUE(taken(with("")).keep_alive);
    EXPECT_FALSE(taken(with("Connection: close\r\n")).keep_alive);
    EXPECT_FALSE(taken(with("Connection: Upgrade, CLOSE\r\n")).keep_alive);
    EXPECT_TRUE(taken(with("Connection: closed\r\n")).keep_alive);
    EXPECT_FALSE(taken(old + "\r\n").keep_alive);
    EXPECT_TRUE(taken(old + "Connection: Keep-Alive\r\n\r\n").keep_alive);
    EXPECT_FALSE(taken(old + "Connection: keep-alive\r\nConnection: close\r\n\r\n").keep_alive);
}

TEST(ParseHead, HearsTheExpectationOfHttp11Only) {
    EXPECT_TRUE(taken(with("Expect: 100-Continue\r\n")).expects_continue);
    EXPECT_FALSE(taken("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

TEST(ParseHead, BoundsTargetAndHeaders) {
    const auto target = [](std::size_t size) {
        return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
    };
    EXPECT_EQ(verdict(target(limits::max_target)), 200);
    EXPECT_EQ(verdict(target(limits::max_target + 1)), 414);
    EXPECT_EQ(verdict(target(limits::max_head + 1)), 414);
    std::string headers;
    for (std::size_t i = 0; i + 1 < limits::max_headers; ++i)
        headers += "A: b\r\n";
    EXPECT_EQ(verdict(with(headers)), 200);
    EXPECT_EQ(verdict(with(headers + "A: b\r\n")), 431);
    EXPECT_EQ(verdict(with("A: " + std::string(limits::max_head, 'b') + "\r\n")), 431);
    EXPECT_EQ(verdict("GET " + std::string(limits::max_head, '/')), 414);
}

TEST(HeadScanner, FindsTheEndWhateverThePieces) {
    const std::string bytes = with("A: b\r\n") + "body";
    for (std::size_t split = 0; split <= bytes.size(); ++split) {
        HeadScanner scanner;
        const auto first = scanner.find_end(std::string_view(bytes).substr(0, split));
        ASSERT_TRUE(std::holds_alternative<std::size_t>(first)) << split;
        EXPECT_EQ(std::get<std::size_t>(first), split < bytes.size() - 4 ? 0 : bytes.size() - 4);
        if (std::get<std::size_t>(first) > 0) continue;
        EXPECT_EQ(std::get<std::size_t>(scanner.find_end(bytes)), bytes.size() - 4) << split;
    }
}

}  // namespace
}  // namespace itn::api::front
