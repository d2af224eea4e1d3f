#include "common/gateway/waiters.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/base/limits.h"
#include "tests/common/gateway/door.h"

namespace itn::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto long_time = 60s;

class WaitersTest : public testing::Test, protected Door {
protected:
    void SetUp() override {
        waiters = std::make_unique<Waiters>(desk.loop, *broker, "api", "7");
        ASSERT_TRUE(desk.until([&] { return broker->is_consuming(); }));
    }
    static OutcomeKey key(const std::string& who, const std::string& id) {
        return {.principal = Principal(who), .id = CommandId(id)};
    }
    void reply(const OutcomeKey& to) {
        wire::Outcome outcome;
        outcome.principal = to.principal;
        outcome.id = to.id;
        outcome.subject = "s";
        messaging::Delivery delivery;
        delivery.body = "[7," + wire::render(outcome, "e1") + "]";
        server->put(waiters->queue(), std::move(delivery));
    }
    /// A callback that notes what `who` heard.
    OnOutcome note(const std::string& who) {
        return [this, who](const std::optional<wire::Outcome>& outcome) {
            heard.emplace(who, outcome);
        };
    }
    std::unique_ptr<Waiters> waiters;
    std::multimap<std::string, std::optional<wire::Outcome>> heard;
};

TEST_F(WaitersTest, HearOfTheirOwnCommandOnly) {
    EXPECT_EQ(waiters->queue(), "itn.reply.api.7");
    waiters->wait(key("dev", "a"), long_time, note("one"));
    waiters->wait(key("dev", "a"), long_time, note("two"));
    waiters->wait(key("other", "a"), long_time, note("stranger"));
    reply(key("dev", "a"));
    ASSERT_TRUE(desk.until([&] { return heard.size() == 2; }));
    EXPECT_EQ(heard.count("stranger"), 0U);
    EXPECT_EQ(heard.find("one")->second->id, CommandId("a"));
    EXPECT_EQ(waiters->waiting(), 1U);
    reply(key("other", "a"));
    ASSERT_TRUE(desk.until([&] { return heard.size() == 3; }));
}

TEST_F(WaitersTest, HearThatTimeIsUp) {
    waiters->wait(key("dev", "a"), 10ms, note("a"));
    waiters->wait(key("dev", "b"), long_time, note("b"));
    ASSERT_TRUE(desk.until([&] { return heard.size() == 1; }));
    EXPECT_EQ(heard.count("a"), 1U);
    EXPECT_FALSE(heard.begin()->second.has_value());
    EXPECT_EQ(waiters->waiting(), 1U);
}

TEST_F(WaitersTest, HearNothingOnceTheyGaveUp) {
    const auto gone = waiters->wait(key("dev", "a"), long_time, note("gone"));
    waiters->wait(key("dev", "a"), long_time, note("stays"));
    waiters->cancel(gone);
    waiters->cancel(gone);
    reply(key("dev", "a"));
    ASSERT_TRUE(desk.until([&] { return heard.size() == 1; }));
    EXPECT_EQ(heard.count("stays"), 1U);
    EXPECT_EQ(waiters->waiting(), 0U);
}

TEST_F(WaitersTest, AreServedAgainAfterTheConnectionCameBack) {
    waiters->wait(key("dev", "a"), long_time, note("a"));
    broker->cut();
    // Until the queue is back replies are dropped, and whoever cares asks again.
    ASSERT_TRUE(desk.until([&] { return !broker->is_consuming(); }));
    ASSERT_TRUE(desk.until([&] { return broker->is_consuming(); }));
    reply(key("dev", "a"));
    EXPECT_TRUE(desk.until([&] { return heard.size() == 1; }));
}

TEST_F(WaitersTest, AreBounded) {
    for (std::size_t i = 0; i < limits::max_waiters; ++i)
        ASSERT_NE(waiters->wait(key("dev", std::to_string(i)), long_time, nullptr), 0U);
    EXPECT_EQ(waiters->wait(key("dev", "x"), long_time, note("x")), 0U);
}

TEST_F(WaitersTest, MayWaitOnAnyThread) {
    constexpr int threads = 4;
    constexpr int each = 500;
    {
        std::vector<std::jthread> callers;
        for (int thread = 0; thread < threads; ++thread) {
            callers.emplace_back([&, thread] {
                for (int i = 0; i < each; ++i) {
                    const OutcomeKey mine = key(std::to_string(thread), std::to_string(i));
                    const auto ticket = waiters->wait(mine, long_time, note("any"));
                    if (i % 2 == 0) waiters->cancel(ticket);
                    if (i % 2 == 1) reply(mine);
                }
            });
        }
        ASSERT_TRUE(desk.until([&] { return heard.size() == threads * each / 2; }));
    }
    EXPECT_EQ(waiters->waiting(), 0U);
}

}  // namespace
}  // namespace itn::gateway
