// The gateway as it is shipped, in front of the whole network: one origin with TLS, what it keeps
// out, and that nobody waits because others are slow.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/address.h"
#include "tests/e2e/https_client.h"
#include "tests/e2e/system.h"
#include "tests/support/process.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class GatewayTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        // Of every process that starts from now on, as `./itn up --gateway` has it.
        setenv("ITN_TRUSTED_PROXIES", "127.0.0.1", 1);
        system_ = new System;
        system_->add_market();
        port_ = free_port();
        const std::string home = system_->directory() + "/gateway";
        gateway_ = new Child({ITN_SOURCE_DIR "/docker/gateway/start.sh"},
                             {{"ITN_GATEWAY_HOME", home},
                              {"ITN_GATEWAY_LISTEN", address(port_)},
                              {"ITN_GATEWAY_API", address(system_->api_port())},
                              {"ITN_GATEWAY_NOTIFIER", address(system_->notifier_port())}},
                             system_->directory() + "/gateway.log");
        certificate_ = home + "/tls/certificate.pem";
        ASSERT_TRUE(eventually([] {
            return HttpsClient(port_, certificate_).request("GET", "/healthz").status == 200;
        })) << text_of(system_->directory() + "/gateway.log");
    }
    static void TearDownTestSuite() {
        gateway_->signal(SIGTERM);
        EXPECT_EQ(gateway_->wait(10s), 0);
        delete gateway_;
        delete system_;
    }

    static std::string address(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }
    static std::string text_of(const std::string& file) {
        std::stringstream text;
        text << std::ifstream(file).rdbuf();
        return text.str();
    }
    static Headers admin() { return System::as(system_->admin_token()); }
    HttpsReply send(const std::string& method, const std::string& path,
                    const std::string& body = {}) {
        return client_.request(method, path, body, admin());
    }
    std::string trade() { return system_->trade_body("ceres", "europa", "ice", 1).dump(); }
    /// The 99th percentile of requests one after the other.
    std::chrono::microseconds p99() {
        std::vector<std::chrono::microseconds> times;
        for (int i = 0; i < 400; ++i) {
            const HttpsReply reply = send("GET", "/api/inventory/ceres/ice");
            EXPECT_EQ(reply.status, 200) << reply.body;
            times.push_back(reply.took);
        }
        std::ranges::sort(times);
        return times[times.size() * 99 / 100];
    }

    static System* system_;
    static Child* gateway_;
    static std::uint16_t port_;
    static std::string certificate_;
    HttpsClient client_{port_, certificate_};
};

System* GatewayTest::system_ = nullptr;
Child* GatewayTest::gateway_ = nullptr;
std::uint16_t GatewayTest::port_ = 0;
std::string GatewayTest::certificate_;

TEST_F(GatewayTest, is_one_origin_for_everything_public) {
    for (const char* path : {"/api/stations", "/openapi.yaml", "/asyncapi.yaml", "/healthz",
                             "/.well-known/jwks.json"}) {
        const HttpsReply reply = client_.request("GET", path);
        EXPECT_EQ(reply.status, 200) << path;
        EXPECT_TRUE(reply.is_http2) << path;
        EXPECT_EQ(reply.headers.at("x-content-type-options"), "nosniff") << path;
        EXPECT_TRUE(reply.headers.contains("strict-transport-security")) << path;
        EXPECT_TRUE(reply.headers.contains("content-security-policy")) << path;
    }
    const HttpsReply unknown = client_.request("GET", "/api/trades");
    EXPECT_EQ(unknown.status, 401);
    EXPECT_TRUE(unknown.headers.contains("www-authenticate"));
    for (const char* path :
         {"/metrics", "/livez", "/readyz", "/metrics?x=1", "/metrics/", "/livez/",
          "/readyz/?verbose", "/%6detrics/", "/healthz/", "//metrics", "/./readyz",
          "/api/../metrics", "/api/%2e%2e/livez", "/%256detrics", "/METRICS", "/metrics;x"}) {
        for (const char* method : {"GET", "HEAD", "POST"})
            EXPECT_EQ(client_.request(method, path).status, 404) << method << ' ' << path;
    }
}

