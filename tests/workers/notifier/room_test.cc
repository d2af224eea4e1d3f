#include "workers/notifier/room.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/ws_client.h"
#include "tests/workers/notifier/rig.h"

namespace itn::workers::notifier::tests {
namespace {

using namespace std::chrono_literals;
using itn::tests::SseClient;
using itn::tests::WsClient;
using nlohmann::json;

struct Watcher {
    WsClient client;

    Watcher(Rig& rig, json opening) : client(rig.port(), "/ws/updates", 10s) {
        opening.emplace("authorize", any_secret());
        client.send_text(opening.dump());
    }
    json next() { return json::parse(client.read_text(), nullptr, false); }
    void say(const json& frame) { client.send_text(frame.dump()); }
    /// Waits until everything said before was heard.
    void settle() {
        say({{"ping", "settle"}});
        EXPECT_EQ(next().value("type", ""), "pong");
    }
};

std::string position_of(Rig& rig) {
    Watcher watcher(rig, json::object());
    return watcher.next().at("position");
}

void append(Rig& rig, int count, Lane lane = trade_lane) {
    for (int i = 0; i < count; ++i)
        rig.happen(trade_entry("t" + std::to_string(i), lane));
}

void wait_for_events(Rig& rig, double count) {
    ASSERT_TRUE(eventually([&] { return rig.metric("itn_feed_events_total") >= count; }));
}

TEST(Room, AnEventsFrameIsWhole) {
    Rig rig;
    Watcher watcher(rig, {{"subscribe", {"trade"}}});
    const json hello = watcher.next();
    EXPECT_EQ(hello, (json{{"type", "hello"}, {"position", "v1.epoch-1."}, {"recovered", false}}));
    const auto entry = rig.happen(trade_entry("t1"));
    const json event = watcher.next();
    EXPECT_EQ(event.at("type"), "event");
    EXPECT_EQ(event.at("event"), "trade.confirmed");
    EXPECT_EQ(event.at("data"), json::parse(entry.body));
    EXPECT_EQ(event.at("subject"), "t1");
    EXPECT_EQ(event.at("version"), 1);
    EXPECT_EQ(event.at("lane"), "trade.01");
    EXPECT_EQ(event.at("seq"), 1);
    EXPECT_EQ(event.at("at"), "2031-04-05T06:07:08.123456Z");
    EXPECT_EQ(event.at("causedBy"), "cause-t1");
    EXPECT_EQ(wire::parse_position(event.at("position").get<std::string>()).value(),
              (wire::Position{.epoch = "epoch-1", .seqs = {{trade_lane, 1}}}));
}

TEST(Room, FiltersFollowSubscribeAndUnsubscribe) {
    Rig rig;
    Watcher watcher(rig, {{"subscribe", {"cargo", "station:ceres"}}});
    watcher.next();
    rig.happen(entry_of(domain::EventKind::trade_confirmed, "elsewhere",
                        R"({"seller":"titan","buyer":"europa"})", trade_lane));
    rig.happen(trade_entry("at-ceres"));
    EXPECT_EQ(watcher.next().at("subject"), "at-ceres");
    watcher.say({{"unsubscribe", {"station:ceres"}}, {"subscribe", {"trade:mine"}}});
    EXPECT_EQ(watcher.next().value("type", ""), "error") << "there is no such trade yet";
    watcher.settle();
    rig.happen(trade_entry("at-ceres"));
    rig.happen(trade_entry("mine"));
    EXPECT_EQ(watcher.next().at("subject"), "mine");
}

TEST(Room, NoTopicsMeansEverythingAndAnEmptyListNothing) {
    Rig rig;
    Watcher all(rig, json::object());
    Watcher none(rig, {{"subscribe", json::array()}});
    all.next();
    none.next();
    rig.happen(trade_entry("t1"));
    EXPECT_EQ(all.next().at("subject"), "t1");
    rig.happen(entry_of(domain::EventKind::user_registered, "u1", "{}", cargo_lane));
    rig.happen(trade_entry("t2"));
    EXPECT_EQ(all.next().at("subject"), "t2") << "account events are for nobody";
    none.settle();
}

TEST(Room, TooManyTopicsAreAnError) {
    Rig rig;
    Watcher watcher(rig, json::object());
    watcher.next();
    json topics = json::array();
    for (std::size_t i = 0; i < limits::max_topics; ++i)
        topics.push_back("trade:" + std::to_string(i));
    watcher.say({{"subscribe", topics}});
    EXPECT_EQ(watcher.next().at("pointer"), "/subscribe");
}

TEST(Room, WhoComesBackMissesNothing) {
    Rig rig;
    append(rig, 3);
    wait_for_events(rig, 3);
    const std::string since = position_of(rig);
    append(rig, 400);
    append(rig, 5, cargo_lane);
    wait_for_events(rig, 408);
    Watcher watcher(rig, {{"since", since}});
    const json hello = watcher.next();
    EXPECT_EQ(hello, (json{{"type", "hello"}, {"position", since}, {"recovered", true}}));
    std::map<std::string, std::int64_t> last{{"trade.01", 3}, {"cargo.02", 0}};
    std::string position;
    for (int i = 0; i < 405; ++i) {
        const json event = watcher.next();
        ASSERT_EQ(event.at("seq"), ++last[event.at("lane")]);
        position = event.at("position");
    }
    EXPECT_EQ(position, position_of(rig));
    rig.happen(trade_entry("live"));
    EXPECT_EQ(watcher.next().at("subject"), "live");
}

TEST(Room, MissedEventsAreFilteredToo) {
    Rig rig;
    const std::string since = position_of(rig);
    append(rig, 3);
    append(rig, 1, cargo_lane);
    rig.happen(trade_entry("mine"));
    wait_for_events(rig, 5);
    Watcher watcher(rig, {{"since", since}, {"subscribe", {"trade:mine"}}});
    EXPECT_EQ(watcher.next().at("recovered"), true);
    EXPECT_EQ(watcher.next().at("subject"), "mine");
}

TEST(Room, LiveEventsDuringTheCatchUpComeAfterIt) {
    Rig rig;
    const std::string since = position_of(rig);
    append(rig, 1'000);
    wait_for_events(rig, 1'000);
    Watcher watcher(rig, {{"since", since}});
    append(rig, 200);
    EXPECT_EQ(watcher.next().at("recovered"), true);
    for (std::int64_t seq = 1; seq <= 1'200; ++seq)
        ASSERT_EQ(watcher.next().at("seq"), seq);
}

TEST(Room, APositionAheadOfUsIsWaitedFor) {
    Rig rig;
    append(rig, 1);
    wait_for_events(rig, 1);
    // The reader of a page saw an event whose message is not here yet.
    const auto entry = rig.journal().append(trade_entry("unheard"));
    const std::string since = wire::render({.epoch = "epoch-1", .seqs = {{trade_lane, entry.seq}}});
    Watcher watcher(rig, {{"since", since}});
    EXPECT_EQ(watcher.next(), (json{{"type", "hello"}, {"position", since}, {"recovered", true}}));
    rig.happen(trade_entry("next"));
    EXPECT_EQ(watcher.next().at("subject"), "next");
}

TEST(Room, WhatCannotBeResumedIsSaid) {
    Rig rig;
    append(rig, 2);
    wait_for_events(rig, 2);
    const auto reason_of = [&](const std::string& since) {
        Watcher watcher(rig, {{"since", since}});
        const json resync = watcher.next();
        EXPECT_EQ(resync.value("type", ""), "resync_required");
        const json hello = watcher.next();
        EXPECT_EQ(hello.value("recovered", true), false);
        EXPECT_EQ(hello.value("position", ""), position_of(rig));
        return resync.value("reason", "");
    };
    EXPECT_EQ(reason_of("v1.other."), "epoch_changed");
    EXPECT_EQ(reason_of(wire::render({.epoch = "epoch-1", .seqs = {{trade_lane, 3}}})),
              "future_position");
    EXPECT_EQ(reason_of(wire::render({.epoch = "epoch-1", .seqs = {{cargo_lane, 1}}})),
              "future_position");
    for (std::int64_t i = 0; i < limits::max_resume; ++i)
        rig.journal().append(trade_entry("t"));
    wait_for_events(rig, 2 + static_cast<double>(limits::max_resume));
    EXPECT_EQ(reason_of("v1.epoch-1."), "too_far_behind");
    EXPECT_EQ(rig.metric(R"(itn_ws_resumes_total{result="resync"})"), 4);
}

TEST(Room, AGarbledPositionEndsAs1008) {
    Rig rig;
    for (const json& since : {json("garbage"), json(-1), json("v1.epoch-1.!")}) {
        Watcher watcher(rig, {{"since", since}});
        EXPECT_EQ(watcher.next().at("pointer"), "/since");
        EXPECT_EQ(watcher.client.read_close(), 1008);
    }
}

TEST(Room, AJournalThatFailsDuringTheCatchUpSaysTryLater) {
    Rig rig;
    const std::string since = position_of(rig);
    append(rig, 5);
    wait_for_events(rig, 5);
    rig.journal().break_down();
    Watcher watcher(rig, {{"since", since}});
    EXPECT_EQ(watcher.client.read_close(), 1013);
}

TEST(Room, AnEventStreamSpeaksTheSameWords) {
    Rig rig;
    SseClient stream(rig.port(), "?subscribe=trade", bearer());
    const auto hello = stream.read_event();
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->name, "hello");
    EXPECT_EQ(hello->id, "v1.epoch-1.");
    rig.happen(trade_entry("unheard", cargo_lane));
    const auto event = stream.read_event();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->name, "trade.confirmed");
    const json data = json::parse(event->data);
    EXPECT_EQ(data.at("subject"), "unheard");
    EXPECT_EQ(data.at("position"), event->id);

    rig.happen(trade_entry("missed"));
    ASSERT_TRUE(stream.read_event());
    itn::tests::Headers headers = bearer();
    headers.emplace_back("Last-Event-ID", event->id);
    SseClient again(rig.port(), "", headers);
    EXPECT_EQ(json::parse(again.read_event()->data).at("recovered"), true);
    EXPECT_EQ(json::parse(again.read_event()->data).at("subject"), "missed");
}

TEST(Room, AnEventStreamThatAsksForNonsenseIsRefused) {
    Rig rig;
    EXPECT_THAT(SseClient(rig.port(), "?subscribe=nonsense", bearer()).head(),
                testing::StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(SseClient(rig.port(), "?since=garbage", bearer()).head(),
                testing::StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(SseClient(rig.port(), "?token=x").head(), testing::StartsWith("HTTP/1.1 401 "));
}

TEST(Room, AQuietEventStreamIsKeptAlive) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.ping = 20ms;
    Rig rig(settings);
    SseClient stream(rig.port(), "", bearer());
    ASSERT_TRUE(stream.read_event());
    EXPECT_EQ(stream.read_block(), ":\n\n");
}

}  // namespace
}  // namespace itn::workers::notifier::tests
