#include "workers/notifier/socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/ws_client.h"
#include "tests/workers/notifier/rig.h"

namespace itn::workers::notifier::tests {
namespace {

using namespace std::chrono_literals;
using itn::tests::HttpClient;
using itn::tests::SseClient;
using itn::tests::ws_client_frame;
using itn::tests::WsClient;
using nlohmann::json;
using testing::HasSubstr;
namespace ws = itn::tests;

constexpr const char* feed = "/api/updates/real-time";

json read_json(WsClient& client) {
    return json::parse(client.read_text(), nullptr, false);
}

/// A client that has said `opening` and heard its hello.
std::unique_ptr<WsClient> greeted(Rig& rig, json opening = json::object(), int receive_buffer = 0) {
    auto client = std::make_unique<WsClient>(rig.port(), feed, 10s, receive_buffer);
    opening.emplace("authorize", any_secret());
    client->send_text(opening.dump());
    EXPECT_EQ(read_json(*client).value("type", ""), "hello");
    return client;
}

TEST(Socket, ItsDeadlinesAreThoseOfTheLimits) {
    const SocketSettings shipped;
    EXPECT_EQ(shipped.times.opening, limits::ws_first_frame);
    EXPECT_EQ(shipped.times.ping, limits::ws_ping);
    EXPECT_EQ(shipped.times.pong, limits::ws_pong);
    EXPECT_EQ(shipped.times.stay, limits::ws_stay);
}

TEST(Socket, AnswersPlainRequests) {
    Rig rig;
    EXPECT_EQ(HttpClient(rig.port()).request("GET", "/livez")->status, 200);
    EXPECT_EQ(HttpClient(rig.port()).request("GET", "/nothing")->status, 404);
    const auto plain = HttpClient(rig.port()).request("GET", feed);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->status, 426);
    EXPECT_EQ(plain->header("Upgrade"), "websocket");
    EXPECT_EQ(plain->header("Content-Type"), "application/problem+json");
    EXPECT_EQ(json::parse(plain->body).at("type"), "/problems/upgrade_required");
    EXPECT_EQ(json::parse(plain->body).at("instance"), feed);
}

TEST(Socket, EndsTheConnectionAfterARefusal) {
    Rig rig;
    HttpClient client(rig.port());
    ASSERT_TRUE(client.request("POST", feed));
    EXPECT_TRUE(client.ended_by_server());
}

TEST(Socket, RefusesAnEndlessHead) {
    Rig rig;
    HttpClient client(rig.port());
    client.send("GET / HTTP/1.1\r\nX: " + std::string(limits::max_head, 'x'));
    EXPECT_EQ(client.read_reply()->status, 431);
}

TEST(Socket, TheHeadsDeadlineCountsFromAccept) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.head = 50ms;
    Rig rig(settings);
    HttpClient client(rig.port());
    client.send("GET / HTTP/1.1\r\n");
    EXPECT_EQ(client.read_reply()->status, 408);
}

TEST(Socket, AnAbsentFirstFrameEndsAs4401) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.opening = 50ms;
    Rig rig(settings);
    WsClient client(rig.port());
    EXPECT_EQ(client.read_close(), 4401);
}

TEST(Socket, FramesMayComeTogetherWithTheUpgrade) {
    Rig rig;
    HttpClient client(rig.port());
    client.send(itn::tests::request_text("GET", feed, {}, ws::ws_headers()) +
                ws_client_frame(ws::ws_text, R"({"authorize":"admin"})"));
    itn::tests::ByteReader reader(client.descriptor(), 5s);
    ASSERT_TRUE(reader.read_until("\r\n\r\n"));
    EXPECT_TRUE(reader.read_until("\"type\":\"hello\""));
}

TEST(Socket, ServesTheAlias) {
    Rig rig;
    WsClient client(rig.port(), "/ws/updates");
    client.send_text(R"({"authorize":"admin"})");
    EXPECT_EQ(read_json(client).at("recovered"), false);
}

