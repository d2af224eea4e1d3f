// itnctl against the real parts, as people, scripts and partners use it.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "common/messaging/broker_url.h"
#include "common/messaging/partner_queues.h"
#include "common/messaging/topology_declare.h"
#include "tests/common/messaging/desk.h"
#include "tests/e2e/system.h"
#include "tests/support/private_rabbitmq.h"
#include "tests/support/process.h"

namespace itn::tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;
using Words = std::vector<std::string>;

constexpr const char* email = "root@itn.example";
constexpr const char* password = "a long walk between the stars";

class CtlTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        system_ = new System;
        home_ = system_->directory() + "/home";
        ctl({"user", "add", "--role", "admin", "--name", "Root", "--email", email},
            {"ITN_DATABASE_URL=" + system_->database_url()});
        ctl({"login", email});
        for (const char* station : {"ceres", "europa", "pallas"})
            system_->add_station(station);
        system_->add_product("ice");
        system_->add_stock("ceres", "ice", 10'000);
        system_->add_stock("pallas", "ice", 100);
    }
    static void TearDownTestSuite() {
        delete system_;
        system_ = nullptr;
    }

    static Words command(const Words& words, const Words& variables) {
        Words all = {"/usr/bin/env",
                     "-u",
                     "ITN_DATABASE_URL",
                     "-u",
                     "ITN_API_KEY",
                     "ITN_URL=http://127.0.0.1:" + std::to_string(system_->api_port()),
                     "ITN_WS_URL=ws://127.0.0.1:" + std::to_string(system_->notifier_port()) +
                         "/api/updates/real-time",
                     "ITN_AMQP_URL=" + system_->amqp_url(),
                     std::string("ITN_PASSWORD=") + password,
                     "XDG_STATE_HOME=" + home_};
        all.insert(all.end(), variables.begin(), variables.end());
        all.push_back(std::string(ITN_BIN_DIR) + "/itnctl");
        all.insert(all.end(), words.begin(), words.end());
        return all;
    }
    static Ran ctl(const Words& words, const Words& variables = {}) {
        return run_program(command(words, variables));
    }
    /// Of a command that must succeed.
    static json answer(const Words& words, const Words& variables = {}) {
        const Ran ran = ctl(words, variables);
        EXPECT_EQ(ran.code, 0) << ran.output;
        return json::parse(ran.output, nullptr, false);
    }
    /// While it is connected, and after it made what it may make.
    static void expect_to_be_cut_off(const std::string& partner, const std::string& url,
                                     const std::string& management) {
        const auto settings =
            messaging::settings_for(*messaging::parse_broker_url(url), {}, "partner");
        const std::string prefix = messaging::partner_reply_prefix(partner);
        messaging::declare_topology(settings,
                                    {.exchanges = {{.name = prefix + "left", .type = "topic"}},
                                     .queues = {{.name = prefix + "left", .arguments = {}}},
                                     .bindings = {}});
        messaging::Desk desk;
        bool is_open = false, is_closed = false;
        messaging::Connection connection(desk.loop, settings,
                                         {.on_open = [&] { is_open = true; },
                                          .on_blocked = [](bool, const std::string&) {},
                                          .on_method = [](auto, const auto&) {},
                                          .on_content = [](const messaging::Content&) {},
                                          .before_flush = [] {},
                                          .on_closed = [&](std::string) { is_closed = true; }});
        EXPECT_TRUE(desk.until([&] { return is_open; }));
        const Ran disabled = ctl({"partner", "disable", partner}, {management});
        EXPECT_EQ(disabled.code, 0) << disabled.output;
        EXPECT_TRUE(desk.until([&] { return is_closed; }));
        auto& broker = private_rabbitmq();
        const std::string left =
            broker.control({"list_queues", "name"}) + broker.control({"list_exchanges", "name"});
        EXPECT_EQ(left.find(prefix), std::string::npos) << left;
        EXPECT_NE(left.find(messaging::partner_command_queue(partner)), std::string::npos) << left;
    }
    static std::string session_file() { return home_ + "/itn/session.json"; }
    static json session() {
        std::ifstream in(session_file());
        return json::parse(in).begin().value();
    }
    static std::int64_t reserved(const std::string& station = "ceres") {
        return answer({"inventory", "show", station, "ice"}).value("reserved", std::int64_t(-1));
    }
    static Words sale(int quantity, const std::string& seller = "ceres") {
        return {"trade", "submit",  "--type", "sell",   "--seller",
                seller,  "--buyer", "europa", "--item", "ice=" + std::to_string(quantity)};
    }

    static System* system_;
    static std::string home_;
};

