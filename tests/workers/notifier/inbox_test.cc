#include "workers/notifier/inbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "tests/support/ws_client.h"

namespace itn::workers::notifier {
namespace {

using itn::tests::ws_client_frame;
using itn::tests::ws_close_payload;
using testing::ElementsAre;
using testing::IsEmpty;
namespace ws = itn::tests;

struct Fixture {
    ParserPool pool;
    Inbox inbox{pool};

    Heard read(int opcode, std::string_view payload, bool fin = true) {
        return inbox.read(ws_client_frame(opcode, payload, fin));
    }
};

TEST(Inbox, TakesMessagesApartAndGivesItsParserBack) {
    Fixture f;
    const Heard heard = f.inbox.read(ws_client_frame(ws::ws_text, "one") +
                                     ws_client_frame(ws::ws_text, std::string(70, 'x')) +
                                     ws_client_frame(ws::ws_text, std::string(300, 'y')));
    EXPECT_THAT(heard.messages, ElementsAre("one", std::string(70, 'x'), std::string(300, 'y')));
    EXPECT_EQ(heard.frames, 3u);
    EXPECT_EQ(heard.close_code, 0);
    EXPECT_FALSE(f.inbox.is_open());
}

TEST(Inbox, PutsBytesTogetherOneByOne) {
    Fixture f;
    const std::string bytes = ws_client_frame(ws::ws_text, "hello");
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
        EXPECT_THAT(f.inbox.read(bytes.substr(i, 1)).messages, IsEmpty());
        EXPECT_TRUE(f.inbox.is_open());
    }
    EXPECT_THAT(f.inbox.read(bytes.substr(bytes.size() - 1)).messages, ElementsAre("hello"));
    EXPECT_FALSE(f.inbox.is_open());
}

TEST(Inbox, PutsFragmentsTogetherAroundAPing) {
    Fixture f;
    EXPECT_THAT(f.read(ws::ws_text, "he", false).messages, IsEmpty());
    EXPECT_TRUE(f.inbox.is_open());
    EXPECT_EQ(f.read(ws::ws_ping, "p").pongs, "\x8a\x01p");
    EXPECT_TRUE(f.inbox.is_open());
    EXPECT_THAT(f.read(ws::ws_continuation, "llo").messages, ElementsAre("hello"));
    EXPECT_FALSE(f.inbox.is_open());
}

TEST(Inbox, OneParserServesManyClientsInTurn) {
    ParserPool pool;
    Inbox first(pool);
    Inbox second(pool);
    const std::string bytes = ws_client_frame(ws::ws_text, "interleaved");
    first.read(bytes.substr(0, 5));
    EXPECT_THAT(second.read(bytes).messages, ElementsAre("interleaved"));
    EXPECT_THAT(first.read(bytes.substr(5)).messages, ElementsAre("interleaved"));
    for (int i = 0; i < 1'000; ++i)
        EXPECT_THAT(second.read(bytes).messages, ElementsAre("interleaved"));
}

TEST(Inbox, AnswersWhatBreaksTheRules) {
    struct Row {
        std::string bytes;
        int code;
    };
    const std::string big(limits::max_ws_message + 1, 'x');
    for (const Row& one : std::initializer_list<Row>{
             {ws_client_frame(ws::ws_text, "x", true, false), 1002},
             {ws_client_frame(ws::ws_ping, "", true, false), 1002},
             {ws_client_frame(3, "x"), 1002},
             {ws_client_frame(0x40 | ws::ws_text, "x"), 1002},
             {ws_client_frame(ws::ws_ping, "x", false), 1002},
             {ws_client_frame(ws::ws_ping, std::string(126, 'x')), 1002},
             {ws_client_frame(ws::ws_continuation, "x"), 1002},
             {ws_client_frame(ws::ws_text, "x", false) + ws_client_frame(ws::ws_text, "x"), 1002},
             {ws_client_frame(ws::ws_binary, "x"), 1003},
             {ws_client_frame(ws::ws_text, "\xff"), 1007},
             {ws_client_frame(ws::ws_text, "\xc3"), 1007},
             {ws_client_frame(ws::ws_text, big), 1009},
             {ws_client_frame(ws::ws_text, big.substr(1), false) +
                  ws_client_frame(ws::ws_continuation, "x"),
              1009},
             {ws_client_frame(ws::ws_close_opcode, ""), 1000},
             {ws_client_frame(ws::ws_close_opcode, "x"), 1002},
             {ws_client_frame(ws::ws_close_opcode, ws_close_payload(1001, "bye")), 1001},
             {ws_client_frame(ws::ws_close_opcode, ws_close_payload(4999)), 4999},
             {ws_client_frame(ws::ws_close_opcode, ws_close_payload(999)), 1002},
             {ws_client_frame(ws::ws_close_opcode, ws_close_payload(1005)), 1002},
             {ws_client_frame(ws::ws_close_opcode, ws_close_payload(1015)), 1002},
             {ws_client_frame(ws::ws_close_opcode, ws_close_payload(1000, "\xff")), 1007},
         }) {
        Fixture f;
        const Heard heard = f.inbox.read(one.bytes);
        EXPECT_EQ(heard.close_code, one.code);
        ASSERT_GE(heard.close.size(), 4u);
        EXPECT_EQ(heard.close[0], '\x88');
        EXPECT_EQ(heard.close.substr(2, 2), ws_close_payload(static_cast<std::uint16_t>(one.code)));
        EXPECT_FALSE(f.inbox.is_open());
    }
}

TEST(Inbox, AMessageOfExactlyTheLimitIsFine) {
    Fixture f;
    const std::string text(limits::max_ws_message, 'x');
    EXPECT_THAT(f.read(ws::ws_text, text).messages, ElementsAre(text));
}

TEST(IsUtf8, KnowsItsEdges) {
    for (const char* good : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x9a\x80",
                             "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80",
                            "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
                            "\xe2\x82", "a\xc3(b"})
        EXPECT_FALSE(is_utf8(bad)) << bad;
}

}  // namespace
}  // namespace itn::workers::notifier