TEST(Socket, AFragmentedFirstFrameIsOneMessage) {
    Rig rig;
    WsClient client(rig.port());
    client.send_bytes(ws_client_frame(ws::ws_text, R"({"authorize":"admin","subsc)", false));
    client.send_bytes(ws_client_frame(ws::ws_ping, "between"));
    EXPECT_EQ(client.read_frame()->payload, "between");
    client.send_bytes(ws_client_frame(ws::ws_continuation, R"(ribe":["trade"]})"));
    EXPECT_EQ(read_json(client).at("type"), "hello");
}

TEST(Socket, BrokenFramesEndWithTheirCode) {
    Rig rig;
    for (const auto& [bytes, code] : std::vector<std::pair<std::string, int>>{
             {ws_client_frame(ws::ws_text, "{}", true, false), 1002},
             {ws_client_frame(ws::ws_text, std::string(limits::max_ws_message + 1, ' ')), 1009},
             {ws_client_frame(ws::ws_text, "\xff"), 1007},
             {ws_client_frame(ws::ws_binary, "x"), 1003},
             {ws_client_frame(ws::ws_close_opcode, ws::ws_close_payload(1000)), 1000}}) {
        const auto client = greeted(rig);
        client->send_bytes(bytes);
        EXPECT_EQ(client->read_close(), code);
        EXPECT_TRUE(client->ends());
    }
    EXPECT_TRUE(eventually([&] { return rig.clients() == 0; }));
    EXPECT_EQ(rig.metric(R"(itn_ws_dropped_total{reason="too_big"})"), 1);
}

TEST(Socket, MoreThanAHundredMessagesAMinuteAreTooMany) {
    Rig rig;
    const auto client = greeted(rig);
    for (std::size_t i = 1; i < limits::max_ws_messages_per_minute; ++i) {
        client->send_text(R"({"ping":1})");
        ASSERT_EQ(read_json(*client).value("type", ""), "pong");
    }
    client->send_text(R"({"ping":1})");
    EXPECT_EQ(client->read_close(), 1008);
}

TEST(Socket, TooManyControlFramesEndAsWell) {
    Rig rig;
    const auto client = greeted(rig);
    std::string pings;
    for (std::size_t i = 0; i <= limits::max_ws_frames_per_minute; ++i)
        pings += ws_client_frame(ws::ws_ping, "");
    client->send_bytes(pings);
    EXPECT_EQ(client->read_close(), 1008);
}

TEST(Socket, ErrorsNameTheFieldAndTooManyEnd) {
    Rig rig;
    const auto client = greeted(rig);
    for (std::size_t i = 0; i < limits::max_ws_errors; ++i) {
        client->send_text(R"({"subscribe":["trade","nonsense"]})");
        const json error = read_json(*client);
        ASSERT_EQ(error.value("type", ""), "error");
        EXPECT_EQ(error.at("pointer"), "/subscribe/1");
    }
    client->send_text(R"({"unknown":1})");
    EXPECT_EQ(read_json(*client).at("pointer"), "/unknown");
    EXPECT_EQ(client->read_close(), 1008);
}

TEST(Socket, AnswersPingsOfBothKinds) {
    Rig rig;
    const auto client = greeted(rig);
    client->send_text(R"({"ping":{"n":[1,"x"]}})");
    EXPECT_EQ(read_json(*client), (json{{"type", "pong"}, {"ping", {{"n", {1, "x"}}}}}));
    client->send_bytes(ws_client_frame(ws::ws_ping, "payload"));
    const auto pong = client->read_frame();
    ASSERT_TRUE(pong);
    EXPECT_EQ(pong->opcode, ws::ws_pong);
    EXPECT_EQ(pong->payload, "payload");
    EXPECT_FALSE(pong->masked);
}

TEST(Socket, PingsTheSilentAndDropsTheDead) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.ping = 30ms;
    settings.times.pong = 300ms;
    Rig rig(settings);
    const auto client = greeted(rig);
    for (int i = 0; i < 3; ++i) {
        const auto ping = client->read_frame();
        ASSERT_TRUE(ping);
        ASSERT_EQ(ping->opcode, ws::ws_ping);
        client->send_bytes(ws_client_frame(ws::ws_pong, ping->payload));
    }
    EXPECT_EQ(client->read_close(), 4009);
}

TEST(Socket, AHalfMessageDoesNotStayForEver) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.partial = 30ms;
    Rig rig(settings);
    const auto client = greeted(rig);
    client->send_bytes("\x81");
    EXPECT_EQ(client->read_close(), 1008);
}

TEST(Socket, AClosedPeerThatStaysIsCutOff) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.linger = 30ms;
    Rig rig(settings);
    const auto client = greeted(rig);
    client->send_bytes(ws_client_frame(ws::ws_close_opcode, ""));
    EXPECT_EQ(client->read_close(), 1000);
    EXPECT_TRUE(eventually([&] { return rig.clients() == 0; }));
}

TEST(Socket, OneTooManyIsToldToComeLater) {
    Rig rig({.max_clients = 2, .times = patient()});
    const auto one = greeted(rig);
    auto two = greeted(rig);
    HttpClient three(rig.port());
    const auto reply = three.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 503);
    EXPECT_TRUE(reply->header("Retry-After"));
    three.close();
    two.reset();
    EXPECT_TRUE(eventually([&] { return rig.clients() == 1; }));
    EXPECT_NO_THROW(greeted(rig));
}

TEST(Socket, WithoutAFeedItSaysSo) {
    Rig rig({.times = patient()}, false);
    const auto reply = HttpClient(rig.port()).request("GET", feed, {}, ws::ws_headers());
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 503);
    EXPECT_EQ(HttpClient(rig.port()).request("GET", "/livez")->status, 200);
}

