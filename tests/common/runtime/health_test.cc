#include "common/runtime/health.h"

#include <gtest/gtest.h>

namespace itn::runtime {
namespace {

TEST(Health, WithoutChecksItIsReady) {
    const Health health;
    EXPECT_EQ(health.ready(false), (Health::Report{.status = 200, .body = "ready\n"}));
    EXPECT_EQ(health.live().status, 200);
}

TEST(Health, OneFailingCheckIsEnough) {
    Health health;
    std::optional<std::string> fault;
    health.add("postgres", [] { return std::nullopt; });
    health.add("amqp", [&fault] { return fault; });
    EXPECT_EQ(health.ready(true),
              (Health::Report{.status = 200, .body = "[+]postgres ok\n[+]amqp ok\nready\n"}));
    EXPECT_EQ(health.ready(false).body, "ready\n");
    fault = "connection blocked";
    const Health::Report expected{
        .status = 503, .body = "[+]postgres ok\n[-]amqp failed: connection blocked\nnot ready\n"};
    EXPECT_EQ(health.ready(true), expected);
    EXPECT_EQ(health.ready(false), expected);
    EXPECT_EQ(health.live().status, 200);
}

TEST(Health, DrainingIsNotReadyButAlive) {
    Health health;
    health.start_draining();
    EXPECT_EQ(health.ready(false).status, 503);
    EXPECT_EQ(health.ready(true).body, "[-]shutdown failed: draining\nnot ready\n");
    EXPECT_EQ(health.live().status, 200);
}

}  // namespace
}  // namespace itn::runtime
