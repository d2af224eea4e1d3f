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
    EXPECT_EQ(client_behind("127.0.0.1", {}, "1.2.3.4"), "127.0.0.1");
    EXPECT_EQ(client_behind("127.0.0.1", trusted, "9.9.9.9, 1.2.3.4, 10.0.0.1"), "1.2.3.4");
    EXPECT_EQ(client_behind("127.0.0.1", trusted, ""), "127.0.0.1");
}

TEST(ClientBehind, KnowsAnAddressInEveryForm) {
    const Addresses trusted = {"10.0.0.7", "2001:db8::7"};
    for (const char* peer :
         {"10.0.0.7", "::ffff:10.0.0.7", "::FFFF:a00:7", "2001:db8::7", "2001:0DB8:0:0:0:0:0:7"}) {
        EXPECT_EQ(client_behind(peer, trusted, "1.2.3.4"), "1.2.3.4") << peer;
        EXPECT_EQ(client_behind(peer, trusted, "1.2.3.4, " + std::string(peer)), "1.2.3.4") << peer;
    }
    EXPECT_EQ(client_behind("10.0.0.7", trusted, "::ffff:1.2.3.4"), "1.2.3.4");
    EXPECT_EQ(client_behind("::ffff:6.6.6.6", trusted, "1.2.3.4"), "6.6.6.6");
    EXPECT_EQ(client_behind("a:proxy", trusted, "1.2.3.4"), "a:proxy");
}

TEST(PlainAddress, IsOneTextForOneAddress) {
    EXPECT_EQ(plain_address("127.0.0.1"), "127.0.0.1");
    EXPECT_EQ(plain_address("::ffff:10.0.0.7"), "10.0.0.7");
    EXPECT_EQ(plain_address("2001:0DB8::0:7"), "2001:db8::7");
    EXPECT_EQ(plain_address("::1"), "::1");
    for (const char* none : {"", "localhost", "10.0.0.0/8", "10.0.0", "010.0.0.1", "fe80::1%eth0",
                             "[::1]", "127.0.0.1:80"})
        EXPECT_EQ(plain_address(none), std::nullopt) << none;
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
