// itnctl partner against a network and a broker that are out of order.

#include <gtest/gtest.h>

#include "tests/tools/ctl/pretend_server.h"

namespace itn::ctl::tests {
namespace {

using nlohmann::json;
using Words = std::vector<const char*>;

const std::string late = "2999-01-01T00:00:00.000000Z";
const std::string long_ago = "2020-01-01T00:00:00.000000Z";

/// One partner, acme, and the broker's management API on the same port.
class PartnerTest : public testing::Test {
protected:
    Reply answer(const std::string& asked, const json& body) {
        if (!broken_.empty() && asked.starts_with(broken_))
            return {.status = 503, .body = {{"detail", "out of order"}}};
        if (asked == "POST /api/partners") {
            if (!row_.is_null()) return {.status = 409, .body = {{"detail", "is there"}}};
            row_ = body;
            row_["disabled"] = false;
            return {.status = 201, .body = row_};
        }
        if (asked == "GET /api/partners/acme") return {.body = row_};
        if (asked == "PUT /api/partners/acme") return {.body = row_ = body};
        if (asked.starts_with("GET /api/keys")) return {.body = {{"data", keys_}}};
        if (asked == "POST /api/keys") {
            keys_.push_back(key("fresh"));
            return {.status = 201, .body = {{"key", "itn_fresh_secret"}, {"expiresAt", late}}};
        }
        if (asked == "GET /api/users/acme") return {.status = has_user_ ? 200 : 404};
        if (asked == "PUT /api/users/acme") has_user_ = true;
        if (asked.starts_with("GET /api/queues/itn?"))
            return {.body = {{{"name", "itn.reply.acme.1"}, {"exclusive", false}},
                             {{"name", "itn.reply.acme.2"}, {"exclusive", true}},
                             {{"name", "itn.reply.acme2.1"}, {"exclusive", false}},
                             {{"name", "itn.partner.acme.commands"}, {"exclusive", false}}}};
        if (asked.starts_with("GET /api/exchanges/itn?"))
            return {.body = {{{"name", ""}}, {{"name", "itn.reply.acme.x"}}}};
        if (asked == "DELETE /api/queues/itn/itn.reply.acme.1") return {.status = 404};
        return {.status = 204};
    }
    static json key(const std::string& id, const std::string& ends = late) {
        return {{"keyId", id}, {"expiresAt", ends}, {"revoked", false}};
    }
    Ended run(const Words& words, bool as_json = true) {
        return run_itnctl({.url = server_.url(),
                           .amqp_url = "amqp://itn:network@127.0.0.1:5672/itn",
                           .management_url = server_.url(),
                           .session_file = "/nowhere",
                           .json = as_json},
                          words);
    }

