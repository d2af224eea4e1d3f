#include "workers/ingress/ingress.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "common/messaging/broker_memory.h"
#include "common/messaging/partner_queues.h"
#include "common/wire/envelope.h"
#include "tests/common/messaging/desk.h"

namespace itn::workers::ingress {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::uint16_t shards = 1;
const std::string lane = "itn.trade.00";
const std::string replies = "itn.reply.acme.1";

std::string trade(const std::string& id, const std::string& more = "") {
    return R"({"id":")" + id +
           R"(","kind":"trade.create","body":{"tradeType":"buy",)"
           R"("seller":"ceres","buyer":"mars","items":[{"productId":"ice","quantity":2}]})" +
           more + "}";
}

gateway::Catalogue catalogue() {
    gateway::Catalogue known;
    for (const char* id : {"ceres", "mars"})
        known.stations.emplace(StationId(id), wire::Station{.id = StationId(id)});
    known.products.emplace(
        ProductId("ice"),
        wire::Product{.id = ProductId("ice"), .unit_price = Credits(7), .unit_volume = Volume(1)});
    return known;
}

class QueueDoor : public testing::Test {
protected:
    QueueDoor() {
        server->declare(messaging::topology(shards));
        for (const char* name : {"acme", "other"})
            server->declare(messaging::partner_topology(name));
        server->declare_queue(replies);
        keeper.set(catalogue());
        broker.emplace(desk.loop, server, "itn_ingress");
        dispatch.emplace(desk.loop, *broker);
        ingress.emplace(Room{.loop = desk.loop,
                             .broker = *broker,
                             .dispatch = *dispatch,
                             .catalogue = keeper,
                             .budgets = budgets,
                             .audit = audit,
                             .clock = clock,
                             .metrics = metrics,
                             .shards = shards});
        broker->start([this](messaging::State state) { dispatch->on_state(state); });
        EXPECT_TRUE(desk.until([&] { return dispatch->is_available(); }));
    }

    static storage::Partner partner(const std::string& name, bool disabled = false) {
        return {.name = name, .stations = {StationId("ceres")}, .disabled = disabled};
    }
    void open() {
        ingress->know({partner("acme"), partner("other")});
        ASSERT_TRUE(desk.until([&] { return ingress->open_queues() == 2; }));
    }
    void send(const std::string& body, const std::string& from = "acme") {
        messaging::Delivery delivery;
        delivery.body = body;
        delivery.user_id = from;
        delivery.routing_key = messaging::partner_command_key(from);
        delivery.content_type = "application/vnd.itn+json";
        delivery.reply_to = "itn.reply." + from + ".1";
        server->put(queue(from), delivery);
    }
    static std::string queue(const std::string& name) {
        return messaging::partner_command_queue(name);
    }
    bool is_done(const std::string& name = "acme") {
        return desk.until([&] { return server->depth(queue(name)) == 0; });
    }
    std::vector<wire::Envelope> in_lane() const {
        std::vector<wire::Envelope> all;
        for (const auto& body : server->waiting(lane))
            for (auto& envelope : wire::parse_envelopes(body).envelopes)
                all.push_back(std::move(envelope));
        return all;
    }
    std::vector<std::string> ids_in_lane() const {
        std::vector<std::string> ids;
        for (const auto& envelope : in_lane())
            ids.push_back(envelope.command.id.text());
        return ids;
    }
    bool has_counted(const std::string& line) const {
        return metrics.render().find(line + "\n") != std::string::npos;
    }
    Json told() const {
        Json all = Json::array();
        for (const auto& body : server->waiting(replies))
            for (auto& element : Json::parse(body))
                all.push_back(std::move(element));
        return all;
    }