TEST_F(GatewayTest, nobody_forges_an_address) {
    const std::string token = system_->add_user("castor", "trader");
    const auto sign_in = [&](HttpsClient& client, const json& body, const std::string& claimed) {
        return client
            .request("POST", "/api/auth/login", body.dump(),
                     {{"X-Forwarded-For", claimed},
                      {"X-Real-IP", claimed},
                      {"Forwarded", "for=" + claimed}})
            .status;
    };
    const json right = {{"email", "castor@itn.example"}, {"password", System::password}};
    json wrong = right;
    wrong["password"] = "not the password";
    HttpsClient guesser(port_, certificate_, "127.0.0.5"), owner(port_, certificate_, "127.0.0.6");
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(sign_in(guesser, wrong, "198.51.100." + std::to_string(i)), 401);
    EXPECT_EQ(sign_in(guesser, right, "127.0.0.6"), 429);
    EXPECT_EQ(sign_in(owner, right, "127.0.0.5"), 200) << "another client's count is its own";
    EXPECT_TRUE(eventually([] {
        return system_->sql(
                   "SELECT string_agg(DISTINCT peer, ' ') FROM audit_trail "
                   "WHERE event = 'sign_in_refused'") == "127.0.0.5";
    }));
    HttpsClient many(port_, certificate_, "127.0.0.7"), few(port_, certificate_, "127.0.0.8");
    int status = 0;
    for (int i = 0; i < 500 && status != 429; ++i)
        status = sign_in(many, json::object(), "203.0.113." + std::to_string(i % 250));
    EXPECT_EQ(status, 429) << "rates are the clients', not the gateway's";
    EXPECT_EQ(sign_in(few, json::object(), "127.0.0.7"), 400);
}

TEST_F(GatewayTest, carries_commands_and_both_feeds) {
    const std::string log = system_->directory() + "/watch.log";
    Child watcher({"/usr/bin/python3", ITN_SOURCE_DIR "/tests/e2e/clients/watch.py",
                   "wss://localhost:" + std::to_string(port_) + "/api/updates/real-time",
                   R"(["trade"])", "1"},
                  {{"ITN_TOKEN", system_->admin_token()}}, log);
    ASSERT_TRUE(eventually([&] { return text_of(log).find("hello") != std::string::npos; }, 20s))
        << text_of(log);
    Headers headers = admin();
    headers.emplace_back("Prefer", "wait=10");
    const HttpsReply posted = client_.request("POST", "/api/trades", trade(), headers);
    ASSERT_EQ(posted.status, 201) << posted.body;
    EXPECT_EQ(watcher.wait(20s), 0) << text_of(log);
    EXPECT_NE(text_of(log).find(json::parse(posted.body).at("transactionId").get<std::string>()),
              std::string::npos);

    headers = admin();
    headers.emplace_back("Accept", "text/event-stream");
    const auto is_unheard = [](const std::string& all) { return all.find("\n\n") == all.npos; };
    const HttpsReply feed = client_.stream("/api/updates/real-time", headers, is_unheard);
    EXPECT_EQ(feed.status, 200);
    EXPECT_EQ(feed.headers.at("content-type").substr(0, 17), "text/event-stream");
    EXPECT_FALSE(is_unheard(feed.body)) << feed.body;
    EXPECT_LT(feed.took, 5s);

    // Whoever does not ask for a feed is told so, over HTTP/2 too, which has no Upgrade.
    for (const char* path : {"/api/updates/real-time", "/api/updates/real-time/", "/ws/updates"}) {
        const HttpsReply told = client_.request("GET", path);
        EXPECT_EQ(told.status, 426) << path;
        EXPECT_TRUE(told.is_http2) << path;
        EXPECT_FALSE(told.headers.contains("upgrade")) << path;
        EXPECT_EQ(json::parse(told.body).at("type"), "/problems/upgrade_required") << path;
    }
}

