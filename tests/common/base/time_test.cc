#include "common/base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace itn {
namespace {

using std::chrono::microseconds;

TEST(Time, WritesSixDecimalsAndZ) {
    EXPECT_EQ(to_rfc3339(Timestamp(microseconds(0))), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(to_rfc3339(Timestamp(microseconds(1'000'000'000'000'001))),
              "2001-09-09T01:46:40.000001Z");
    EXPECT_EQ(to_rfc3339(Timestamp(microseconds(-1))), "1969-12-31T23:59:59.999999Z");
}

RC_GTEST_PROP(Time, EveryTextReadsBackAsTheSameTime, ()) {
    // From the year 1902 to 2286, in microseconds.
    const auto micros =
        *rc::gen::inRange<std::int64_t>(-2'145'916'800'000'000, 9'999'999'999'999'999);
    const Timestamp at{microseconds(micros)};
    RC_ASSERT(from_rfc3339(to_rfc3339(at)) == at);
}

TEST(Time, ReadsZonesAndShorterFractions) {
    const auto at = from_rfc3339("2031-04-05T06:07:08Z");
    ASSERT_TRUE(at.has_value());
    EXPECT_EQ(from_rfc3339("2031-04-05t08:07:08+02:00"), at);
    EXPECT_EQ(from_rfc3339("2031-04-05 01:37:08-04:30"), at);
    EXPECT_EQ(from_rfc3339("2031-04-05T06:07:08.5Z"), *at + microseconds(500'000));
    EXPECT_EQ(from_rfc3339("2031-04-05T06:07:08.123456789Z"), *at + microseconds(123'456));
}

TEST(Time, RefusesEverythingElse) {
    for (const auto* text :
         {"", "2031-04-05", "2031-04-05T06:07:08", "2031-02-29T00:00:00Z", "2031-13-01T00:00:00Z",
          "2031-04-05T24:00:00Z", "2031-04-05T06:60:08Z", "2031-04-05T06:07:60Z",
          "2031-04-05T06:07:08.Z", "2031-04-05T06:07:08.1234567890Z", "2031-04-05T06:07:08Z ",
          "2031-04-05T06:07:08+24:00", "2031-04-05T06:07:08+0200", "+031-04-05T06:07:08Z"})
        EXPECT_EQ(from_rfc3339(text), std::nullopt) << text;
}

}  // namespace
}  // namespace itn