TEST(Socket, AThousandClientsHearOneEvent) {
    Rig rig;
    std::vector<std::unique_ptr<WsClient>> clients;
    for (int i = 0; i < 1'000; ++i) {
        clients.push_back(std::make_unique<WsClient>(rig.port(), feed, 20s));
        clients.back()->send_text(json{{"authorize", any_secret()}}.dump());
    }
    for (const auto& client : clients)
        ASSERT_EQ(read_json(*client).value("type", ""), "hello");
    rig.happen(trade_entry("t1"));
    for (const auto& client : clients)
        ASSERT_EQ(read_json(*client).value("subject", ""), "t1");
    EXPECT_EQ(rig.metric("itn_ws_events_total"), 1'000);
    clients.clear();
    EXPECT_TRUE(eventually([&] { return rig.clients() == 0; }));
    EXPECT_EQ(rig.metric("itn_ws_connections"), 0);
}

TEST(Socket, ASlowReaderIsClosedAndTheOthersHearOn) {
    SocketSettings settings{.times = patient(), .tick = 10ms};
    settings.times.close = 100ms;
    settings.times.linger = 100ms;
    Rig rig(settings);
    const auto slow = greeted(rig, json::object(), 4'096);
    const auto quick = greeted(rig);
    const std::string body = R"({"note":")" + std::string(20'000, 'x') + "\"}";
    int sent = 0;
    while (rig.metric(R"(itn_ws_dropped_total{reason="slow"})") < 1 && sent < 2'000) {
        const auto entry = rig.happen(entry_of(domain::EventKind::trade_confirmed,
                                               "t" + std::to_string(++sent), body, trade_lane));
        ASSERT_EQ(read_json(*quick).value("seq", 0), entry.seq);
    }
    // Bounded by our queue, what the kernel holds unsent, and its two buffers.
    EXPECT_LT(sent, 500);
    EXPECT_TRUE(eventually([&] { return rig.clients() == 1; }));
    rig.happen(trade_entry("last"));
    EXPECT_EQ(read_json(*quick).value("subject", ""), "last");
}

TEST(Socket, ASlowReaderThatWakesUpReads4008) {
    Rig rig;
    const auto slow = greeted(rig, json::object(), 4'096);
    const std::string body = R"({"note":")" + std::string(20'000, 'x') + "\"}";
    for (int i = 0; rig.metric(R"(itn_ws_dropped_total{reason="slow"})") < 1 && i < 500; ++i)
        rig.happen(entry_of(domain::EventKind::trade_confirmed, "t", body, trade_lane));
    ASSERT_TRUE(
        eventually([&] { return rig.metric(R"(itn_ws_dropped_total{reason="slow"})") == 1; }));
    std::int64_t seq = 0;
    std::optional<std::uint16_t> code;
    while (const auto frame = slow->read_frame()) {
        if (frame->opcode == ws::ws_close_opcode) code = frame->close_code();
        if (frame->opcode != ws::ws_text) continue;
        ASSERT_EQ(json::parse(frame->payload).at("seq"), ++seq) << "never a hole";
    }
    EXPECT_EQ(code, 4008);
    EXPECT_GT(seq, 0);
}

TEST(Socket, ASlowReaderThatConflatesGetsTheNewestOfEverySubject) {
    Rig rig;
    const auto slow = greeted(rig, {{"conflate", true}}, 4'096);
    const auto quick = greeted(rig);
    const std::string body = R"({"note":")" + std::string(4'000, 'x') + "\"}";
    constexpr int count = 2'000;  // more than the queue and the kernel hold together
    rig.happen(entry_of(domain::EventKind::critical, "t0", body, cargo_lane));
    for (int i = 1; i <= count; ++i) {
        ASSERT_EQ(read_json(*quick).value("type", ""), "event");
        rig.happen(entry_of(domain::EventKind::trade_confirmed, "t" + std::to_string(i % 3), body,
                            trade_lane));
    }
    ASSERT_EQ(read_json(*quick).value("type", ""), "event");
    EXPECT_LT(rig.metric(R"(itn_ws_dropped_total{reason="slow"})"), 1);
    std::map<std::string, int> newest;
    int heard = 0;
    for (int seq = 0; seq < count;) {
        const json event = read_json(*slow);
        ASSERT_EQ(event.value("type", ""), "event");
        ++heard;
        if (event.at("event") == "critical") continue;
        ASSERT_GT(event.at("seq"), seq) << "in order";
        seq = event.at("seq");
        newest[event.at("subject")] = seq;
    }
    EXPECT_LT(heard, count) << "something was superseded";
    EXPECT_EQ(newest,
              (std::map<std::string, int>{{"t0", count - 2}, {"t1", count - 1}, {"t2", count}}));
}

TEST(Socket, StoppingClosesEveryoneWith1012) {
    Rig rig;
    const auto client = greeted(rig);
    SseClient stream(rig.port(), "", bearer());
    ASSERT_TRUE(stream.read_event());
    HttpClient half(rig.port());
    half.send("GET /");
    rig.stop_socket();
    EXPECT_EQ(client->read_close(), 1012);
    EXPECT_TRUE(stream.ends());
    EXPECT_THROW(HttpClient(rig.port()), std::system_error);
    EXPECT_TRUE(eventually([&] { return rig.is_stopped(); }));
}

}  // namespace
}  // namespace itn::workers::notifier::tests