    std::string broken_;
    json row_;
    json keys_ = json::array();
    bool has_user_ = false;
    PretendServer server_{
        [this](const std::string& asked, const json& body) { return answer(asked, body); }};
};

const Words add = {"partner", "add", "acme", "--station", "ceres"};

TEST_F(PartnerTest, nothing_is_made_while_the_broker_is_out_of_reach) {
    broken_ = "GET /api/users";
    EXPECT_EQ(run(add).code, 3);
    EXPECT_TRUE(row_.is_null());
    EXPECT_EQ(server_.count("POST"), 0U);
}

TEST_F(PartnerTest, no_key_is_made_before_the_broker_has_done_its_part) {
    broken_ = "PUT /api/queues";
    EXPECT_EQ(run(add).code, 3);
    EXPECT_TRUE(keys_.empty());
    broken_ = "";
    EXPECT_EQ(json::parse(run(add).output).at("apiKey"), "itn_fresh_secret");
}

TEST_F(PartnerTest, a_secret_that_was_made_is_shown_whatever_follows) {
    for (const char* broken : {"PUT /api/permissions", "POST /api/keys"}) {
        has_user_ = false;
        broken_ = broken;
        const Ended broke = run(add);
        EXPECT_EQ(broke.code, 3) << broken;
        const json shown = json::parse(broke.output);
        EXPECT_TRUE(shown.at("amqpUrl").get<std::string>().starts_with("amqp://acme:")) << shown;
        EXPECT_TRUE(shown.at("incomplete")) << shown;
        EXPECT_FALSE(shown.contains("apiKey")) << shown;
    }
    keys_ = json::array({key("old")});
    broken_ = "DELETE /api/keys";
    const Ended broke = run({"partner", "add", "acme", "--station", "ceres", "--rotate"});
    EXPECT_EQ(broke.code, 3);
    EXPECT_EQ(json::parse(broke.output).at("apiKey"), "itn_fresh_secret");
}

TEST_F(PartnerTest, stations_change_only_when_that_is_asked_for) {
    EXPECT_EQ(run({"partner", "add", "acme", "--station", "luna", "--station", "ceres"}).code, 0);
    EXPECT_EQ(run({"partner", "add", "acme", "--station", "ceres", "--station", "luna"}).code, 0);
    const Ended refused = run(add);
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.trouble.find("acts for ceres, luna"), std::string::npos) << refused.trouble;
    EXPECT_EQ(server_.count("PUT /api/partners"), 0U);
    EXPECT_EQ(run({"partner", "set", "acme", "--station", "vesta"}).code, 0);
    EXPECT_EQ(row_.at("stations"), json({"vesta"}));
    EXPECT_FALSE(row_.at("disabled"));
}

TEST_F(PartnerTest, enable_says_which_keys_are_good_again_and_may_make_another) {
    row_ = {{"name", "acme"}, {"stations", {"ceres"}}, {"disabled", true}};
    keys_ = json::array({key("old")});
    const Ended text = run({"partner", "enable", "acme"}, false);
    EXPECT_NE(text.output.find("old until " + late + " is good as before"), std::string::npos)
        << text.output;
    EXPECT_FALSE(row_.at("disabled"));
    EXPECT_EQ(json::parse(run({"partner", "enable", "acme"}).output).at("keptApiKeys"),
              json::array({json{{"keyId", "old"}, {"expiresAt", late}}}));
    const json rotated = json::parse(run({"partner", "enable", "acme", "--rotate"}).output);
    EXPECT_EQ(rotated.at("apiKey"), "itn_fresh_secret");
    EXPECT_EQ(server_.count("DELETE /api/keys/old"), 1U);
}

TEST_F(PartnerTest, a_key_that_has_ended_is_not_taken_for_a_good_one) {
    keys_ = json::array({key("ended", long_ago)});
    const json made = json::parse(run(add).output);
    EXPECT_EQ(made.at("apiKey"), "itn_fresh_secret");
    EXPECT_EQ(made.at("apiKeyExpiresAt"), late);
    EXPECT_EQ(server_.count("DELETE /api/keys"), 0U) << "it has ended by itself";
    const json again = json::parse(run(add).output);
    EXPECT_EQ(again.at("keptApiKeys"),
              json::array({json{{"keyId", "fresh"}, {"expiresAt", late}}}));
    keys_ = json::array({key("ended", long_ago)});
    const Ended text = run(add, false);
    EXPECT_NE(text.output.find("ends " + late), std::string::npos) << text.output;
}

TEST_F(PartnerTest, disable_takes_along_what_it_made_for_its_replies) {
    row_ = {{"name", "acme"}, {"stations", {"ceres"}}, {"disabled", false}};
    broken_ = "GET /api/exchanges";
    EXPECT_EQ(run({"partner", "disable", "acme"}).code, 3);
    EXPECT_TRUE(row_.at("disabled")) << "its commands are refused already";
    broken_ = "";
    EXPECT_EQ(run({"partner", "disable", "acme"}).code, 0);
    EXPECT_EQ(server_.count("DELETE /api/users/acme"), 2U);
    EXPECT_EQ(server_.count("DELETE /api/queues/itn/itn.reply.acme.1"), 2U) << "gone is as good";
    EXPECT_EQ(server_.count("DELETE /api/queues/"), 2U) << "and none of another";
    EXPECT_EQ(server_.count("DELETE /api/exchanges/itn/itn.reply.acme.x"), 1U);
    EXPECT_EQ(server_.count("DELETE /api/exchanges/"), 1U);
}

}  // namespace
}  // namespace itn::ctl::tests
