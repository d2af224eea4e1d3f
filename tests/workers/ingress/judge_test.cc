#include "workers/ingress/judge.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/limits.h"
#include "common/wire/ids.h"

namespace itn::workers::ingress {
namespace {

using Json = nlohmann::json;

const Timestamp now{std::chrono::microseconds(1'931'234'567'123'456)};
const std::string replies = "itn.reply.acme.1";

std::string trade(const std::string& id, const std::string& more = "",
                  const std::string& stations = R"("seller":"ceres","buyer":"mars")") {
    return R"({"id":")" + id + R"(","kind":"trade.create","body":{"tradeType":"buy",)" + stations +
           R"(,"items":[{"productId":"ice","quantity":2}]})" + more + "}";
}

class Judgement : public testing::Test {
protected:
    Judgement() {
        for (const char* id : {"ceres", "mars", "vesta", "pallas"})
            catalogue.stations.emplace(StationId(id), wire::Station{.id = StationId(id)});
        catalogue.products.emplace(ProductId("ice"), wire::Product{.id = ProductId("ice"),
                                                                   .unit_price = Credits(7),
                                                                   .unit_volume = Volume(1)});
    }

    static messaging::Delivery message(std::string body) {
        messaging::Delivery delivery;
        delivery.body = std::move(body);
        delivery.user_id = "acme";
        delivery.routing_key = "acme.commands";
        delivery.message_id = "m1";
        delivery.content_type = "application/vnd.itn+json";
        delivery.reply_to = replies;
        return delivery;
    }
    Judged of(const messaging::Delivery& delivery) {
        return judge(delivery, wire::parse_partner_message(delivery.body),
                     {.partner = partner, .catalogue = catalogue, .now = now, .shards = 4});
    }
    Judged of(const std::string& body) { return of(message(body)); }
    /// The code and pointer of the only refusal.
    std::pair<std::string, std::string> refusal(const Judged& judged) {
        EXPECT_TRUE(judged.commands.empty());
        if (judged.refusals.size() != 1) return {std::to_string(judged.refusals.size()), ""};
        const auto told = Json::parse(render(judged.refusals.front()));
        return {told.at("code"), told.at("pointer")};
    }

    storage::Partner partner{.name = "acme", .stations = {StationId("ceres"), StationId("vesta")}};
    gateway::Catalogue catalogue;
};

using Told = std::pair<std::string, std::string>;

TEST_F(Judgement, stamps_what_rest_would_stamp) {
    const auto judged = of("[" + trade("k1", R"(,"issuedAt":"2026-11-20T10:00:00Z")") + "]");
    ASSERT_EQ(judged.commands.size(), 1U);
    const auto& [envelope, lane] = judged.commands.front();
    const auto& command = envelope.command;
    EXPECT_EQ(command.principal, Principal("partner:acme"));
    EXPECT_EQ(command.id, CommandId("k1"));
    EXPECT_EQ(command.subject,
              wire::derive_id(StationId("ceres"), Principal("partner:acme"), "k1"));
    EXPECT_EQ(to_rfc3339(command.issued_at), "2026-11-20T10:00:00.000000Z");
    EXPECT_EQ(std::get<domain::CreateTrade>(command.body).lines.front().unit_price, Credits(7));
    EXPECT_EQ(envelope.reply_to, replies);
    EXPECT_EQ(lane, wire::lane_of(command, 4));
}

TEST_F(Judgement, takes_the_envelopes_own_reply_queue_first) {
    const auto judged = of("[" + trade("k1", R"(,"replyTo":"itn.reply.acme.2")") + "]");
    ASSERT_EQ(judged.commands.size(), 1U);
    EXPECT_EQ(judged.commands.front().envelope.reply_to, "itn.reply.acme.2");
    for (const char* other : {"itn.reply.api.1", "itn.reply.acmeother.1", "itn.reply.acme.", "x"})
        EXPECT_EQ(
            refusal(of("[" + trade("k2", R"(,"replyTo":")" + std::string(other) + "\"") + "]")),
            Told("envelope", "/0/replyTo"))
            << other;
    auto foreign = message("[" + trade("k3") + "]");
    foreign.reply_to = "itn.reply.other.1";
    EXPECT_EQ(of(foreign).commands.front().envelope.reply_to, "");
}

TEST_F(Judgement, refuses_messages_that_another_may_have_sent) {
    struct Row {
        const char* what;
        std::function<void(messaging::Delivery&)> change;
    };
    const std::vector<Row> rows = {
        {"no user-id", [](auto& m) { m.user_id.clear(); }},
        {"CC", [](auto& m) { m.other_headers = {"CC"}; }},
        {"BCC", [](auto& m) { m.other_headers = {"BCC"}; }},
        {"expiration", [](auto& m) { m.other_headers = {"expiration"}; }},
        {"an encoding", [](auto& m) { m.other_headers = {"content-encoding"}; }},
        {"unknown header", [](auto& m) { m.other_headers = {"x-role"}; }},
        {"no content type", [](auto& m) { m.content_type.clear(); }},
        {"another content type", [](auto& m) { m.content_type = "application/json"; }},
    };
    for (const auto& row : rows) {
        auto delivery = message("[" + trade("k1") + "]");
        row.change(delivery);
        const auto judged = of(delivery);
        EXPECT_EQ(refusal(judged).first, "envelope") << row.what;
        EXPECT_EQ(judged.refusals.front().id, "k1") << row.what;
        EXPECT_EQ(judged.refusals.front().reply_to, replies) << row.what;
    }
}

TEST_F(Judgement, tells_nobody_what_is_wrong_with_anothers_message) {
    for (const auto& [user, key] : std::vector<std::pair<std::string, std::string>>{
             {"other", "acme.commands"}, {"", "other.commands"}, {"other", "other.commands"}}) {
        for (const auto& body : {"[" + trade("k1") + "]", std::string("rubbish")}) {
            auto delivery = message(body);
            delivery.user_id = user;
            delivery.routing_key = key;
            const auto judged = of(delivery);
            EXPECT_EQ(refusal(judged).first, "envelope") << user << " " << key;
            EXPECT_EQ(judged.refusals.front().reply_to, "");
        }
    }
}

TEST_F(Judgement, answers_what_cannot_be_taken_apart_once) {
    for (const std::string& body : {std::string(), std::string("\x1f\x8b\x08\x00\x01", 5),
                                    std::string("{}"), std::string("[]"), std::string(2'000, '['),
                                    std::string(limits::max_partner_message + 1, ' ')}) {
        const auto judged = of(body);
        ASSERT_EQ(judged.refusals.size(), 1U);
        EXPECT_TRUE(judged.commands.empty());
        const auto told = Json::parse(render(judged.refusals.front()));
        EXPECT_EQ(told.at("outcome"), "rejected");
        EXPECT_EQ(told.at("messageId"), "m1");
        EXPECT_FALSE(told.contains("id"));
        EXPECT_EQ(judged.refusals.front().reply_to, replies);
    }
}

TEST_F(Judgement, tells_each_fault_with_its_place_and_takes_the_neighbours) {
    const auto judged =
        of("[" + trade("k1") + R"(,{"id":"k2","kind":"no"},)" + trade("k3", R"(,"price":1)") + "," +
           trade("k4", "", R"("seller":"ceres","buyer":"nowhere")") + "," + trade("k5") + "]");
    ASSERT_EQ(judged.commands.size(), 2U);
    ASSERT_EQ(judged.refusals.size(), 3U);
    std::vector<std::string> pointers;
    for (const auto& refusal : judged.refusals)
        pointers.push_back(Json::parse(render(refusal)).at("pointer"));
    EXPECT_EQ(pointers, (std::vector<std::string>{"/1/kind", "/2/price", "/3/body/buyer"}));
}

TEST_F(Judgement, lets_a_partner_speak_for_itself_alone) {
    EXPECT_EQ(of("[" + trade("k1", R"(,"principal":"partner:acme")") + "]").commands.size(), 1U);
    for (const char* other : {"partner:other", "user:1", "system"})
        EXPECT_EQ(
            refusal(of("[" + trade("k2", R"(,"principal":")" + std::string(other) + "\"") + "]")),
            Told("forbidden", "/0/principal"))
            << other;
}

TEST_F(Judgement, lets_a_partner_trade_for_its_own_stations_alone) {
    const auto between = [](const char* seller, const char* buyer) {
        return R"("seller":")" + std::string(seller) + R"(","buyer":")" + buyer + "\"";
    };
    EXPECT_EQ(of("[" + trade("k1", "", between("mars", "vesta")) + "]").commands.size(), 1U);
    EXPECT_EQ(refusal(of("[" + trade("k2", "", between("mars", "pallas")) + "]")).first,
              "forbidden");
    EXPECT_EQ(refusal(of(R"([{"id":"k3","kind":"inventory.adjust","subject":"mars/ice",)"
                         R"("body":{"productId":"ice","delta":1,"reason":"restock"}}])"))
                  .first,
              "forbidden");
    EXPECT_EQ(of(R"([{"id":"k4","kind":"inventory.adjust","subject":"ceres/ice",)"
                 R"("body":{"productId":"ice","delta":1,"reason":"restock"}}])")
                  .commands.size(),
              1U);
}

TEST_F(Judgement, lets_a_disabled_partner_do_nothing) {
    partner.disabled = true;
    EXPECT_EQ(refusal(of("[" + trade("k1") + "]")), Told("forbidden", "/0"));
}

TEST_F(Judgement, leaves_it_to_the_worker_whose_an_id_is) {
    const auto other = "[" + trade("k1", "", R"("seller":"ceres","buyer":"vesta")") + "]";
    EXPECT_EQ(of("[" + trade("k1") + "]").commands.size(), 1U);
    EXPECT_EQ(of(other).commands.size(), 1U);
    EXPECT_EQ(of("[" + trade("k1") + "]").commands.size(), 1U);
}

TEST(Replies, fit_into_messages) {
    std::vector<Refusal> refusals;
    for (int i = 0; i < 100; ++i)
        refusals.push_back({.reply_to = i % 2 == 0 ? "itn.reply.acme.1" : "",
                            .id = std::to_string(i),
                            .problem = {.slug = "envelope",
                                        .detail = std::string(4'000, 'x'),
                                        .faults = {{.pointer = "/0", .detail = "x"},
                                                   {.pointer = "/1", .detail = "y"}}}});
    std::size_t told = 0;
    for (const auto& [queue, body] : reply_messages(refusals)) {
        EXPECT_EQ(queue, "itn.reply.acme.1");
        EXPECT_LE(body.size(), limits::max_message + 2);
        const auto elements = Json::parse(body);
        told += elements.size();
        EXPECT_EQ(elements[0].at("errors").size(), 2U);
    }
    EXPECT_EQ(told, 50U);
}

}  // namespace
}  // namespace itn::workers::ingress
