// itnctl where addresses are not what they seem: the real-time feed behind a signpost, certificates
// that nobody vouches for, URLs that are none.

#include <gtest/gtest.h>

#include "tests/tools/ctl/pretend_server.h"
#include "tools/ctl/trade.h"
#include "tools/ctl/tree.h"

namespace itn::ctl::tests {
namespace {

using nlohmann::json;

Environment at(const PretendServer& api) {
    return {.url = api.url(), .session_file = "/nowhere", .json = true};
}

const std::string completed =
    "event: event\nid: v1.e.\ndata: {\"type\":\"event\",\"event\":\"trade.completed\","
    "\"subject\":\"t1\",\"at\":\"\"}\n\n";

TEST(Watch, follows_the_signpost_of_the_api) {
    PretendServer feed([](const std::string&, const json&) { return Reply{.text = completed}; });
    const std::string link = "Link: <ws" + feed.url().substr(4) + "/feed>; rel=\"alternate\"\r\n";
    PretendServer api([&](const std::string& asked, const json&) {
        const bool is_feed = asked.starts_with("GET /api/updates/real-time?");
        return is_feed ? Reply{.status = 426, .headers = link}
                       : Reply{.body = {{"status", "confirmed"}}};
    });
    const Ended watched = run_itnctl(at(api), {"trade", "watch", "t1"});
    EXPECT_EQ(watched.code, 0) << watched.trouble;
    EXPECT_EQ(json::parse(watched.output).at("event"), "trade.completed");
    EXPECT_EQ(feed.count("GET /feed?subscribe=trade"), 1U);
}

TEST(Watch, says_what_to_set_where_there_is_no_signpost) {
    PretendServer api([](const std::string&, const json&) { return Reply{.status = 426}; });
    const Ended watched = run_itnctl(at(api), {"trade", "watch"});
    EXPECT_EQ(watched.code, 2);
    EXPECT_NE(watched.trouble.find("set ITN_WS_URL"), std::string::npos) << watched.trouble;
}

TEST(Watch, carries_no_secret_to_another_host_or_in_the_open) {
    const auto feed = [](const std::string& url, const std::string& api) {
        return signposted_feed("<" + url + ">; rel=\"alternate\"", api);
    };
    EXPECT_EQ(feed("ws://a:1/x", "http://a:2"), "http://a:1/x");
    EXPECT_EQ(feed("wss://a/x", "http://a:2"), "https://a/x");
    EXPECT_EQ(feed("ws://[::1]:1/x", "http://[::1]:2"), "http://[::1]:1/x");
    EXPECT_THROW(feed("ws://a:1/x", "https://a"), Trouble);
    EXPECT_THROW(feed("ws://b:1/x", "http://a"), Trouble);
    EXPECT_THROW(feed("ws://a@b:1/x", "http://a"), Trouble);
    EXPECT_THROW(feed("file:///etc/passwd", "http://a"), Trouble);
    EXPECT_THROW(feed("ws:a", "http://a"), Trouble);
}

TEST(Addresses, trouble_with_one_names_it_and_is_a_setting) {
    const Ended wrong = run_itnctl({.url = "http://:x", .session_file = "/nowhere"}, {"whoami"});
    EXPECT_EQ(wrong.code, 2) << wrong.trouble;
    EXPECT_NE(wrong.trouble.find("http://:x"), std::string::npos) << wrong.trouble;
    const Ended nobody =
        run_itnctl({.url = "http://me:secret@127.0.0.1:1", .session_file = "/nowhere"}, {"whoami"});
    EXPECT_EQ(nobody.code, 3);
    EXPECT_NE(nobody.trouble.find("http://127.0.0.1:1/"), std::string::npos) << nobody.trouble;
    EXPECT_EQ(nobody.trouble.find("secret"), std::string::npos) << nobody.trouble;
    CommonOptions options{.url = "127.0.0.1:8080"};
    EXPECT_THROW(read_environment(options), Trouble);
    options.url = "https://itn.example/";
    EXPECT_EQ(read_environment(options).url, "https://itn.example");
}

TEST(Addresses, a_certificate_nobody_vouches_for_leads_to_ITN_CA_FILE) {
    const Trouble untrusted =
        trouble_of({.obstacle = tools::Obstacle::certificate, .fault = "https://a: no"});
    EXPECT_EQ(untrusted.exit(), Exit::usage);
    EXPECT_NE(std::string(untrusted.what()).find("ITN_CA_FILE"), std::string::npos);
}

TEST(Whoami, shows_a_partner_and_its_key_though_it_has_no_account) {
    const json partner = {{"principal", "partner:acme"},
                          {"name", "acme"},
                          {"role", "partner"},
                          {"key", {{"keyId", "a"}, {"scopes", {"read", "trade"}}}}};
    PretendServer api([&](const std::string&, const json&) { return Reply{.body = partner}; });
    Environment environment = at(api);
    EXPECT_EQ(json::parse(run_itnctl(environment, {"whoami"}).output), partner);
    environment.json = false;
    const std::string sheet = run_itnctl(environment, {"whoami"}).output;
    for (const char* line : {"partner   partner:acme\n", "role      partner\n", "API key   a\n",
                             "scopes    read, trade\n"})
        EXPECT_NE(sheet.find(line), sheet.npos) << sheet;
}

}  // namespace
}  // namespace itn::ctl::tests
