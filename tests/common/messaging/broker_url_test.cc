#include "common/messaging/broker_url.h"

#include <gtest/gtest.h>

namespace itn::messaging {
namespace {

TEST(parse_broker_url, reads_every_part) {
    const auto url = parse_broker_url("amqp://itn%40api:p%3Aw%2F@broker.example:5673/my%2Fhost");
    ASSERT_TRUE(url);
    EXPECT_EQ(*url, (BrokerUrl{.tls = false,
                               .user = "itn@api",
                               .password = "p:w/",
                               .host = "broker.example",
                               .port = 5673,
                               .vhost = "my/host"}));
    EXPECT_EQ(url->text_without_password(), "amqp://itn%40api@broker.example:5673/my%2Fhost");
}

TEST(parse_broker_url, fills_in_what_is_not_said) {
    EXPECT_EQ(parse_broker_url("amqp://h").value().port, 5672);
    EXPECT_EQ(parse_broker_url("amqps://h").value().port, 5671);
    EXPECT_TRUE(parse_broker_url("amqps://h").value().tls);
    for (const char* text : {"amqp://h", "amqp://h/", "amqp://h/%2f", "amqp://h/%2F"})
        EXPECT_EQ(parse_broker_url(text).value().vhost, "/") << text;
    EXPECT_EQ(parse_broker_url("amqp://[::1]:7/v").value().host, "::1");
    EXPECT_EQ(parse_broker_url("amqp://[::1]:7/v").value().text_without_password(),
              "amqp://guest@[::1]:7/v");
}

struct Wrong {
    const char* text;
    const char* says;
};
class WrongUrl : public testing::TestWithParam<Wrong> {};

TEST_P(WrongUrl, is_told_what_is_wrong_without_the_password) {
    const auto url = parse_broker_url(GetParam().text);
    ASSERT_FALSE(url);
    EXPECT_NE(url.problem().detail.find(GetParam().says), std::string::npos)
        << url.problem().detail;
    EXPECT_EQ(url.problem().detail.find("s3cret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    all, WrongUrl,
    testing::Values(Wrong{"", "amqp://"}, Wrong{"http://h", "amqp://"},
                    Wrong{"amqp://", "host is missing"}, Wrong{"amqp://:5672", "host is missing"},
                    Wrong{"amqp://u:s3cret@h:0", "port"}, Wrong{"amqp://h:65536", "port"},
                    Wrong{"amqp://h:12x", "port"}, Wrong{"amqp://h:", "port"},
                    Wrong{"amqp://u:s3cret%zz@h", "escape"}, Wrong{"amqp://u%2@h", "escape"},
                    Wrong{"amqp://@h", "user is empty"}, Wrong{"amqp://h/%1", "vhost"},
                    Wrong{"amqp://[::1", "IPv6"}, Wrong{"amqp://[::1]5672", "':'"},
                    Wrong{"amqp://h/v?heartbeat=1", "'?'"}));

}  // namespace
}  // namespace itn::messaging