System* CtlTest::system_ = nullptr;
std::string CtlTest::home_;

TEST_F(CtlTest, the_first_admin_is_made_once) {
    const Words add = {"user", "add", "--role", "admin", "--name", "Root", "--email", email};
    const Words direct = {"ITN_DATABASE_URL=" + system_->database_url(),
                          "XDG_STATE_HOME=" + home_ + "-of-nobody"};
    EXPECT_EQ(ctl(add, direct).code, 1);
    Words again = add;
    again.push_back("--if-missing");
    EXPECT_EQ(ctl(again, direct).code, 0);
    EXPECT_EQ(answer({"whoami"})["role"], "admin");
}

TEST_F(CtlTest, a_session_lives_in_a_file_and_ends_with_logout) {
    const std::string elsewhere = "XDG_STATE_HOME=" + home_ + "-elsewhere";
    EXPECT_EQ(ctl({"whoami"}, {elsewhere}).code, 4);
    EXPECT_EQ(ctl({"login", email}, {elsewhere, "ITN_PASSWORD=wrong horse battery"}).code, 4);
    ASSERT_EQ(ctl({"login", email}, {elsewhere}).code, 0);
    EXPECT_EQ(answer({"whoami"}, {elsewhere})["email"], email);
    ASSERT_EQ(ctl({"logout"}, {elsewhere}).code, 0);
    EXPECT_EQ(ctl({"whoami"}, {elsewhere}).code, 4);
}

/// The refresh token is good for one exchange: only one of them may make it.
TEST_F(CtlTest, many_at_once_refresh_a_session_once) {
    std::stringstream text;
    text << std::ifstream(session_file()).rdbuf();
    json all = json::parse(text.str());
    all.begin().value()["expiresAt"] = 0;
    std::ofstream(session_file()) << all.dump();
    const std::string before = session()["refreshToken"];
    std::vector<int> codes(6, -1);
    std::vector<std::thread> others;
    for (int& code : codes)
        others.emplace_back([&code] { code = ctl({"whoami"}).code; });
    for (std::thread& other : others)
        other.join();
    EXPECT_EQ(codes, std::vector<int>(6, 0));
    EXPECT_NE(session()["refreshToken"], before);
    EXPECT_EQ(ctl({"whoami"}).code, 0);
}

TEST_F(CtlTest, exit_codes_say_what_happened) {
    EXPECT_EQ(ctl({"trade", "submit", "--type", "steal"}).code, 2);
    EXPECT_EQ(ctl({"station", "list"}, {"ITN_URL=http://127.0.0.1:1"}).code, 3);
    EXPECT_EQ(ctl({"trade", "get", "018f0000-0000-7000-8000-000000000000"}).code, 5);
    const Ran refused = ctl(sale(1'000'000));
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.output.find("insufficient_stock"), refused.output.npos) << refused.output;
}

TEST_F(CtlTest, keeps_the_catalogue) {
    answer({"station", "add", "vesta", "--name", "Vesta", "--kind", "planet", "--position=-1,2,3"});
    EXPECT_EQ(answer({"station", "show", "vesta"})["position"]["x"], -1);
    EXPECT_EQ(answer({"station", "set", "vesta", "--name", "New Vesta"})["version"], 2);
    EXPECT_EQ(ctl({"station", "set", "vesta", "--name", "Late", "--version", "1"}).code, 1);
    EXPECT_EQ(ctl({"station", "remove", "vesta"}).code, 0);
    EXPECT_EQ(ctl({"station", "show", "vesta"}).code, 5);
    answer({"product", "add", "tea", "--name", "Tea", "--price", "7", "--volume", "1"});
    EXPECT_EQ(answer({"product", "set", "tea", "--brand", "Ceylon"})["brand"], "Ceylon");
}

