#include "common/runtime/trace.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace itn::runtime {

namespace {

const std::string id = "0af7651916cd43dd8448eb211c80319c";
const std::string good = "00-" + id + "-b7ad6b7169203331-01";

}  // namespace

TEST(Trace, ContinuesTheCallersTraceWithASpanOfOurOwn) {
    const auto trace = trace_from(good);
    EXPECT_EQ(trace.id, id);
    EXPECT_EQ(trace.traceparent.size(), good.size());
    EXPECT_EQ(trace.traceparent.substr(0, 36), "00-" + id + "-");
    EXPECT_NE(trace.traceparent, good);
    EXPECT_TRUE(trace.traceparent.ends_with("-01"));
}

TEST(Trace, KeepsTheFlagOfATraceThatIsNotSampled) {
    EXPECT_TRUE(trace_from("00-" + id + "-b7ad6b7169203331-00").traceparent.ends_with("-00"));
}

TEST(Trace, AcceptsALaterVersion) {
    EXPECT_EQ(trace_from("01-" + id + "-b7ad6b7169203331-01-more").id, id);
}

TEST(Trace, BeginsItsOwnInsteadOfAMalformedOne) {
    for (const auto& bad : std::vector<std::string>{
             "", "nonsense", "ff-" + id + "-b7ad6b7169203331-01", good + "0", good + "-more",
             "00-" + std::string(32, '0') + "-b7ad6b7169203331-01",
             "00-" + id + "-0000000000000000-01", "00_" + id + "-b7ad6b7169203331-01",
             "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
             "01-" + id + "-b7ad6b7169203331-01x"}) {
        const auto trace = trace_from(bad);
        EXPECT_NE(trace.id, id) << bad;
        EXPECT_EQ(trace.id.size(), 32U) << bad;
        EXPECT_EQ(trace_from(trace.traceparent).id, trace.id) << bad;
    }
}

TEST(Trace, NeverMakesOneTwice) {
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(ids.insert(trace_from(std::nullopt).id).second);
}

}  // namespace itn::runtime
