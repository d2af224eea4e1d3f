// The life of a trade over the real parts, as a client sees it.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "tests/e2e/system.h"

namespace itn::tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class TradeTest : public testing::Test {
protected:
    static void SetUpTestSuite() { system_ = new System; }
    static void TearDownTestSuite() {
        delete system_;
        system_ = nullptr;
    }

    /// Two stations and a product of this test's own, with stock at the first.
    void prepare(std::int64_t quantity) {
        const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
        seller_ = "seller-" + name;
        buyer_ = "buyer-" + name;
        product_ = "product-" + name;
        system_->add_station(seller_);
        system_->add_station(buyer_);
        system_->add_product(product_);
        system_->add_stock(seller_, product_, quantity);
    }
    json stock(const std::string& station) {
        return system_->get("/api/inventory/" + station + '/' + product_).body;
    }
    std::string status_of(const std::string& path) {
        const Answer answer = system_->get(path);
        return answer.status == 200 ? answer.body.value("status", "") : "";
    }

    static System* system_;
    std::string seller_, buyer_, product_;
};

System* TradeTest::system_ = nullptr;

TEST_F(TradeTest, travels_from_post_to_delivery) {
    prepare(100);
    const Answer posted =
        system_->send("POST", "/api/trades", system_->trade_body(seller_, buyer_, product_, 30));
    ASSERT_EQ(posted.status, 202) << posted.body;
    const std::string path = posted.headers.at("location");
    ASSERT_TRUE(eventually([&] { return status_of(path) == "confirmed"; }));
    EXPECT_EQ(stock(seller_)["reserved"], 30);
    EXPECT_EQ(stock(seller_)["onHand"], 100);

    std::string shipment;
    ASSERT_TRUE(eventually([&] {
        shipment = system_->get(path).body.value("shipmentId", "");
        return !shipment.empty();
    }));
    const std::string cargo = "/api/cargo/" + shipment;
    EXPECT_EQ(status_of(cargo), "pending");

    const Answer departed = system_->send("PUT", cargo + "/status", {{"status", "in_transit"}},
                                          {{"Prefer", "wait=10"}});
    ASSERT_EQ(departed.status, 200) << departed.body;
    EXPECT_EQ(stock(seller_)["onHand"], 70);
    EXPECT_EQ(stock(seller_)["reserved"], 0);
    ASSERT_TRUE(eventually([&] { return status_of(path) == "in_transit"; }));

    const Answer delivered =
        system_->send("PUT", cargo + "/status", {{"status", "delivered"}}, {{"Prefer", "wait=10"}});
    ASSERT_EQ(delivered.status, 200) << delivered.body;
    EXPECT_EQ(stock(buyer_)["onHand"], 30);
    ASSERT_TRUE(eventually([&] { return status_of(path) == "completed"; }));
    ASSERT_TRUE(eventually([&] { return system_->is_settled(); }));
    EXPECT_EQ(system_->audit(), std::nullopt);
}

TEST_F(TradeTest, confirms_exactly_what_there_is) {
    prepare(100);
    std::atomic<int> next = 0, confirmed = 0, rejected = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 20; ++i) {
        clients.emplace_back([&] {
            while (next++ < 200) {
                const Answer answer = system_->send(
                    "POST", "/api/trades", system_->trade_body(seller_, buyer_, product_, 1),
                    {{"Prefer", "wait=30"}});
                if (answer.status == 201) ++confirmed;
                const bool is_short = answer.status == 409 && answer.body.value("type", "") ==
                                                                  "/problems/insufficient_stock";
                if (is_short) ++rejected;
            }
        });
    }
    for (std::thread& client : clients)
        client.join();
    EXPECT_EQ(confirmed, 100);
    EXPECT_EQ(rejected, 100);
    EXPECT_EQ(stock(seller_)["available"], 0);
    EXPECT_EQ(stock(seller_)["reserved"], 100);
}

TEST_F(TradeTest, repeats_the_outcome_of_a_key) {
    prepare(10);
    const json body = system_->trade_body(seller_, buyer_, product_, 2);
    const Headers key = {{"Idempotency-Key", "\"once-" + seller_ + "\""}, {"Prefer", "wait=10"}};
    const Answer first = system_->send("POST", "/api/trades", body, key);
    ASSERT_EQ(first.status, 201) << first.body;
    const Answer again = system_->send("POST", "/api/trades", body, key);
    EXPECT_TRUE(again.status == 200 || again.status == 201) << again.body;
    EXPECT_EQ(again.headers.at("location"), first.headers.at("location"));
    const Answer other = system_->send("POST", "/api/trades",
                                       system_->trade_body(seller_, buyer_, product_, 3), key);
    EXPECT_EQ(other.status, 422) << other.body;
    EXPECT_EQ(stock(seller_)["reserved"], 2);
}

TEST_F(TradeTest, cancelled_frees_its_reservation_once) {
    prepare(10);
    const Answer posted =
        system_->send("POST", "/api/trades", system_->trade_body(seller_, buyer_, product_, 4),
                      {{"Prefer", "wait=10"}});
    ASSERT_EQ(posted.status, 201) << posted.body;
    const std::string path = posted.headers.at("location") + "/status";
    EXPECT_EQ(system_->send("PUT", path, {{"status", "canceled"}}, {{"Prefer", "wait=10"}}).status,
              200);
    EXPECT_EQ(stock(seller_)["reserved"], 0);
    const Answer again =
        system_->send("PUT", path, {{"status", "cancelled"}}, {{"Prefer", "wait=10"}});
    EXPECT_EQ(again.status, 409) << again.body;
    EXPECT_EQ(stock(seller_)["reserved"], 0);
    EXPECT_EQ(stock(seller_)["available"], 10);
}

/// How long a door answers with an old version of a product after another door changed it.
std::chrono::milliseconds until_seen(HttpClient& changer, HttpClient& reader, const Headers& who,
                                     const std::string& product, int version) {
    auto headers = who;
    headers.emplace_back("Content-Type", "application/merge-patch+json");
    headers.emplace_back("If-Match", "\"v" + std::to_string(version) + "\"");
    const auto path = "/api/products/" + product;
    const auto change = "{\"unitPrice\":" + std::to_string(100 + version) + "}";
    const auto changed = changer.request("PATCH", path, change, headers);
    EXPECT_TRUE(changed && changed->status == 200);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually([&] {
        const auto seen = reader.request("GET", path, "", who);
        return seen && json::parse(seen->body).at("version") == version + 1;
    }));
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                 began);
}

/// The last of this suite: from here on it asks a second api process.
TEST_F(TradeTest, the_catalogue_of_another_door_follows_within_100_ms) {
    prepare(1);
    HttpClient changer(system_->api_port(), 10s);
    system_->start("itn-api");
    HttpClient reader(system_->api_port(), 10s);
    std::vector<std::chrono::milliseconds> took;
    for (int version = 1; version <= 9; ++version)
        took.push_back(
            until_seen(changer, reader, System::as(system_->admin_token()), product_, version));
    std::ranges::sort(took);
    EXPECT_LE(took[took.size() / 2], 100ms);
}

}  // namespace
}  // namespace itn::tests
