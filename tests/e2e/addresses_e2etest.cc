// Whose address counts: what a client says of itself is nothing, what a proxy of ours says of its
// client counts for rates, wrong passwords and the audit trail.

#include <gtest/gtest.h>

#include "tests/e2e/system.h"
#include "tests/support/ws_client.h"

namespace itn::tests {
namespace {

using nlohmann::json;

constexpr const char* loopback = "127.0.0.1";

class AddressesTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        system_ = new System;
        direct_ = system_->api_port();
        system_->start("itn-api", {{"ITN_TRUSTED_PROXIES", "10.0.0.9"}});
        elsewhere_ = system_->api_port();
        system_->start("itn-api", {{"ITN_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.9"}});
        for (const char* name : {"castor", "pollux"})
            system_->add_user(name, "trader");
    }
    static void TearDownTestSuite() { delete system_; }

    static HttpReply sign_in(std::uint16_t port, const json& body, Headers headers) {
        HttpClient client(port, std::chrono::seconds(20));
        headers.emplace_back("Content-Type", "application/json");
        return client.request("POST", "/api/auth/login", body.dump(), headers)
            .value_or(HttpReply{});
    }
    static json with_password(const std::string& name, const std::string& password) {
        return {{"email", name + "@itn.example"}, {"password", password}};
    }
    static int wrong(std::uint16_t port, const std::string& name, const Headers& headers) {
        return sign_in(port, with_password(name, "not the password"), headers).status;
    }
    static int right(std::uint16_t port, const std::string& name, const Headers& headers) {
        return sign_in(port, with_password(name, System::password), headers).status;
    }
    /// The addresses from which this account was tried in vain, as the audit trail has them.
    static std::string tried_from(const std::string& name) {
        return system_->sql(
            "SELECT string_agg(DISTINCT peer, ' ') FROM audit_trail WHERE event = "
            "'sign_in_refused' AND subject = '" +
            name + "@itn.example'");
    }
    /// The answer to one sign-in too many of addresses that begin so; with `is_one` of one alone,
    /// else of so many that each of them asks twice at most.
    static HttpReply too_many(std::uint16_t port, const std::string& begin, bool is_one) {
        HttpReply reply;
        for (int i = 0; i < 500 && reply.status != 429; ++i)
            reply = sign_in(port, json::object(),
                            {{"X-Forwarded-For", begin + std::to_string(is_one ? 7 : i % 250)}});
        return reply;
    }

    static System* system_;
    /// Of a process that trusts nobody, and of one whose proxies are not here. The newest trusts
    /// this machine and another.
    static std::uint16_t direct_, elsewhere_;
};

System* AddressesTest::system_ = nullptr;
std::uint16_t AddressesTest::direct_ = 0, AddressesTest::elsewhere_ = 0;

TEST_F(AddressesTest, what_a_client_says_of_itself_is_nothing) {
    // Five wrong passwords lock the account for the address, whatever each claimed to be.
    for (int i = 0; i < 5; ++i) {
        const std::string claimed = "198.51.100." + std::to_string(i);
        EXPECT_EQ(wrong(i % 2 == 0 ? direct_ : elsewhere_, "castor",
                        {{"X-Forwarded-For", claimed},
                         {"X-Forwarded-For", claimed + ", 10.0.0.9"},
                         {"X-Real-IP", claimed},
                         {"Forwarded", "for=" + claimed}}),
                  401);
    }
    for (const auto port : {direct_, elsewhere_})
        EXPECT_EQ(right(port, "castor", {{"X-Forwarded-For", "203.0.113.200"}}), 429);
    EXPECT_TRUE(eventually([] { return tried_from("castor") == loopback; }))
        << tried_from("castor");
}

TEST_F(AddressesTest, a_proxy_is_believed_for_its_last_hop_that_is_none_of_ours) {
    const auto port = system_->api_port();
    for (int i = 0; i < 5; ++i) {
        // What stands before it is what the client claimed.
        const std::string claimed = "198.51.100." + std::to_string(i);
        EXPECT_EQ(wrong(port, "pollux",
                        {{"X-Forwarded-For", claimed},
                         {"X-Forwarded-For", claimed + ", 203.0.113.7, 10.0.0.9"}}),
                  401);
    }
    EXPECT_EQ(right(port, "pollux", {{"X-Forwarded-For", "198.51.100.9, 203.0.113.7"}}), 429);
    EXPECT_TRUE(eventually([] { return tried_from("pollux") == "203.0.113.7"; }));
    EXPECT_EQ(right(port, "pollux", {{"X-Forwarded-For", "203.0.113.8"}}), 200)
        << "from another address it is another count";
}

TEST_F(AddressesTest, the_notifier_believes_whom_the_api_believes) {
    // Who shows what is no token stands in the audit trail.
    const auto show = [](const std::string& address) {
        const SseClient stream(system_->notifier_port(), "",
                               {{"Authorization", "Bearer none"},
                                {"X-Forwarded-For", "198.51.100.1, " + address + ", 10.0.0.9"}});
        EXPECT_TRUE(stream.head().starts_with("HTTP/1.1 401 ")) << stream.head();
    };
    const auto shown_by = [](const std::string& address) {
        return system_->sql(
            "SELECT count(*) FROM audit_trail WHERE event = 'unauthenticated' AND subject = "
            "'GET /api/updates/real-time' AND peer = '" +
            address + "'");
    };
    show("203.0.113.40");
    EXPECT_TRUE(eventually([&] { return shown_by(loopback) == "1"; }));
    system_->start("itn-notifier", {{"ITN_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.9"}});
    show("203.0.113.41");
    EXPECT_TRUE(eventually([&] { return shown_by("203.0.113.41") == "1"; }));
    EXPECT_EQ(shown_by(loopback), "1");
}

TEST_F(AddressesTest, rates_are_held_for_each_address_behind_a_proxy) {
    const auto port = system_->api_port();
    const HttpReply refused = too_many(port, "203.0.113.", true);
    ASSERT_EQ(refused.status, 429) << refused.body;
    EXPECT_EQ(refused.header("RateLimit").value_or("").substr(0, 10), "\"sign_in\";");
    const auto status_from = [&](const std::string& address) {
        return sign_in(port, json::object(), {{"X-Forwarded-For", address}}).status;
    };
    EXPECT_EQ(status_from("203.0.113.21"), 400) << "nobody else is slower";
    EXPECT_EQ(too_many(port, "2001:db8:0:7::", false).status, 429) << "a /64 is one client's";
    EXPECT_EQ(status_from("2001:db8:0:8::1"), 400);
    EXPECT_EQ(too_many(direct_, "198.51.100.", false).status, 429)
        << "nobody gets a rate by claiming an address";
}

}  // namespace
}  // namespace itn::tests