TEST_F(GatewayTest, itnctl_trusts_whom_it_is_told_to) {
    const auto ctl = [](const std::string& variable) {
        return run_program({"/usr/bin/env", variable,
                            "ITN_URL=https://localhost:" + std::to_string(port_),
                            "XDG_STATE_HOME=" + system_->directory() + "/nobody",
                            std::string(ITN_BIN_DIR) + "/itnctl", "station", "list"});
    };
    const Ran trusting = ctl("ITN_CA_FILE=" + certificate_);
    EXPECT_EQ(trusting.code, 0) << trusting.output;
    for (const char* variable : {"ITN_CA_FILE=", "ITN_CA_FILE=/nowhere.pem"})
        EXPECT_EQ(ctl(variable).code, 2) << variable;
}

TEST_F(GatewayTest, turns_away_what_is_too_large_or_unclear) {
    const HttpsReply large = send("POST", "/api/trades", std::string(65 * 1024, ' '));
    EXPECT_EQ(large.status, 413);
    EXPECT_EQ(large.headers.at("content-type"), "application/problem+json");
    EXPECT_EQ(json::parse(large.body).at("type"), "/problems/content_too_large");
    // The batch route takes more: this one is read, and found to be no JSON.
    EXPECT_EQ(send("POST", "/api/trades/batch", std::string(500 * 1024, ' ')).status, 400);
    EXPECT_EQ(send("POST", "/api/trades/batch", std::string(1025 * 1024, ' ')).status, 413);
    for (const char* method : {"TRACE", "CONNECT", "PROPFIND"})
        EXPECT_EQ(send(method, "/api/stations").status, 405) << method;

    const auto head_of = [&](const std::string& bytes) { return client_.raw(bytes).substr(0, 12); };
    const std::string post = "POST /api/trades HTTP/1.1\r\nHost: localhost\r\n";
    EXPECT_EQ(head_of(post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              "HTTP/1.1 400");
    EXPECT_EQ(head_of(post + "Content-Length: 10000000000\r\n\r\n"), "HTTP/1.1 413");
    EXPECT_EQ(head_of(post + "Content-Length: -1\r\n\r\n"), "HTTP/1.1 400");
    EXPECT_EQ(head_of("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(10'000'000, 'x')),
              "HTTP/1.1 431");
    EXPECT_EQ(head_of("\x01\x02 no http at all\r\n\r\n"), "HTTP/1.1 400");
}

/// Puts `text` in the place of the one `mark`.
void put(std::string& in, const std::string& mark, const std::string& text) {
    const std::size_t at = in.find(mark);
    ASSERT_NE(at, in.npos) << mark;
    in.replace(at, mark.size(), text);
}

TEST_F(GatewayTest, counts_an_ipv6_network_as_one_address) {
    // The configuration as it is shipped, but that it takes the address from the query and says for
    // whom it counts it.
    const std::string home = system_->directory() + "/networks", shipped = home + "/shipped";
    std::filesystem::create_directory(home);
    std::filesystem::copy(ITN_SOURCE_DIR "/docker/gateway", shipped);
    const std::string file = shipped + "/nginx.conf.template";
    std::string text = text_of(file);
    put(text, "map $remote_addr $network", "map $arg_address $network");
    put(text, "default $remote_addr;", "default $arg_address;");
    put(text, "add_header Retry-After ",
        "add_header X-Network $network always;\nadd_header Retry-After ");
    std::ofstream(file) << text;
    const std::uint16_t port = free_port();
    Child gateway({shipped + "/start.sh"},
                  {{"ITN_GATEWAY_HOME", home},
                   {"ITN_GATEWAY_LISTEN", address(port)},
                   {"ITN_GATEWAY_API", address(system_->api_port())}},
                  home + "/log");
    const auto counted_as = [&](const std::string& address) {
        HttpsClient client(port, home + "/tls/certificate.pem");
        auto headers = client.request("GET", "/healthz?address=" + address).headers;
        return headers["x-network"];
    };
    ASSERT_TRUE(eventually([&] { return !counted_as("10.0.0.7").empty(); }))
        << text_of(home + "/log");
    // As nginx writes them.
    std::istringstream addresses(
        "10.0.0.7 10.0.0.8 ::1 ::ffff:10.0.0.7 2001:db8:1:2:3:4:5:6 2001:db8:1:2:: "
        "2001:db8:1:2::6 2001:db8:1:3::6 2001:db8:1:2:0:4:5:6 2001:db8:1::6 "
        "2001:db8:1:0:3:: 2001:db8:1::4:5:6 2001:db8:1:0:3:4:5:6 2001:db8::1 2001:db8:: "
        "2001:db8::3:4:5:6 2001:db8:0:0:3:: 2001:db8::3:0:0:6 2001:db8:0:1::1 "
        "2001:db8:0:1:2:3:4:5 2600::1 2600:: 2600::3:4:5:6 2600:0:0:0:3:: 2600::2:3:4:5:6 "
        "2600:0:0:2:: 2600:0:1::1 fe80::1");
    std::vector<std::array<std::string, 3>> seen;  // the address, and as gateway and API count it
    for (std::string one; addresses >> one;)
        seen.push_back({one, counted_as(one), network_of(one)});
    for (const auto& [one, at_gateway, at_api] : seen)
        for (const auto& [other, other_at_gateway, other_at_api] : seen)
            EXPECT_EQ(at_gateway == other_at_gateway, at_api == other_at_api)
                << one << " is " << at_gateway << ", " << other << " is " << other_at_gateway;
}

TEST_F(GatewayTest, holds_so_many_batches_and_of_nobody_all_of_them) {
    const auto status_of = [](const std::string& from) {
        HttpsClient client(port_, certificate_, from);
        return client.request("POST", "/api/trades/batch", "[]", admin()).status;
    };
    const auto hold = [](const std::vector<std::string>& addresses) {
        const std::string log = system_->directory() + "/hold" + addresses.front() + ".log";
        std::vector<std::string> words{"/usr/bin/python3",
                                       ITN_SOURCE_DIR "/tests/e2e/clients/slow.py",
                                       std::to_string(port_), "8", "batch"};
        words.insert(words.end(), addresses.begin(), addresses.end());
        Child holder(words, {}, log);
        EXPECT_TRUE(eventually([&] { return text_of(log) == "ready\n"; }, 60s)) << text_of(log);
        return holder;
    };
    const std::string free = "127.0.2.1";
    std::vector<std::string> networks;
    for (int i = 2; i <= 64; ++i)
        networks.push_back("127.0.1." + std::to_string(i));
    const auto one = hold({"127.0.1.1"});
    EXPECT_TRUE(eventually([&] { return status_of("127.0.1.1") == 429; }));
    EXPECT_EQ(status_of(free), 400) << "others have room";
    {
        const auto others = hold(networks);
        EXPECT_TRUE(eventually([&] { return status_of(free) == 429; }));
        EXPECT_EQ(client_.request("POST", "/api/trades", trade(), admin()).status, 202)
            << "only batches wait";
    }
    EXPECT_TRUE(eventually([&] { return status_of(free) == 400; }));
}

TEST_F(GatewayTest, nobody_waits_for_a_thousand_who_are_slow) {
    p99();  // warm
    std::chrono::microseconds before{}, during{};
    // The slow ones, which come again and again, share our two processors: a little for that. What
    // else those do meanwhile is not their doing: one round of five without it is enough.
    const auto is_calm = [&] { return during < 2 * before + 5ms; };
    for (int round = 0; round < 5 && (round == 0 || !is_calm()); ++round) {
        before = std::min({p99(), p99(), p99()});
        const std::string log = system_->directory() + "/slow-" + std::to_string(round) + ".log";
        Child slow({"/usr/bin/python3", ITN_SOURCE_DIR "/tests/e2e/clients/slow.py",
                    std::to_string(port_), "1000", "head"},
                   {}, log);
        ASSERT_TRUE(eventually([&] { return text_of(log) == "ready\n"; }, 60s)) << text_of(log);
        during = std::min({p99(), p99(), p99()});
        EXPECT_TRUE(slow.is_running());
    }
    EXPECT_TRUE(is_calm()) << before.count() << " us, then " << during.count();
}

TEST_F(GatewayTest, says_when_to_come_back_while_the_api_is_away) {
    system_->kill("itn-api");
    const HttpsReply reply = send("GET", "/api/stations");
    EXPECT_EQ(reply.status, 503);
    EXPECT_TRUE(reply.headers.contains("retry-after"));
    EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
}

}  // namespace
}  // namespace itn::tests
