#include "common/runtime/admin.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <system_error>
#include <thread>

#include "common/base/limits.h"

namespace itn::runtime {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// A client's socket on loopback; reads give up after five seconds.
class Client final {
public:
    explicit Client(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
        const timeval patience{.tv_sec = 5, .tv_usec = 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~Client() { close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool connected() const { return connected_; }
    void send(std::string_view bytes) { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    /// Until the other side closes.
    std::string read_all() {
        std::string all;
        std::array<char, 4096> chunk{};
        for (ssize_t n = 0; (n = recv(socket_, chunk.data(), chunk.size(), 0)) > 0;)
            all.append(chunk.data(), static_cast<std::size_t>(n));
        return all;
    }

private:
    int socket_;
    bool connected_ = false;
};

class AdminTest : public testing::Test {
protected:
    AdminTest() {
        health.add("postgres", [this]() -> std::optional<std::string> {
            return healthy ? std::nullopt : std::optional<std::string>("connection refused");
        });
        add_process_metrics(metrics);
        std::promise<std::uint16_t> started;
        thread = std::jthread([this, &started] {
            Admin admin(loop, Endpoint{}, health, metrics);
            started.set_value(admin.port());
            loop.run();
        });
        port = started.get_future().get();
    }
    ~AdminTest() override { loop.stop(); }

    std::string ask(std::string_view request) {
        Client client(port);
        client.send(request);
        return client.read_all();
    }
    std::string get(const std::string& target) {
        return ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    }

    Loop loop;
    Health health;
    Metrics metrics;
    std::atomic<bool> healthy{true};
    std::uint16_t port = 0;
    std::jthread thread;
};

TEST_F(AdminTest, ServesLiveReadyAndMetrics) {
    EXPECT_NE(port, 0);
    EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(get("/readyz"), EndsWith("\r\n\r\nready\n"));
    EXPECT_THAT(get("/readyz?verbose"), HasSubstr("[+]postgres ok\n"));
    const auto page = get("/metrics");
    EXPECT_THAT(page, HasSubstr("Content-Type: text/plain; version=0.0.4"));
    EXPECT_THAT(page, HasSubstr("\nitn_build_info{"));
}

TEST_F(AdminTest, AFailingCheckIs503WithItsReason) {
    healthy = false;
    const auto reply = get("/readyz");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_THAT(reply, HasSubstr("[-]postgres failed: connection refused\n"));
    EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminTest, RefusesOtherPathsMethodsAndNonsense) {
    EXPECT_THAT(get("/"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(get("/livezz"), StartsWith("HTTP/1.1 404 "));
    const auto post = ask("POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    EXPECT_THAT(post, StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(post, HasSubstr("Allow: GET\r\n"));
    EXPECT_THAT(ask("hello\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask(std::string("\0\0\0\0", 4)), StartsWith("HTTP/1.1 400 "));
}

TEST_F(AdminTest, ARequestInPiecesIsOneRequest) {
    Client client(port);
    for (const char c : std::string("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"))
        client.send(std::string_view(&c, 1));
    EXPECT_THAT(client.read_all(), EndsWith("ok\n"));
}

TEST_F(AdminTest, AnEndlessHeadIsRefused) {
    const auto reply =
        ask("GET /livez HTTP/1.1\r\nX: " + std::string(limits::max_admin_request + 1, 'a'));
    EXPECT_THAT(reply, testing::AnyOf(StartsWith("HTTP/1.1 400 "), testing::IsEmpty()));
    EXPECT_THAT(get("/livez"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminTest, IdleClientsBeyondTheBoundAreTurnedAway) {
    std::vector<std::unique_ptr<Client>> idle;
    for (std::size_t i = 0; i < limits::max_admin_connections; ++i)
        idle.push_back(std::make_unique<Client>(port));
    EXPECT_EQ(get("/livez"), "");
    idle.clear();
    std::string reply;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (reply.empty() && std::chrono::steady_clock::now() < deadline)
        reply = get("/livez");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 "));
}

TEST_F(AdminTest, APortInUseIsSaidPlainly) {
    Loop other;
    try {
        const Admin admin(other, Endpoint{.port = port}, health, metrics);
        FAIL() << "two listeners on one port";
    } catch (const std::system_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(port)));
    }
}

}  // namespace
}  // namespace itn::runtime
