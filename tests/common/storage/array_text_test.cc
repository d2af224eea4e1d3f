#include "common/storage/array_text.h"

#include <gtest/gtest.h>

#include "common/storage/store.h"

namespace itn::storage {
namespace {

template <class... Values>
std::string array(const Values&... values) {
    ArrayText text;
    (text.add(values), ...);
    return std::move(text).take();
}

TEST(ArrayText, QuotesEveryText) {
    EXPECT_EQ(array(), "{}");
    EXPECT_EQ(array("a", "NULL", "", "{,}"), R"({"a","NULL","","{,}"})");
    EXPECT_EQ(array(R"(a"b\c)"), R"({"a\"b\\c"})");
    EXPECT_EQ(array("\\", "\""), R"({"\\","\""})");
}

TEST(ArrayText, WritesNumbersFlagsTimesAndNothing) {
    EXPECT_EQ(array(std::int64_t(-7), std::int64_t(0)), "{-7,0}");
    EXPECT_EQ(array(true, false), "{t,f}");
    EXPECT_EQ(array(Timestamp(std::chrono::microseconds(1))), R"({"1970-01-01T00:00:00.000001Z"})");
    EXPECT_EQ(array(std::optional<Quantity>(), std::optional<Quantity>(2)), "{NULL,2}");
}

TEST(ArrayText, WritesBytesAsHex) {
    ArrayText text;
    text.add_bytes(std::string_view("\0\xff", 2));
    text.add_hex("00ff");
    EXPECT_EQ(std::move(text).take(), R"({"\\x00ff","\\x00ff"})");
}

TEST(ArrayText, RefusesWhatPostgresHasNoTextFor) {
    EXPECT_THROW(ArrayText().add(std::string_view("a\0b", 3)), CommandFault);
    EXPECT_THROW(ArrayText().add_hex("abc"), CommandFault);
    EXPECT_THROW(ArrayText().add_hex("zz"), CommandFault);
}

}  // namespace
}  // namespace itn::storage
