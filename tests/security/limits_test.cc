// The bounds that rows.txt names, as numbers: whoever changes one of them changes what is promised.
// That the processes keep their bounds is proved where rows.txt says so.

#include "common/base/limits.h"

#include <gtest/gtest.h>

namespace itn {
namespace {

using namespace std::chrono_literals;

TEST(SecurityLimits, OfTokens) {
    EXPECT_EQ(limits::max_token_life, 15min);
    EXPECT_EQ(limits::token_leeway, 30s);
    EXPECT_EQ(limits::max_token, 4U * 1024);
    EXPECT_EQ(limits::ticket_life, 30s);
    EXPECT_EQ(limits::max_active_api_keys, 2U);
    // Who lost a right is out within a minute, whether the doors hear of it or can ask nobody; the
    // feed, which looks now and then, included.
    EXPECT_LE(limits::revocation_poll + limits::ws_stay, 60s);
    EXPECT_LE(limits::revocation_overdue + limits::ws_stay, 60s);
    EXPECT_LE(limits::key_life + limits::ws_stay, 60s);
    EXPECT_LE(limits::partners_overdue, 60s);
    EXPECT_LE(limits::caller_life, 60s);
}

TEST(SecurityLimits, OfPasswords) {
    EXPECT_EQ(limits::argon2_memory_kib, 19'456U);
    EXPECT_EQ(limits::argon2_passes, 2U);
    EXPECT_EQ(limits::argon2_lanes, 1U);
    EXPECT_EQ(limits::min_password, 8U);
    EXPECT_GE(limits::max_password, 128U * 4) << "128 of the longest characters";
    EXPECT_EQ(limits::max_parallel_hashes, 2U);
    EXPECT_EQ(limits::max_waiting_hashes, 16U);
    EXPECT_EQ(limits::max_sign_in_failures, 5);
    EXPECT_EQ(limits::sign_in_window, 15min);
}

TEST(SecurityLimits, OfRequests) {
    EXPECT_EQ(limits::max_body, 64U * 1024);
    EXPECT_EQ(limits::max_batch_body, 1024U * 1024);
    EXPECT_EQ(limits::max_json_depth, 16U);
    EXPECT_EQ(limits::max_json_array, 100U);
    EXPECT_EQ(limits::max_batch_commands, 1'000U);
    EXPECT_EQ(limits::max_command_id, 255U);
    EXPECT_EQ(limits::max_page, 200U);
    EXPECT_EQ(limits::head_deadline, 5s);
    EXPECT_EQ(limits::body_deadline, 10s);
    EXPECT_EQ(limits::keep_alive, 30s);
    EXPECT_LT(limits::confirm_deadline, 2s) << "a broker that is away is a 503 by then";
    EXPECT_EQ(limits::max_command_age, std::chrono::hours(7 * 24));
    EXPECT_EQ(limits::max_clock_skew, 5min);
}

TEST(SecurityLimits, OfTheFeed) {
    EXPECT_EQ(limits::ws_first_frame, 5s);
    EXPECT_EQ(limits::max_ws_message, 64U * 1024);
    EXPECT_EQ(limits::max_ws_messages_per_minute, 100U);
    EXPECT_EQ(limits::max_ws_per_principal, 5U);
    EXPECT_EQ(limits::ws_ping, 20s);
    EXPECT_EQ(limits::ws_pong, 10s);
    EXPECT_EQ(limits::max_client_queue, 1024U * 1024);
    EXPECT_EQ(limits::max_client_look_ups, 200U);
}

TEST(SecurityLimits, OfPartners) {
    EXPECT_EQ(limits::max_partner_connections, 5);
    EXPECT_EQ(limits::max_partner_channels, 10);
    EXPECT_EQ(limits::max_partner_message, 128U * 1024);
    EXPECT_EQ(limits::min_partner_name, 3U);
    EXPECT_EQ(limits::max_partner_name, 32U);
}

}  // namespace
}  // namespace itn