    messaging::Desk desk;
    std::shared_ptr<messaging::MemoryServer> server = std::make_shared<messaging::MemoryServer>();
    runtime::ManualClock clock{Timestamp(std::chrono::microseconds(1'931'234'567'000'000))};
    runtime::Metrics metrics;
    gateway::CatalogueKeeper keeper{""};
    gateway::Budgets budgets{
        "", "test", {.queue = {.tokens = 10, .period = std::chrono::seconds(1), .burst = 10}}};
    gateway::Audit audit{"", "test"};
    std::optional<messaging::MemoryBroker> broker;
    std::optional<gateway::Dispatch> dispatch;
    std::optional<Ingress> ingress;
};

TEST_F(QueueDoor, lets_commands_into_their_lanes) {
    open();
    send("[" + trade("k1") + "," + trade("k2") + "]");
    send("[" + trade("k3") + "]");
    ASSERT_TRUE(is_done());
    EXPECT_EQ(ids_in_lane(), (std::vector<std::string>{"k1", "k2", "k3"}));
    EXPECT_EQ(in_lane().front().command.principal, Principal("partner:acme"));
    EXPECT_EQ(in_lane().front().reply_to, replies);
    EXPECT_EQ(told(), Json::array());
}

TEST_F(QueueDoor, answers_and_never_repeats_what_it_refuses) {
    open();
    send("rubbish");
    send("[" + trade("k1") + R"(,{"id":"k2"}])");
    ASSERT_TRUE(is_done());
    EXPECT_EQ(ids_in_lane(), std::vector<std::string>{"k1"});
    ASSERT_EQ(told().size(), 2U);
    EXPECT_EQ(told()[0].at("code"), "invalid_json");
    EXPECT_EQ(told()[1].at("id"), "k2");
    EXPECT_EQ(told()[1].at("pointer"), "/1/kind");
    EXPECT_TRUE(has_counted(R"(itn_ingress_refused_total{reason="invalid_json"} 1)"));
}

TEST_F(QueueDoor, keeps_what_no_lane_takes_and_its_order) {
    open();
    server->delete_queue(lane);
    send("[" + trade("k1") + "]");
    send("[" + trade("k2") + "]");
    ASSERT_TRUE(desk.until([&] { return has_counted("itn_ingress_retries_total 2"); }));
    EXPECT_EQ(server->depth(queue("acme")), 2U);
    server->declare(messaging::topology(shards));
    ASSERT_TRUE(is_done());
    EXPECT_EQ(ids_in_lane(), (std::vector<std::string>{"k1", "k2"}));
}

TEST_F(QueueDoor, lets_a_flood_wait_and_others_pass) {
    open();
    for (int i = 0; i < 30; ++i)
        send("[" + trade("a" + std::to_string(i)) + "]");
    ASSERT_TRUE(desk.until([&] { return ids_in_lane().size() == 10; }));
    send("[" + trade("b") + "]", "other");
    ASSERT_TRUE(is_done("other"));
    EXPECT_EQ(server->depth(queue("acme")), 20U);
    EXPECT_LE(server->unacked(queue("acme")), limits::partner_prefetch);
    EXPECT_EQ(told(), Json::array()) << "who is too fast waits";
    clock.advance(1s);
    ASSERT_TRUE(desk.until([&] { return server->depth(queue("acme")) == 10; }));
}

TEST_F(QueueDoor, lets_nobody_in_when_it_cannot_know_who_may) {
    open();
    clock.advance(limits::partners_overdue);
    EXPECT_FALSE(ingress->is_current());
    send("[" + trade("k1") + "]");
    ASSERT_TRUE(desk.until([&] { return has_counted("itn_ingress_held_total 2"); }));
    EXPECT_EQ(server->depth(queue("acme")), 1U);
    EXPECT_EQ(ids_in_lane(), std::vector<std::string>{});
    ingress->know({partner("acme"), partner("other")});
    ASSERT_TRUE(is_done());
    EXPECT_EQ(ids_in_lane(), std::vector<std::string>{"k1"});
}

TEST_F(QueueDoor, audits_what_is_forbidden) {
    open();
    ingress->know({partner("acme", true), partner("other")});
    send("[" + trade("k1") + "]");
    ASSERT_TRUE(is_done());
    send("[" + trade("k2", R"(,"principal":"partner:acme")") + "]", "other");
    ASSERT_TRUE(is_done("other"));
    EXPECT_EQ(told()[0].at("code"), "forbidden");
    EXPECT_EQ(audit.noted(), 2U);
    EXPECT_EQ(ids_in_lane(), std::vector<std::string>{});
}

TEST_F(QueueDoor, loses_nothing_when_the_connection_goes) {
    open();
    server->hold_confirms();
    for (int i = 0; i < 5; ++i)
        send("[" + trade("k" + std::to_string(i)) + "]");
    ASSERT_TRUE(desk.until([&] { return !server->waiting(lane).empty(); }));
    broker->cut();
    server->release_confirms();
    ASSERT_TRUE(is_done());
    const auto ids = ids_in_lane();
    for (int i = 0; i < 5; ++i)
        EXPECT_NE(std::ranges::find(ids, "k" + std::to_string(i)), ids.end()) << i;
}

TEST_F(QueueDoor, opens_a_queue_once_it_exists) {
    ingress->know({partner("acme"), partner("later")});
    ASSERT_TRUE(desk.until([&] { return ingress->open_queues() == 1; }));
    server->declare(messaging::partner_topology("later"));
    ingress->know({partner("acme"), partner("later"), partner("api")});
    ASSERT_TRUE(desk.until([&] { return ingress->open_queues() == 2; }));
    ingress->know({partner("later")});
    EXPECT_EQ(ingress->open_queues(), 1U);
}

TEST_F(QueueDoor, finishes_what_is_under_way_and_gives_the_rest_back) {
    open();
    server->hold_confirms();
    for (int i = 0; i < 3; ++i)
        send("[" + trade("k" + std::to_string(i)) + "]");
    ASSERT_TRUE(desk.until([&] { return !server->waiting(lane).empty(); }));
    bool is_drained = false;
    ingress->drain(10s, [&] { is_drained = true; });
    server->release_confirms();
    ASSERT_TRUE(desk.until([&] { return is_drained; }));
    EXPECT_EQ(ids_in_lane(), std::vector<std::string>{"k0"});
    ASSERT_TRUE(desk.until([&] { return server->unacked(queue("acme")) == 0; }));
    EXPECT_EQ(server->depth(queue("acme")), 2U);
}

}  // namespace
}  // namespace itn::workers::ingress
