#include "api/cursor.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace itn::api {

TEST(Cursor, ComesBackAsItWent) {
    const CursorKey key{"2026-01-02T03:04:05.000006Z", "quote \" and ünïcode"};
    const auto text = render_cursor("trades", key);
    EXPECT_EQ(parse_cursor("trades", text, 2), key);
    EXPECT_EQ(
        text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
}

TEST(Cursor, BelongsToItsListAlone) {
    const auto text = render_cursor("trades", {"a", "b"});
    EXPECT_FALSE(parse_cursor("cargo", text, 2));
    EXPECT_FALSE(parse_cursor("trades", text, 1));
    EXPECT_FALSE(parse_cursor("trades", text, 3));
}

TEST(Cursor, EveryChangedCharacterIsFound) {
    const auto text = render_cursor("trades", {"2026-01-02T03:04:05.000006Z", "id"});
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(parse_cursor("trades", changed, 2)) << i;
    }
}

TEST(Cursor, GarbageIsNone) {
    EXPECT_FALSE(parse_cursor("trades", "", 2));
    EXPECT_FALSE(parse_cursor("trades", "AAAA", 2));
    EXPECT_FALSE(parse_cursor("trades", "no base64!", 2));
    EXPECT_FALSE(parse_cursor("trades", std::string(limits::max_cursor + 1, 'A'), 2));
}

}  // namespace itn::api
