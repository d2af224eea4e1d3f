// Bad input at both ends of the queue: what the door must keep out, and what a worker must put
// aside.

#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/system.h"
#include "tests/support/process.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class HostileTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        system_ = new System;
        system_->add_market();
    }
    static void TearDownTestSuite() {
        delete system_;
        system_ = nullptr;
    }

    std::string outcomes() { return system_->sql("SELECT count(*) FROM outcome"); }
    json trade() { return system_->trade_body("ceres", "europa", "ice", 1); }

    static System* system_;
};

System* HostileTest::system_ = nullptr;

TEST_F(HostileTest, keeps_bad_requests_out_of_the_queue) {
    struct Row {
        const char* what;
        std::string body;
        int status;
    };
    json unknown_station = trade(), unknown_product = trade(), same = trade(), extra = trade();
    unknown_station["seller"] = "nowhere";
    unknown_product["items"][0]["productId"] = "nothing";
    same["buyer"] = "ceres";
    extra["price"] = 1;
    const auto quantity = [&](const std::string& text) {
        std::string body = trade().dump();
        const std::string from = "\"quantity\":1";
        return body.replace(body.find(from), from.size(), "\"quantity\":" + text);
    };
    const Row rows[] = {
        {"malformed", "{\"tradeType\":", 400},
        {"trailing bytes", trade().dump() + "x", 400},
        {"a BOM", "\xEF\xBB\xBF" + trade().dump(), 400},
        {"an array", "[]", 400},
        {"unknown field", extra.dump(), 400},
        {"unknown station", unknown_station.dump(), 422},
        {"unknown product", unknown_product.dump(), 422},
        {"same seller and buyer", same.dump(), 422},
        {"quantity 0", quantity("0"), 422},
        {"quantity -1", quantity("-1"), 422},
        {"quantity 2^63", quantity("9223372036854775808"), 400},
        {"quantity 1.5", quantity("1.5"), 400},
        {"quantity 1e3", quantity("1e3"), 400},
        {"quantity as text", quantity("\"5\""), 400},
        {"quantity null", quantity("null"), 400},
        {"65 KiB", std::string(65 * 1024, ' '), 413},
    };
    const std::string before = outcomes();
    for (const Row& row : rows) {
        Answer answer = system_->send_text("POST", "/api/trades", row.body);
        EXPECT_EQ(answer.status, row.status) << row.what << ' ' << answer.body;
        EXPECT_EQ(answer.headers["content-type"], "application/problem+json") << row.what;
    }
    EXPECT_EQ(
        system_->send_text("POST", "/api/trades", "x", {{"Content-Type", "text/plain"}}).status,
        415);
    Answer wrong_method = system_->send("DELETE", "/api/trades", {});
    EXPECT_EQ(wrong_method.status, 405);
    EXPECT_FALSE(wrong_method.headers["allow"].empty());
    // A good one behind them proves that nothing of them was still on its way.
    EXPECT_EQ(system_->send("POST", "/api/trades", trade(), {{"Prefer", "wait=10"}}).status, 201);
    const std::string after = std::to_string(std::stoll(before) + 2);  // the trade and its loading
    ASSERT_TRUE(eventually([&] { return outcomes() == after && system_->is_settled(); }));
    EXPECT_EQ(outcomes(), after);
}

TEST_F(HostileTest, parks_garbage_and_applies_its_neighbours) {
    const std::string script = system_->directory() + "/publish.py";
    std::ofstream(script) << R"(
import sys, pika
connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
for body in [b'\x00\xffgarbage', b'[{"id":"x"}]', b'{"not":"an array"}', b'[]']:
    for shard in range(4):
        channel.basic_publish('', 'itn.trade.%02d' % shard, body)
connection.close()
)";
    const Ran ran = run_program({"/usr/bin/python3", script, system_->amqp_url()});
    ASSERT_EQ(ran.code, 0) << ran.output;
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(system_->send("POST", "/api/trades", trade(), {{"Prefer", "wait=10"}}).status,
                  201);
    }
    EXPECT_TRUE(eventually([&] { return system_->sql("SELECT count(*) FROM parked") == "12"; }))
        << system_->sql("SELECT count(*) FROM parked");
    EXPECT_EQ(system_->sql("SELECT count(*) FROM parked WHERE reason = '' OR detail = ''"), "0");
    EXPECT_TRUE(system_->process("itn-trade-worker").is_running());
    ASSERT_TRUE(eventually([&] { return system_->is_settled(); }));
    EXPECT_EQ(system_->audit(), std::nullopt);
}

}  // namespace
}  // namespace itn::tests
