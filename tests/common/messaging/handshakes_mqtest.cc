// The broker as it is configured, against who only opens connections: what never finishes its
// handshake is cut off, and those who speak properly do not notice.

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <vector>

#include "tests/common/messaging/rabbit_world.h"
#include "tests/support/http_client.h"

namespace itn::messaging {
namespace {

using Clock = std::chrono::steady_clock;
using tests::HttpClient;

/// Whether the other side ends the connection before `end`; what it says is thrown away.
bool ends(int descriptor, Clock::time_point end) {
    char bytes[512];
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
        pollfd one{.fd = descriptor, .events = POLLIN, .revents = 0};
        if (left < 0 || ::poll(&one, 1, static_cast<int>(left) + 1) <= 0) return false;
        if (::recv(descriptor, bytes, sizeof bytes, 0) <= 0) return true;
    }
}

class Handshakes : public testing::Test {
protected:
    static void set_timeout(int milliseconds) {
        tests::private_rabbitmq().control(
            {"eval", "application:set_env(rabbit, handshake_timeout, " +
                         std::to_string(milliseconds) + ")."});
    }
    void TearDown() override { set_timeout(10'000); }
};

TEST_F(Handshakes, that_are_never_finished_end_and_hinder_nobody) {
    auto& server = tests::private_rabbitmq();
    EXPECT_NE(server.control({"eval", "application:get_env(rabbit, handshake_timeout)."})
                  .find("{ok,10000}"),
              std::string::npos)
        << "what it is unless somebody says otherwise";
    set_timeout(3'000);
    const std::string amqp("AMQP\0\0\x09\x01", 8);
    const std::string openings[] = {"",
                                    "AM",
                                    amqp,
                                    amqp + std::string(64, '\xff'),
                                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                                    std::string(4'096, '\x16')};
    const auto port = parse_broker_url(server.url()).value().port;
    std::vector<HttpClient> strangers;
    for (int i = 0; i < 300; ++i) {
        strangers.emplace_back(port);
        strangers.back().send(openings[std::size_t(i) % std::size(openings)]);
    }
    const auto end = Clock::now() + std::chrono::seconds(30);
    RabbitWorld world;
    EXPECT_NO_THROW(world.queue("beside strangers", 10));
    int left = 0;
    for (const auto& stranger : strangers)
        left += ends(stranger.descriptor(), end) ? 0 : 1;
    EXPECT_EQ(left, 0) << "of 300 are still there";
    EXPECT_NO_THROW(world.queue("after strangers", 10));
}

}  // namespace
}  // namespace itn::messaging
