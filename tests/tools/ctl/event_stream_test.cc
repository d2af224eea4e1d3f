#include "tools/ctl/event_stream.h"

#include <gtest/gtest.h>

namespace itn::ctl {
namespace {

using Events = std::vector<StreamEvent>;

constexpr std::string_view two =
    ":\n\nevent: hello\nid: v1.a\ndata: {}\n\n"
    "event: event\r\nid: v1.b\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\n";
const Events expected = {{.name = "hello", .id = "v1.a", .text = "{}"},
                         {.name = "event", .id = "v1.b", .text = "{\"a\":\n1}"}};

TEST(EventStream, events_come_whole_however_they_are_cut) {
    for (std::size_t cut = 0; cut <= two.size(); ++cut) {
        EventStream stream;
        Events events = stream.feed(two.substr(0, cut));
        for (const StreamEvent& event : stream.feed(two.substr(cut)))
            events.push_back(event);
        EXPECT_EQ(events, expected) << "cut at " << cut;
    }
}

TEST(EventStream, only_a_whole_event_moves_the_place_to_go_on_from) {
    EventStream stream;
    stream.feed("id: v1.a\ndata: {}\n\nid: v1.b\ndata: {");
    EXPECT_EQ(stream.last_id(), "v1.a");
    stream.restart();
    EXPECT_EQ(stream.last_id(), "v1.a");
    EXPECT_EQ(stream.feed("data: 2\n\n"), (Events{{.name = "", .id = "v1.a", .text = "2"}}));
}

TEST(EventStream, a_comment_is_no_event) {
    EventStream stream;
    EXPECT_EQ(stream.feed(":\n\n: still here\n\n"), Events{});
}

}  // namespace
}  // namespace itn::ctl
