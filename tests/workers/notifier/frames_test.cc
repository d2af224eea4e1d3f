#include "workers/notifier/frames.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace itn::workers::notifier {
namespace {

using nlohmann::json;
using namespace std::string_literals;

TEST(WsFrame, MatchesTheExamplesOfRfc6455) {
    EXPECT_EQ(ws_frame(Opcode::text, "Hello"), "\x81\x05Hello");
    EXPECT_EQ(ws_frame(Opcode::ping, "Hello"), "\x89\x05Hello");
    EXPECT_EQ(ws_frame(Opcode::text, ""), "\x81\0"s);
}

TEST(WsFrame, LengthTakesOneThreeOrNineBytes) {
    const auto head = [](std::size_t size) {
        const std::string frame = ws_frame(Opcode::text, std::string(size, 'x'));
        return frame.substr(0, frame.size() - size);
    };
    EXPECT_EQ(head(125), "\x81\x7d");
    EXPECT_EQ(head(126), "\x81\x7e\x00\x7e"s);
    EXPECT_EQ(head(65'535), "\x81\x7e\xff\xff");
    EXPECT_EQ(head(65'536), "\x81\x7f\0\0\0\0\0\x01\0\0"s);
}

TEST(WsClose, CarriesItsCodeAndAReasonThatFits) {
    EXPECT_EQ(ws_close(1000, ""), "\x88\x02\x03\xe8");
    EXPECT_EQ(ws_close(4008, "slow"), "\x88\x06\x0f\xa8slow");
    const std::string cut = ws_close(1000, std::string(122, 'x') + "\xc3\xa9\xc3\xa9");
    EXPECT_EQ(cut.size(), 2u + 2 + 122);
    EXPECT_EQ(cut.back(), 'x');
}

TEST(AcceptKey, MatchesTheExampleOfRfc6455) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Json, AnEventIsWholeAndItsBodyVerbatim) {
    const Event event{.lane = {.family = Family::trade, .shard = 7},
                      .seq = 42,
                      .kind = domain::EventKind::trade_confirmed,
                      .kind_text = "trade.confirmed",
                      .subject = "t1",
                      .version = 3,
                      .caused_by = "c",
                      .at = "2031-01-01T00:00:00.000000Z",
                      .body = R"({"total":5})"};
    EXPECT_EQ(event_json(event, "v1.e.AAE"),
              R"({"type":"event","event":"trade.confirmed","data":{"total":5},"subject":"t1",)"
              R"("version":3,"lane":"trade.07","seq":42,"at":"2031-01-01T00:00:00.000000Z",)"
              R"("causedBy":"c","position":"v1.e.AAE"})");
}

TEST(Json, AnEventWhoseCauseIsNotToldHasNone) {
    const Event event{.kind_text = "inventory.changed", .subject = "s", .at = "x", .body = "{}"};
    EXPECT_FALSE(json::parse(event_json(event, "p")).contains("causedBy"));
}

TEST(Json, TheOtherFramesParse) {
    EXPECT_EQ(json::parse(hello_json("v1.e.", true)),
              (json{{"type", "hello"}, {"position", "v1.e."}, {"recovered", true}}));
    EXPECT_EQ(json::parse(hello_json("v1.e.", false)).at("recovered"), false);
    EXPECT_EQ(json::parse(resync_json("epoch_changed")),
              (json{{"type", "resync_required"}, {"reason", "epoch_changed"}}));
    EXPECT_EQ(json::parse(error_json("no \"such\"\nfield \xff", "/x")).at("pointer"), "/x");
    EXPECT_FALSE(json::parse(error_json("no", "")).contains("pointer"));
    EXPECT_EQ(json::parse(pong_json(R"({"n":1})")), (json{{"type", "pong"}, {"ping", {{"n", 1}}}}));
}

TEST(Sse, LeavesOutWhatIsEmpty) {
    EXPECT_EQ(sse_event("hello", "v1.e.", "{}"), "event: hello\nid: v1.e.\ndata: {}\n\n");
    EXPECT_EQ(sse_event("", "", "{}"), "data: {}\n\n");
}

TEST(CloseTable, HasEveryCodeOnceAndARealMeaning) {
    for (const CloseRow& one : close_table) {
        EXPECT_EQ(&row(one.code), &one);
        EXPECT_FALSE(one.name.empty());
        EXPECT_LE(one.meaning.size(), 123u);
        EXPECT_FALSE(one.meaning.empty());
        const auto code = static_cast<int>(one.code);
        EXPECT_TRUE(
            (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
            (code >= 4000 && code <= 4999));
    }
    EXPECT_EQ(row(CloseCode::slow).come_back, ComeBack::at_once);
    EXPECT_EQ(row(CloseCode::restart).come_back, ComeBack::later);
    EXPECT_EQ(row(CloseCode::policy).come_back, ComeBack::no);
    EXPECT_EQ(row(CloseCode::unauthorized).come_back, ComeBack::changed);
}

}  // namespace
}  // namespace itn::workers::notifier
