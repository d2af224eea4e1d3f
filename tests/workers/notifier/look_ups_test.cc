#include "workers/notifier/look_ups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/ws_client.h"
#include "tests/workers/notifier/rig.h"

namespace itn::workers::notifier::tests {
namespace {

using namespace std::chrono_literals;
using itn::tests::WsClient;
using nlohmann::json;
using testing::ElementsAre;

/// What was asked, and answered by hand.
struct Desk {
    std::vector<std::string> asked;
    std::function<void()> done;
    LookUps look_ups{[this](ClientId client, const LookUp& look_up, std::function<void()> on_done) {
        asked.push_back(std::to_string(client) + look_up.topic.id);
        done = std::move(on_done);
    }};

    void add(ClientId client, const std::string& id) {
        look_ups.add(client, {.topic = {.kind = TopicKind::trade_id, .id = id}});
    }
};

TEST(LookUps, OneAtATimeAndEachClientInTurn) {
    Desk desk;
    for (const char* id : {"a", "b", "c"})
        desk.add(1, id);
    desk.add(2, "d");
    desk.add(7, "e");
    EXPECT_THAT(desk.asked, ElementsAre("1a"));
    EXPECT_EQ(desk.look_ups.waiting(), 4U);
    EXPECT_EQ(desk.look_ups.waiting_of(1), 2U);
    for (int i = 0; i < 5; ++i)
        desk.done();
    EXPECT_THAT(desk.asked, ElementsAre("1a", "2d", "7e", "1b", "1c"));
    EXPECT_EQ(desk.look_ups.waiting(), 0U);
    desk.add(2, "f");
    EXPECT_EQ(desk.asked.back(), "2f");
}

TEST(LookUps, NothingWaitsForWhoHasGone) {
    Desk desk;
    for (const char* id : {"a", "b", "c"})
        desk.add(1, id);
    desk.add(2, "d");
    desk.look_ups.remove(1);
    desk.look_ups.remove(5);
    EXPECT_EQ(desk.look_ups.waiting(), 1U);
    desk.done();
    desk.done();
    EXPECT_THAT(desk.asked, ElementsAre("1a", "2d"));
}

/// A client that has been greeted.
struct Watcher {
    WsClient client;

