// How clients come in, how they stay, and how they are sent away
// (workers/notifier/client_entry.cc).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/ws_client.h"
#include "tests/workers/notifier/rig.h"
#include "workers/notifier/client.h"

namespace itn::workers::notifier::tests {
namespace {

using namespace std::chrono_literals;
using itn::tests::SseClient;
using itn::tests::ws_headers;
using itn::tests::WsClient;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

/// A WebSocket that said who it is.
struct Guest {
    WsClient client;

    Guest(Rig& rig, const std::string& secret) : client(rig.port(), "/ws/updates", 10s) {
        say({{"authorize", secret}});
    }
    void say(const json& frame) { client.send_text(frame.dump()); }
    json next() { return json::parse(client.read_text(), nullptr, false); }
    bool is_greeted() { return next().value("type", "") == "hello"; }
};

SocketSettings watchful() {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.stay = 20ms;
    return settings;
}

TEST(Entry, WithoutATokenItEndsAs4401) {
    Rig rig;
    for (const char* opening : {"{}", R"({"subscribe":["station"]})", R"({"authorize":""})",
                                R"({"authorize":"nonsense"})"}) {
        WsClient client(rig.port());
        client.send_text(opening);
        EXPECT_EQ(client.read_close(), 4401) << opening;
    }
    EXPECT_EQ(rig.metric(R"(itn_ws_dropped_total{reason="unauthorized"})"), 4);
}

TEST(Entry, ATicketIsGoodOnce) {
    Rig rig;
    Guest first(rig, "ticket:t1");
    EXPECT_TRUE(first.is_greeted());
    EXPECT_EQ(Guest(rig, "ticket:t1").client.read_close(), 4401);
}

TEST(Entry, ATokenThatIsNotForReadingEndsAs4403) {
    Rig rig;
    EXPECT_EQ(Guest(rig, "admin:scopeless").client.read_close(), 4403);
    EXPECT_THAT(SseClient(rig.port(), "", bearer("admin:scopeless")).head(),
                StartsWith("HTTP/1.1 403 "));
}

TEST(Entry, NobodyComesInWhileNobodyCanBeJudged) {
    Rig rig;
    rig.door().break_down();
    EXPECT_EQ(Guest(rig, "admin").client.read_close(), 1013);
    const auto head = SseClient(rig.port(), "", bearer()).head();
    EXPECT_THAT(head, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(head, HasSubstr("Retry-After: "));
}

TEST(Entry, NobodyWaitsForEverForTheDoorkeeper) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.opening = 1s;
    Rig rig(settings);
    rig.door().fall_silent();
    Guest guest(rig, "admin");
    SseClient stream(rig.port(), "", bearer());
    EXPECT_THAT(stream.head(), StartsWith("HTTP/1.1 503 "));
    EXPECT_EQ(guest.client.read_close(), 1013);
}

TEST(Entry, AStreamWithoutATokenIs401) {
    Rig rig;
    for (const auto& headers : {itn::tests::Headers{}, bearer("nonsense"),
                                itn::tests::Headers{{"Authorization", "Basic YWRtaW46eA=="}}}) {
        const auto head = SseClient(rig.port(), "", headers).head();
        EXPECT_THAT(head, StartsWith("HTTP/1.1 401 "));
        EXPECT_THAT(head, HasSubstr("WWW-Authenticate: Bearer\r\n"));
    }
    auto twice = bearer("admin");
    twice.push_back(twice.front());
    EXPECT_THAT(SseClient(rig.port(), "", twice).head(), StartsWith("HTTP/1.1 401 "));
    EXPECT_TRUE(eventually([&] { return rig.clients() == 0; }));
}

TEST(Entry, ATokenInTheUrlIsNotLookedAt) {
    Rig rig;
    EXPECT_THAT(SseClient(rig.port(), "?access_token=admin", bearer("admin")).head(),
                StartsWith("HTTP/1.1 401 "));
    EXPECT_EQ(rig.door().asked(), 0u);
}

TEST(Entry, TheSixthClientOfAPrincipalIsOneTooMany) {
    Rig rig;
    std::vector<std::unique_ptr<Guest>> guests;
    for (std::size_t i = 1; i < limits::max_ws_per_principal; ++i) {
        guests.push_back(std::make_unique<Guest>(rig, "trader:ann:ceres"));
        ASSERT_TRUE(guests.back()->is_greeted());
    }
    SseClient fifth(rig.port(), "", bearer("trader:ann"));
    ASSERT_TRUE(fifth.read_event());
    EXPECT_EQ(Guest(rig, "trader:ann").client.read_close(), 4429);
    EXPECT_THAT(SseClient(rig.port(), "", bearer("trader:ann")).head(),
                StartsWith("HTTP/1.1 429 Too Many Requests\r\n"));
    EXPECT_TRUE(Guest(rig, "trader:bob").is_greeted()) << "somebody else is welcome";
    guests.pop_back();
    EXPECT_TRUE(eventually([&] { return Guest(rig, "trader:ann").is_greeted(); }));
}

TEST(Entry, WhoLosesItsRightsIsSentAway) {
    Rig rig(watchful());
    Guest ann(rig, "trader:ann:ceres");
    Guest bob(rig, "trader:bob:ceres");
    SseClient stream(rig.port(), "", bearer("trader:ann:ceres"));
    ASSERT_TRUE(ann.is_greeted());
    ASSERT_TRUE(bob.is_greeted());
    ASSERT_TRUE(stream.read_event());
    rig.door().revoke("user:ann");
    EXPECT_EQ(ann.client.read_close(), 4401);
    EXPECT_TRUE(stream.ends());
    rig.happen(trade_entry("t1"));
    EXPECT_EQ(bob.next().value("subject", ""), "t1");
}

TEST(Entry, AFreshTokenOfTheSamePrincipalCountsFromNowOn) {
    Rig rig;
    Guest ann(rig, "trader:ann:titan");
    ASSERT_TRUE(ann.is_greeted());
    rig.happen(trade_entry("unheard"));
    ASSERT_TRUE(eventually([&] { return rig.metric("itn_feed_events_total") == 1; }));
    ann.say({{"authorize", "trader:ann:ceres"}});
    EXPECT_EQ(ann.next(),
              (json{{"type", "renewed"}, {"expiresAt", "2031-04-05T06:07:08.000000Z"}}));
    rig.happen(trade_entry("heard"));
    EXPECT_EQ(ann.next().value("subject", ""), "heard");
}

TEST(Entry, AnotherPrincipalsTokenOrABadOneChangesNothing) {
    Rig rig;
    Guest ann(rig, "trader:ann:titan");
    ASSERT_TRUE(ann.is_greeted());
    for (const char* secret : {"admin:bob", "nonsense", "trader:scopeless"}) {
        ann.say({{"authorize", secret}});
        const json error = ann.next();
        EXPECT_EQ(error.value("type", ""), "error") << secret;
        EXPECT_EQ(error.value("pointer", ""), "/authorize");
    }
    rig.happen(trade_entry("unheard"));
    ASSERT_TRUE(eventually([&] { return rig.metric("itn_feed_events_total") == 1; }));
    ann.say({{"ping", 1}});
    EXPECT_EQ(ann.next().value("type", ""), "pong");
}

TEST(Entry, FramesBehindTheOpeningWaitForTheAnswer) {
    Rig rig;
    WsClient client(rig.port());
    client.send_bytes(itn::tests::ws_client_frame(itn::tests::ws_text, R"({"authorize":"admin"})") +
                      itn::tests::ws_client_frame(itn::tests::ws_text, R"({"ping":1})"));
    EXPECT_EQ(json::parse(client.read_text()).value("type", ""), "hello");
    EXPECT_EQ(json::parse(client.read_text()).value("type", ""), "pong");
}

TEST(Entry, WhoSaysMuchBeforeItIsKnownIsSentAway) {
    Rig rig;
    rig.door().fall_silent();
    Guest guest(rig, "admin");
    const json long_frame{{"ping", std::string(limits::max_ws_message / 2, 'x')}};
    guest.say(long_frame);
    guest.say(long_frame);
    EXPECT_EQ(guest.client.read_close(), 1008);
}

}  // namespace
}  // namespace itn::workers::notifier::tests
