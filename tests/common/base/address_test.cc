#include "common/base/address.h"

#include <gtest/gtest.h>

namespace itn {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Addresses = std::vector<std::string>;

TEST(AddressesIn, SkipsBlanksAndEmptyParts) {
    EXPECT_EQ(addresses_in(""), Addresses{});
    EXPECT_EQ(addresses_in(" 10.0.0.1 ,, ::1,"), (Addresses{"10.0.0.1", "::1"}));
}

TEST(ClientBehind, BelievesTrustedProxiesAlone) {
    const Addresses trusted = {"127.0.0.1", "10.0.0.1"};
    struct Row {
        const char* peer;
        Pairs headers;
        const char* client;
    };
    const Row rows[] = {
        {"127.0.0.1", {}, "127.0.0.1"},
        {"6.6.6.6", {{"X-Forwarded-For", "1.2.3.4"}}, "6.6.6.6"},
        {"127.0.0.1", {{"x-forwarded-for", "1.2.3.4"}}, "1.2.3.4"},
        {"127.0.0.1", {{"X-Forwarded-For", "2001:db8::1"}}, "2001:db8::1"},
        // What the client itself claimed stands to the left, or in an earlier header.
        {"127.0.0.1", {{"X-Forwarded-For", "9.9.9.9, 1.2.3.4"}}, "1.2.3.4"},
        {"127.0.0.1", {{"X-Forwarded-For", "9.9.9.9"}, {"X-Forwarded-For", "1.2.3.4"}}, "1.2.3.4"},
        {"127.0.0.1", {{"X-Forwarded-For", "9.9.9.9, 1.2.3.4, 10.0.0.1"}}, "1.2.3.4"},
        {"127.0.0.1", {{"X-Forwarded-For", "10.0.0.1"}}, "10.0.0.1"},
        {"127.0.0.1", {{"X-Forwarded-For", "no address"}}, "127.0.0.1"},
        {"127.0.0.1", {{"X-Forwarded-For", ""}}, "127.0.0.1"},
        {"127.0.0.1", {{"X-Forwarded-For", "1.2.3.4, unknown"}}, "127.0.0.1"},
    };
    for (const Row& row : rows)
        EXPECT_EQ(client_behind(row.peer, trusted, row.headers), row.client) << row.client;
    EXPECT_EQ(client_behind("127.0.0.1", {}, {{"X-Forwarded-For", "1.2.3.4"}}), "127.0.0.1");
}

TEST(NetworkOf, NeighboursCountTogether) {
    EXPECT_EQ(network_of("2001:db8:0:7:1:2:3:4"), "2001:db8:0:7::/64");
    EXPECT_EQ(network_of("2001:db8:0:7::"), "2001:db8:0:7::/64");
    EXPECT_EQ(network_of("2001:db8:0:8::1"), "2001:db8:0:8::/64");
    EXPECT_EQ(network_of("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network_of("192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(network_of("a:proxy"), "a:proxy");
}

}  // namespace
}  // namespace itn
