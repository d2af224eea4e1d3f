// WebSocket clients that are not ours see every step of a trade, in order: npm's ws and Debian's
// python3-websockets, each a program of its own.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/system.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class ClientsTest : public testing::TestWithParam<std::vector<std::string>> {
protected:
    static void SetUpTestSuite() {
        system_ = new System;
        system_->add_market();
    }
    static void TearDownTestSuite() {
        delete system_;
        system_ = nullptr;
    }

    std::vector<json> frames() const {
        std::vector<json> all;
        std::ifstream file(log_);
        for (std::string line; std::getline(file, line);) {
            all.push_back(json::parse(line, nullptr, false));
        }
        return all;
    }
    std::vector<std::string> events_of(const std::string& subject) const {
        std::vector<std::string> kinds;
        for (const json& frame : frames()) {
            if (frame.value("type", "") == "event" && frame.value("subject", "") == subject) {
                kinds.push_back(frame.at("event"));
            }
        }
        return kinds;
    }

    static System* system_;
    std::string log_;
};

System* ClientsTest::system_ = nullptr;

TEST_P(ClientsTest, sees_every_step_in_order) {
    log_ = system_->directory() + "/client-" + std::to_string(GetParam().size()) + ".log";
    std::vector<std::string> arguments = GetParam();
    const std::string url =
        "ws://127.0.0.1:" + std::to_string(system_->notifier_port()) + "/api/updates/real-time";
    arguments.insert(arguments.end(), {url, R"(["trade","cargo"])", "7"});
    Child client(arguments, {{"ITN_TOKEN", system_->admin_token()}}, log_);
    ASSERT_TRUE(eventually([&] { return !frames().empty(); }, 20s)) << "no hello";
    EXPECT_EQ(frames().front().value("type", ""), "hello");

    const Answer posted =
        system_->send("POST", "/api/trades", system_->trade_body("ceres", "europa", "ice", 5),
                      {{"Prefer", "wait=10"}});
    ASSERT_EQ(posted.status, 201) << posted.body;
    const std::string trade = posted.body.at("transactionId");
    std::string shipment;
    ASSERT_TRUE(eventually([&] {
        shipment = system_->get("/api/trades/" + trade).body.value("shipmentId", "");
        return !shipment.empty();
    }));
    for (const char* status : {"in_transit", "delivered"}) {
        const Answer moved = system_->send("PUT", "/api/cargo/" + shipment + "/status",
                                           {{"status", status}}, {{"Prefer", "wait=10"}});
        ASSERT_EQ(moved.status, 200) << moved.body;
    }
    EXPECT_EQ(client.wait(30s), 0);
    EXPECT_EQ(events_of(trade),
              (std::vector<std::string>{"trade.confirmed", "trade.in_transit", "trade.completed"}));
    EXPECT_EQ(events_of(shipment), (std::vector<std::string>{"cargo.created", "cargo.loaded",
                                                             "cargo.departed", "cargo.delivered"}));
    std::string before;
    for (const json& frame : frames()) {
        EXPECT_NE(frame.value("position", ""), before);
        before = frame.value("position", "");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Clients, ClientsTest,
    testing::Values(std::vector<std::string>{"/usr/bin/python3",
                                             ITN_SOURCE_DIR "/tests/e2e/clients/watch.py"},
                    std::vector<std::string>{"/usr/bin/env", "node",
                                             ITN_SOURCE_DIR "/tests/e2e/clients/watch.mjs"}),
    [](const auto& test) { return test.param.size() == 2 ? "python" : "node"; });

}  // namespace
}  // namespace itn::tests