TEST_F(CtlTest, a_trade_travels_and_somebody_watches) {
    const json trade = answer(sale(5));
    const std::string id = trade.value("transactionId", "");
    ASSERT_EQ(trade["status"], "confirmed");
    const std::string log = system_->directory() + "/watch.log";
    Child watch(command({"trade", "watch", id}, {}), {}, log);
    std::string shipment;
    ASSERT_TRUE(eventually([&] {
        shipment = answer({"trade", "get", id}).value("shipmentId", "");
        return !shipment.empty();
    }));
    EXPECT_EQ(answer({"cargo", "status", shipment, "in_transit"})["status"], "in_transit");
    EXPECT_EQ(answer({"cargo", "status", shipment, "delivered"})["status"], "delivered");
    ASSERT_EQ(watch.wait(20s), 0);
    std::ifstream in(log);
    std::string line, last;
    while (std::getline(in, line))
        last = line;
    EXPECT_EQ(json::parse(last)["event"], "trade.completed");
    EXPECT_GE(answer({"inventory", "show", "europa", "ice"})["onHand"], 5);
    EXPECT_GE(answer({"inventory", "ledger", "ceres", "ice"})["data"].size(), 2U);
}

TEST_F(CtlTest, a_file_sent_twice_has_one_effect) {
    const std::string file = system_->directory() + "/trades.ndjson";
    {
        std::ofstream out(file);
        for (int i = 0; i < 450; ++i)
            out << json{{"tradeType", "sell"},
                        {"seller", "ceres"},
                        {"buyer", "europa"},
                        {"items", {{{"productId", "ice"}, {"quantity", 1}}}}}
                << '\n';
        out << R"({"tradeType":"sell","seller":"nowhere","buyer":"europa","items":[]})" << '\n';
    }
    const std::int64_t before = reserved();
    for (int i = 0; i < 2; ++i) {
        const Ran ran = ctl({"trade", "submit", "--file", file});
        EXPECT_EQ(ran.code, 1) << "the last line is wrong";
        const json report = json::parse(ran.output, nullptr, false);
        EXPECT_EQ(report["accepted"], 450) << ran.output.substr(0, 500);
        EXPECT_EQ(report["lines"].back()["line"], 451);
        EXPECT_TRUE(eventually([&] { return reserved() == before + 450; }));
    }
    ASSERT_TRUE(eventually([&] { return system_->is_settled(); }));
    EXPECT_EQ(reserved(), before + 450);
}

TEST_F(CtlTest, a_key_works_until_it_is_revoked) {
    const json key = answer({"key", "create", "nightly", "--scope", "read"});
    const Words with = {"ITN_API_KEY=" + key.value("key", ""),
                        "XDG_STATE_HOME=" + home_ + "-of-nobody"};
    EXPECT_EQ(ctl({"trade", "list"}, with).code, 0);
    EXPECT_EQ(ctl(sale(1), with).code, 1) << "its scope does not allow it";
    EXPECT_EQ(ctl({"key", "revoke", key.value("keyId", "")}).code, 0);
    EXPECT_TRUE(eventually([&] { return ctl({"trade", "list"}, with).code == 4; }, 60s));
}