    explicit Watcher(Rig& rig, json opening = {{"subscribe", json::array()}})
        : client(rig.port(), "/ws/updates", 10s) {
        opening.emplace("authorize", any_secret());
        client.send_text(opening.dump());
        EXPECT_EQ(next().value("type", ""), "hello");
    }
    json next() { return json::parse(client.read_text(), nullptr, false); }
    void say(const json& frame) { client.send_text(frame.dump()); }
    /// Subscribes, and waits until that was heard: nothing but the pong comes meanwhile.
    void subscribe(const std::vector<std::string>& topics) {
        say({{"subscribe", topics}, {"ping", 1}});
        EXPECT_EQ(next().value("type", ""), "pong");
    }
};

std::vector<std::string> trades(const std::string& prefix, std::size_t count) {
    std::vector<std::string> topics;
    for (std::size_t i = 0; i < count; ++i)
        topics.push_back("trade:" + prefix + std::to_string(i));
    return topics;
}

void wait_until_asked(Rig& rig, const std::string& what) {
    ASSERT_TRUE(eventually([&] {
        const auto asked = rig.journal().asked();
        return !asked.empty() && asked.back() == what;
    })) << what;
}

TEST(RoomLookUps, ATopicIsLookedUpOnceHoweverOftenItIsNamed) {
    Rig rig;
    Watcher watcher(rig);
    watcher.say({{"subscribe", {"trade:x", "trade:x", "trade"}}});
    EXPECT_EQ(watcher.next().value("pointer", ""), "/subscribe/0");
    watcher.say({{"subscribe", {"trade:x", "cargo:x"}}});
    EXPECT_EQ(watcher.next().value("pointer", ""), "/subscribe/1");
    watcher.subscribe({"trade:x", "cargo:x"});
    EXPECT_THAT(rig.journal().asked(), ElementsAre("x", "x"));
}

TEST(RoomLookUps, AResumeGoesBeforeThoseThatWait) {
    Rig rig;
    rig.happen(trade_entry("t1"));
    ASSERT_TRUE(eventually([&] { return rig.metric("itn_feed_events_total") >= 1; }));
    rig.journal().hold();
    Watcher curious(rig);
    curious.subscribe(trades("", limits::max_topics));
    wait_until_asked(rig, "0");
    Watcher late(rig, {{"since", "v1.epoch-1."}});
    rig.journal().release();
    EXPECT_EQ(late.next().value("subject", ""), "t1");
    const auto asked = rig.journal().asked();
    ASSERT_GE(asked.size(), 2U);
    EXPECT_EQ(asked[1], "trade.01");
}

TEST(RoomLookUps, NothingIsLookedUpForWhoHasGone) {
    Rig rig;
    rig.journal().hold();
    {
        Watcher gone(rig);
        gone.subscribe(trades("", limits::max_topics));
        wait_until_asked(rig, "0");
    }
    ASSERT_TRUE(eventually([&] { return rig.clients() == 0; }));
    Watcher next(rig);
    next.subscribe({"trade:x"});
    rig.journal().release();
    EXPECT_EQ(next.next().value("pointer", ""), "/subscribe/0");
    EXPECT_THAT(rig.journal().asked(), ElementsAre("0", "x"));
}

TEST(RoomLookUps, APageForWhoHasGoneIsNotRead) {
    Rig rig;
    rig.happen(trade_entry("t1"));
    ASSERT_TRUE(eventually([&] { return rig.metric("itn_feed_events_total") >= 1; }));
    rig.journal().hold();
    Watcher curious(rig);
    curious.subscribe({"trade:x"});
    wait_until_asked(rig, "x");
    { Watcher gone(rig, {{"since", "v1.epoch-1."}}); }
    ASSERT_TRUE(eventually([&] { return rig.clients() == 1; }));
    rig.journal().release();
    EXPECT_EQ(curious.next().value("pointer", ""), "/subscribe/0");
    curious.say({{"subscribe", {"trade:y"}}});
    EXPECT_EQ(curious.next().value("type", ""), "error");
    EXPECT_THAT(rig.journal().asked(), ElementsAre("x", "y"));
}

/// Names a hundred other topics in each frame until it is sent away; the code, 0 without one.
std::uint16_t flood(Watcher& watcher) {
    std::vector<std::string> before;
    for (int i = 0; i < 30; ++i) {
        const auto topics = trades(std::to_string(i) + "-", limits::max_topics);
        watcher.say({{"unsubscribe", before}, {"subscribe", topics}});
        before = topics;
    }
    return watcher.client.read_close().value_or(0);
}

TEST(RoomLookUps, AFloodIsBoundedAndSentAway) {
    Rig rig;
    rig.journal().hold();
    Watcher watcher(rig);
    EXPECT_EQ(flood(watcher), 1008);
    Watcher next(rig);
    next.subscribe({"trade:x"});
    rig.journal().release();
    EXPECT_EQ(next.next().value("pointer", ""), "/subscribe/0");
    EXPECT_EQ(rig.journal().asked().size(), 2U);
}

TEST(RoomLookUps, WhoAsksBeyondItsRateIsToldAndHearsOfItsTopicsAllTheSame) {
    Rig rig;
    std::int64_t left = 3;
    rig.set_spend([&](const Principal&, std::int64_t reads) {
        if (reads > left) return false;
        left -= reads;
        return true;
    });
    Watcher watcher(rig, {{"subscribe", {"trade:a", "trade:b", "trade"}}});
    for (const char* pointer : {"/subscribe/0", "/subscribe/1"})
        EXPECT_EQ(watcher.next().value("pointer", ""), pointer);
    watcher.say({{"subscribe", {"cargo:c", "cargo:d"}}});
    EXPECT_EQ(watcher.next().value("pointer", ""), "/subscribe");
    watcher.say({{"unsubscribe", {"trade"}}, {"ping", 1}});
    EXPECT_EQ(watcher.next().value("type", ""), "pong");
    // It is no fault: the rest of the frame counts, however often.
    for (int i = 0; i < 2 * int(limits::max_ws_errors); ++i) {
        watcher.say({{"subscribe", trades(std::to_string(i) + "-", 2)}, {"ping", i}});
        EXPECT_EQ(watcher.next().value("pointer", ""), "/subscribe");
        EXPECT_EQ(watcher.next().value("ping", -1), i);
    }
    rig.happen(entry_of(domain::EventKind::cargo_lost, "c", "{}", cargo_lane));
    EXPECT_EQ(watcher.next().value("subject", ""), "c");
}

TEST(RoomLookUps, TooManyTopicsSpoilNothingElseInTheirFrame) {
    Rig rig;
    const auto products = [](const std::string& prefix) {
        std::vector<std::string> topics;
        for (std::size_t i = 0; i < limits::max_topics * 2 / 3; ++i)
            topics.push_back("product:" + prefix + std::to_string(i));
        return topics;
    };
    Watcher watcher(rig);
    watcher.subscribe(products("a"));
    watcher.say({{"subscribe", products("b")}, {"ping", 7}});
    EXPECT_EQ(watcher.next().value("pointer", ""), "/subscribe");
    EXPECT_EQ(watcher.next().value("ping", 0), 7);
}

TEST(RoomLookUps, TheOpeningOfWhoMayNotAskIsGreetedFirst) {
    Rig rig;
    rig.set_spend([](const Principal&, std::int64_t) { return false; });
    Watcher watcher(rig, {{"subscribe", {"trade:a"}}});
    EXPECT_EQ(watcher.next().value("pointer", ""), "/subscribe");
    rig.happen(trade_entry("a"));
    EXPECT_EQ(watcher.next().value("subject", ""), "a");
}

TEST(RoomLookUps, WhatWaitsForAllIsBounded) {
    Rig rig;
    rig.journal().hold();
    std::vector<std::unique_ptr<Watcher>> many;
    const json topics = trades("", limits::max_topics);
    const auto come = [&] {
        many.push_back(std::make_unique<Watcher>(rig, json{{"subscribe", topics}}));
    };
    // One look-up is under way, and waits no more.
    for (std::size_t i = 0; i < limits::max_look_ups / limits::max_topics; ++i)
        come();
    come();
    EXPECT_EQ(many.back()->next().value("pointer", ""), "/subscribe");
}

}  // namespace
}  // namespace itn::workers::notifier::tests
