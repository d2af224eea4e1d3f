#include "common/runtime/endpoint.h"

#include <gtest/gtest.h>

namespace itn::runtime {
namespace {

TEST(Endpoint, ReadsAddressAndPort) {
    EXPECT_EQ(Endpoint::from("10.0.0.1:8080"), (Endpoint{.host = "10.0.0.1", .port = 8080}));
    EXPECT_EQ(Endpoint::from("[::1]:65535"), (Endpoint{.host = "::1", .port = 65535}));
    EXPECT_EQ(Endpoint::from(":0"), (Endpoint{.host = "127.0.0.1", .port = 0}));
    EXPECT_EQ(Endpoint::from("localhost:81"), (Endpoint{.host = "127.0.0.1", .port = 81}));
}

TEST(Endpoint, WritesWhatItReads) {
    for (const auto* text : {"127.0.0.1:8080", "[::1]:0", "0.0.0.0:65535"}) {
        const auto endpoint = Endpoint::from(text);
        ASSERT_TRUE(endpoint.has_value()) << text;
        EXPECT_EQ(endpoint->text(), text);
    }
}

TEST(Endpoint, KnowsWhatOnlyThisMachineReaches) {
    for (const auto* text :
         {":1", "localhost:1", "127.0.0.1:1", "127.8.9.10:1", "[::1]:1", "[0:0:0:0:0:0:0:1]:1"})
        EXPECT_TRUE(Endpoint::from(text)->is_loopback()) << text;
    for (const auto* text :
         {"0.0.0.0:1", "10.0.0.1:1", "128.0.0.1:1", "[::]:1", "[::ffff:10.0.0.1]:1"})
        EXPECT_FALSE(Endpoint::from(text)->is_loopback()) << text;
    EXPECT_FALSE(Endpoint{.host = "example"}.is_loopback());
}

TEST(Endpoint, RefusesNamesAndNonsense) {
    for (const auto* text :
         {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x",
          "::1:80", "example.org:80", "[::1:80", "[127.0.0.1]:80", "256.0.0.1:80"})
        EXPECT_EQ(Endpoint::from(text), std::nullopt) << text;
}

}  // namespace
}  // namespace itn::runtime
