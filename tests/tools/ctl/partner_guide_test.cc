#include "tools/ctl/partner_guide.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>

#include "tests/support/process.h"

namespace itn::ctl {
namespace {

PartnerAccess acme() {
    return {.name = "acme",
            .stations = {"ceres", "luna"},
            .broker = {.user = "itn",
                       .password = "network",
                       .host = "10.0.0.1",
                       .port = 5673,
                       .vhost = "/itn"},
            .api_url = "https://itn.example",
            .password = "s3cret",
            .api_key = "itn_a_b",
            .api_key_expires_at = "2031-04-05T06:07:08.000000Z"};
}

TEST(PartnerGuide, names_all_they_need) {
    const auto all = access_json(acme());
    EXPECT_EQ(all["amqpUrl"], "amqp://acme:s3cret@10.0.0.1:5673/%2Fitn");
    EXPECT_EQ(all["exchange"], "itn.partner.acme");
    EXPECT_EQ(all["routingKey"], "acme.commands");
    EXPECT_EQ(all["replyQueue"], "itn.reply.acme.*");
    EXPECT_EQ(all["eventsQueue"], "itn.partner.acme.events");
    EXPECT_EQ(all["apiKey"], "itn_a_b");
    EXPECT_EQ(all["stations"], nlohmann::json({"ceres", "luna"}));
}

TEST(PartnerGuide, never_passes_on_the_networks_own_password) {
    PartnerAccess access = acme();
    access.password = access.api_key = "";
    for (const std::string& text : {access_json(access).dump(), access_text(access)}) {
        EXPECT_EQ(text.find("network"), text.npos) << text;
        EXPECT_NE(text.find("amqp://acme@10.0.0.1"), text.npos) << text;
    }
    EXPECT_FALSE(access_json(access).contains("apiKey"));
    EXPECT_NE(python_example(access).find("os.environ['ITN_AMQP_URL']"), std::string::npos);
}

TEST(PartnerGuide, the_example_is_short_and_is_python) {
    const std::string program = python_example(acme());
    EXPECT_LE(std::count(program.begin(), program.end(), '\n'), 10);
    const auto ran = tests::run_program(
        {"python3", "-c", "import sys; compile(sys.argv[1], 'example', 'exec')", program});
    EXPECT_EQ(ran.code, 0) << ran.output;
}

TEST(PartnerGuide, text_says_that_secrets_stay) {
    PartnerAccess access = acme();
    access.password = access.api_key = "";
    EXPECT_NE(access_text(access).find("--rotate"), std::string::npos);
    EXPECT_EQ(access_text(acme()).find("--rotate"), std::string::npos);
}

}  // namespace
}  // namespace itn::ctl
