// What must hold when parts die: every accepted command ends in exactly one outcome, the ledger
// adds up, and a broker that is away is a 503, never a hang.

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "common/base/lane.h"
#include "tests/e2e/system.h"
#include "tests/support/private_rabbitmq.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class SurvivalTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        system_ = new System;
        for (int i = 0; i < 8; ++i) {
            system_->add_station("s" + std::to_string(i));
            system_->add_product("p" + std::to_string(i));
        }
        for (int i = 0; i < 8; ++i) {
            for (int j = 0; j < 8; ++j) {
                system_->add_stock("s" + std::to_string(i), "p" + std::to_string(j), 400);
            }
        }
    }
    static void TearDownTestSuite() {
        delete system_;
        system_ = nullptr;
    }

    json any_trade(int i) const {
        const int seller = i % 8;
        return system_->trade_body("s" + std::to_string(seller),
                                   "s" + std::to_string((seller + 1 + i / 64 % 7) % 8),
                                   "p" + std::to_string(i / 8 % 8), 1 + i % 3);
    }
    /// Posts trades from several connections; retries a 503 with the same key.
    void post_trades(int count, int offset) {
        std::atomic<int> next = 0;
        std::vector<std::jthread> clients;
        for (int c = 0; c < 8; ++c) {
            clients.emplace_back([&] {
                for (int i = next++; i < count; i = next++) {
                    const std::string key = "key-" + std::to_string(offset + i);
                    if (post_until_accepted(any_trade(i), key)) {
                        const std::lock_guard lock(mutex_);
                        accepted_.push_back(key);
                    }
                }
            });
        }
    }
    static bool post_until_accepted(const json& body, const std::string& key) {
        return eventually(
            [&] {
                try {
                    const Answer answer =
                        system_->send("POST", "/api/trades", body, {{"Idempotency-Key", key}});
                    return answer.status == 202 || answer.status == 200;
                } catch (const std::exception&) {
                    return false;  // not even connected
                }
            },
            30s);
    }

    /// Nothing is taken for settled while a command may be under way.
    static bool are_decided(const std::string& keys, int count) {
        const auto query = "SELECT count(*) FROM outcome WHERE command_id LIKE '" + keys + "'";
        return eventually([&] { return system_->sql(query) == std::to_string(count); }, 60s) &&
               eventually([&] { return system_->is_settled(); }, 60s);
    }

    static System* system_;
    std::mutex mutex_;
    std::vector<std::string> accepted_;
};

System* SurvivalTest::system_ = nullptr;

TEST_F(SurvivalTest, keeps_every_accepted_trade_when_workers_die) {
    std::atomic<bool> is_done = false;
    std::jthread posting([&] {
        post_trades(5000, 0);
        is_done = true;
    });
    const char* workers[] = {"itn-trade-worker", "itn-cargo-worker", "itn-inventory-worker",
                             "itn-notifier"};
    std::map<std::string, std::size_t> newest;
    int kills = 0;
    while (!is_done || kills < 4) {
        const std::string victim = workers[kills++ % 4];
        system_->kill(victim, newest[victim]);
        newest[victim] = system_->start(victim);
    }
    posting.join();
    EXPECT_EQ(accepted_.size(), 5000u);
    ASSERT_TRUE(are_decided("key-%", 5000));
    EXPECT_EQ(system_->audit(accepted_), std::nullopt);
}

TEST_F(SurvivalTest, answers_503_while_the_broker_is_away_and_goes_on_after) {
    private_rabbitmq().kill();
    const auto began = std::chrono::steady_clock::now();
    const Answer refused =
        system_->send("POST", "/api/trades", any_trade(1), {{"Idempotency-Key", "away-1"}});
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_TRUE(refused.headers.contains("retry-after"));
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
    EXPECT_EQ(system_->get("/api/stations").status, 200);
    private_rabbitmq().start();
    EXPECT_TRUE(post_until_accepted(any_trade(1), "away-1"));
    // The workers come back to the broker in their own time.
    ASSERT_TRUE(are_decided("away-1", 1));
    EXPECT_EQ(system_->audit({"away-1"}), std::nullopt);
}

TEST_F(SurvivalTest, answers_503_while_the_broker_takes_nothing) {
    private_rabbitmq().raise_memory_alarm();
    const auto time_of = [this](const char* key) {
        const auto began = std::chrono::steady_clock::now();
        const Answer refused =
            system_->send("POST", "/api/trades", any_trade(2), {{"Idempotency-Key", key}});
        EXPECT_EQ(refused.status, 503) << refused.body;
        EXPECT_TRUE(refused.headers.contains("retry-after"));
        return std::chrono::steady_clock::now() - began;
    };
    // The first may be under way when the broker says that it takes nothing more.
    time_of("blocked-1");
    EXPECT_LT(time_of("blocked-2"), 2s);
    private_rabbitmq().clear_memory_alarm();
    for (const char* key : {"blocked-1", "blocked-2"})
        EXPECT_TRUE(post_until_accepted(any_trade(2), key));
    ASSERT_TRUE(are_decided("blocked-%", 2));
    EXPECT_EQ(system_->audit({"blocked-1", "blocked-2"}), std::nullopt);
}

TEST_F(SurvivalTest, ends_in_order_on_sigterm) {
    const std::size_t second = system_->start("itn-trade-worker");
    post_trades(200, 100'000);
    system_->process("itn-trade-worker", second).signal(SIGTERM);
    EXPECT_EQ(system_->process("itn-trade-worker", second).wait(10s), 0);
    ASSERT_TRUE(are_decided("key-100___", 200));
    EXPECT_EQ(system_->audit(accepted_), std::nullopt);
}

}  // namespace
}  // namespace itn::tests
