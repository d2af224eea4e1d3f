#include "common/messaging/connection.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "tests/common/messaging/desk.h"

namespace itn::messaging {
namespace {

/// Listens on a free loopback port; serve() answers the first client's greeting with `bytes`.
class OneAnswer {
public:
    OneAnswer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(bind(listener_, generic, size), 0);
        EXPECT_EQ(getsockname(listener_, generic, &size), 0);
        port = ntohs(address.sin_port);
    }
    ~OneAnswer() { close(listener_); }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;

    std::jthread serve(std::string bytes) {
        EXPECT_EQ(listen(listener_, 1), 0);
        return std::jthread([this, bytes = std::move(bytes)] {
            const int client = accept(listener_, nullptr, nullptr);
            char greeting[8];
            EXPECT_EQ(recv(client, greeting, sizeof greeting, MSG_WAITALL), 8);
            EXPECT_EQ(std::string_view(greeting, 4), "AMQP");
            send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            close(client);
        });
    }
    std::uint16_t port = 0;

private:
    int listener_;
};

/// Connects and waits for the end; its reason.
std::string end_of(const std::string& host, std::uint16_t port) {
    Desk desk;
    std::vector<std::string> reasons;
    BrokerUrl url;
    url.host = host;
    url.port = port;
    Connection connection(desk.loop, settings_for(url, {}, "test"),
                          {.on_open = [] { FAIL() << "opened"; },
                           .on_blocked = [](bool, const std::string&) {},
                           .on_method = [](std::uint16_t, const amqp_method_t&) {},
                           .on_content = [](const Content&) {},
                           .before_flush = [] {},
                           .on_closed = [&](std::string reason) { reasons.push_back(reason); }});
    EXPECT_TRUE(reasons.empty()) << "called from inside the constructor";
    EXPECT_TRUE(desk.until([&] { return !reasons.empty(); }));
    for (int turn = 0; turn < 10; ++turn)
        desk.loop.run_once();
    EXPECT_EQ(reasons.size(), 1U);
    return reasons.front();
}

TEST(Connection, says_that_nobody_listens) {
    const OneAnswer closed;
    EXPECT_EQ(
        end_of("127.0.0.1", closed.port),
        "cannot connect to 127.0.0.1:" + std::to_string(closed.port) + ": connection refused");
}

TEST(Connection, says_that_a_name_is_no_host) {
    EXPECT_NE(end_of(std::string(300, 'a'), 1).find("host 'aaaa"), std::string::npos);
}

TEST(Connection, says_that_the_peer_is_no_broker) {
    OneAnswer peer;
    const auto serving = peer.serve("HTTP/1.1 400 Bad Request\r\n\r\n");
    EXPECT_EQ(end_of("127.0.0.1", peer.port), "not AMQP 0-9-1, or a frame larger than agreed");
}

TEST(Connection, says_that_the_broker_hung_up) {
    OneAnswer peer;
    const auto serving = peer.serve("");
    EXPECT_EQ(end_of("127.0.0.1", peer.port), "the broker closed the connection");
}

TEST(Connection, ends_once_when_messages_come_before_the_handshake) {
    OneAnswer peer;
    ByteBuffer out;
    FrameWriter(out).method(0, AMQP_CONNECTION_OPEN_OK_METHOD, amqp_connection_open_ok_t{});
    const auto serving = peer.serve(std::string(out.view()));
    EXPECT_EQ(end_of("127.0.0.1", peer.port), "connection.open-ok out of turn");
}

TEST(Connection, passes_on_what_the_broker_says_when_it_closes) {
    OneAnswer peer;
    ByteBuffer out;
    FrameWriter(out).method(0, AMQP_CONNECTION_CLOSE_METHOD,
                            amqp_connection_close_t{.reply_code = 403,
                                                    .reply_text = amqp_view("ACCESS_REFUSED"),
                                                    .class_id = 0,
                                                    .method_id = 0});
    const auto serving = peer.serve(std::string(out.view()));
    EXPECT_EQ(end_of("127.0.0.1", peer.port), "the broker said 403 ACCESS_REFUSED");
}

TEST(settings_for, names_the_file_that_cannot_be_used) {
    BrokerUrl url;
    url.host = "localhost";
    url.tls = true;
    try {
        settings_for(url,
                     {.ca_file = "/nonexistent/ca.pem", .certificate_file = "", .key_file = ""},
                     "test");
        FAIL() << "accepted";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("/nonexistent/ca.pem"), std::string::npos);
    }
}

}  // namespace
}  // namespace itn::messaging