/// The queue, REST and itnctl ask for the same trade under the same id.
TEST_F(CtlTest, a_partners_trade_through_three_doors_has_one_effect) {
    const std::string management =
        "ITN_RABBITMQ_MANAGEMENT_URL=" + private_rabbitmq().management_url();
    const Words add = {"partner", "add", "acme", "--station", "pallas"};
    const json access = answer(add, {management});
    system_->start("itn-ingress");

    std::string program = access.value("example", "");
    const std::string fresh = "str(uuid.uuid4()), 'kind'";
    ASSERT_NE(program.find(fresh), program.npos) << program;
    program.replace(program.find(fresh), fresh.size(), "'one-wish', 'kind'");
    const Ran queue = run_program({"/usr/bin/python3", "-c", program});
    ASSERT_EQ(queue.code, 0) << queue.output;
    EXPECT_NE(queue.output.find("\"outcome\":\"applied\""), queue.output.npos) << queue.output;

    const std::string key = access.value("apiKey", "");
    const Words with = {"ITN_API_KEY=" + key};
    Words same = sale(1, "pallas");
    same.insert(same.end(), {"--key", "one-wish"});
    const json by_ctl = answer(same, with);
    Headers headers = System::as(key);
    headers.emplace_back("Idempotency-Key", "one-wish");
    const Answer by_rest = system_->send("POST", "/api/trades",
                                         {{"tradeType", "sell"},
                                          {"seller", "pallas"},
                                          {"buyer", "europa"},
                                          {"items", {{{"productId", "ice"}, {"quantity", 1}}}}},
                                         headers);
    ASSERT_EQ(by_rest.status, 200) << by_rest.body;
    const std::string subject = by_rest.body.value("subject", "");
    EXPECT_NE(queue.output.find(subject), queue.output.npos) << queue.output;
    EXPECT_EQ(by_ctl.value("subject", by_ctl.value("transactionId", "")), subject) << by_ctl;
    EXPECT_EQ(answer({"command", "show", "one-wish"}, with)["outcome"], "applied");
    EXPECT_EQ(answer({"trade", "list"}, with)["data"].size(), 1U) << "it sees its own alone";
    EXPECT_EQ(reserved("pallas"), 1);

    const json again = answer(add, {management});
    EXPECT_FALSE(again.contains("apiKey")) << "nothing rotates by itself";
    EXPECT_EQ(again["keptApiKeys"][0]["expiresAt"], access["apiKeyExpiresAt"]) << again;
    EXPECT_EQ(run_program({"/usr/bin/python3", "-c", access.value("example", "")}).code, 0);
    const json rotated =
        answer({"partner", "add", "acme", "--station", "pallas", "--rotate"}, {management});
    EXPECT_NE(rotated["amqpUrl"], access["amqpUrl"]);
    EXPECT_NE(run_program({"/usr/bin/python3", "-c", access.value("example", "")}).code, 0);
    expect_to_be_cut_off("acme", rotated.value("amqpUrl", ""), management);
    EXPECT_NE(run_program({"/usr/bin/python3", "-c", rotated.value("example", "")}).code, 0);
}

/// Earlier versions had one exchange for all partners.
TEST_F(CtlTest, a_partner_of_an_earlier_version_is_put_right_by_adding_it_again) {
    auto& broker = private_rabbitmq();
    const std::string management = "ITN_RABBITMQ_MANAGEMENT_URL=" + broker.management_url();
    const Words add = {"partner", "add", "olden", "--station", "europa"};
    const std::string own = messaging::partner_exchange("olden"), shared = "itn.partner";
    const std::string queue = messaging::partner_command_queue("olden");
    answer(add, {management});
    const auto url = messaging::parse_broker_url(system_->amqp_url());
    messaging::declare_topology(
        messaging::settings_for(*url, {}, "e2e"),
        {.exchanges = {{.name = shared, .type = "topic"}},
         .queues = {},
         .bindings = {{.exchange = shared, .queue = queue, .key = "olden.commands"}},
         .retired_exchanges = {own}});
    broker.control({"set_permissions", "olden", "^$", "^itn\\.partner$", "^$"});
    const Ran migrate = run_program({"/usr/bin/env", "ITN_DATABASE_URL=" + system_->database_url(),
                                     "ITN_AMQP_URL=" + system_->amqp_url(),
                                     std::string(ITN_BIN_DIR) + "/itn-migrate"});
    EXPECT_EQ(migrate.code, 0) << migrate.output;
    for (int again = 0; again < 2; ++again)
        answer(add, {management});
    const auto bindings = broker.control({"list_bindings", "source_name", "destination_name"});
    EXPECT_EQ(bindings.find(shared + '\t'), std::string::npos) << bindings;
    EXPECT_NE(bindings.find(own + '\t' + queue), std::string::npos) << bindings;
    const auto rights = broker.control({"list_user_permissions", "olden"});
    EXPECT_NE(rights.find("partner\\.olden$"), std::string::npos) << rights;
}

}  // namespace
}  // namespace itn::tests
